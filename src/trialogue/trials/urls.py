"""Addresses of trials."""

from django.urls import path

from trialogue.trials.views import (
    drafts,
    harm,
    measuring,
    placing,
    planning,
    registering,
    reporting,
    self_report,
    trials,
)

app_name = "trials"
urlpatterns = [
    path("", trials.trials, name="trials"),
    path("new/", trials.new, name="new"),
    path("<str:public_id>/", trials.trial, name="trial"),
    path("<str:public_id>/team/", trials.team, name="team"),
    path("<str:public_id>/plan/check/", planning.plan_check, name="plan_check"),
    path("<str:public_id>/plan/members/", planning.for_members, name="for_members"),
    path("<str:public_id>/plan/comments/<int:comment>/", drafts.answer, name="answer_comment"),
    path("<str:public_id>/draft/", drafts.draft, name="draft"),
    path("<str:public_id>/plan/<slug:question>/", planning.question, name="question"),
    path("<str:public_id>/register/", registering.register_trial, name="register"),
    path("<str:public_id>/amend/", registering.amend, name="amend"),
    path(
        "<str:public_id>/amend/<slug:question>/", registering.amend_question, name="amend_question"
    ),
    path("<str:public_id>/deviations/", registering.deviations, name="deviations"),
    path("<str:public_id>/units/", placing.units, name="units"),
    path("<str:public_id>/units/remove/", placing.remove_unit, name="remove_unit"),
    path("<str:public_id>/units/template.csv", placing.template, name="template"),
    path("<str:public_id>/units/<uuid:upload_id>/", placing.units_preview, name="units_preview"),
    path("<str:public_id>/problems/<uuid:upload_id>.csv", placing.problems_file, name="problems"),
    path("<str:public_id>/allocation/", placing.allocate, name="allocation"),
    path("<str:public_id>/allocation/<slug:arm>.csv", placing.arm_list, name="arm_list"),
    path("<str:public_id>/measure/", measuring.measure, name="measure"),
    path("<str:public_id>/measure/links/", self_report.links, name="links"),
    path("<str:public_id>/measure/sheet.csv", measuring.sheet, name="sheet"),
    path(
        "<str:public_id>/measure/<uuid:upload_id>/",
        measuring.outcomes_preview,
        name="outcomes_preview",
    ),
    path("<str:public_id>/measure/unit/<path:study_id>/", measuring.unit, name="unit"),
    path("<str:public_id>/losses/", measuring.lost, name="losses"),
    path("<str:public_id>/delivery/", measuring.delivery, name="delivery"),
    path("<str:public_id>/watch/", measuring.watch, name="watch"),
    path("<str:public_id>/stop/", reporting.stop, name="stop"),
    path("<str:public_id>/looks/<int:number>/", harm.look, name="look"),
    path("<str:public_id>/analyse/", reporting.analyse, name="analyse"),
    path("<str:public_id>/analyse/data.csv", reporting.data, name="data"),
    path("<str:public_id>/publish/", reporting.publish, name="publish"),
]
