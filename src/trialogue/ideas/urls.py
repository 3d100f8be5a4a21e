"""Addresses of ideas."""

from django.urls import path

from trialogue.ideas.views import answering, calls, checking, reading, residents, writing

app_name = "ideas"
urlpatterns = [
    path("", reading.ideas, name="ideas"),
    path("new/", writing.new, name="new"),
    path("new/problem/", writing.problem, name="problem"),
    path("new/kind/", writing.kind, name="kind"),
    path("new/saving/", writing.saving, name="saving"),
    path("new/check/", writing.check, name="check"),
    path("new/sent/", writing.sent, name="sent"),
    path("confirm/<str:token>/", writing.confirm, name="confirm"),
    path("calls/", calls.calls, name="calls"),
    path("calls/new/", calls.open_call, name="open_call"),
    path("calls/<int:number>-<slug:slug>/", calls.call, name="call"),
    path("calls/<int:number>/close/", calls.close_call, name="close_call"),
    path("<int:pk>-<slug:slug>/", reading.idea, name="idea"),
    path("<int:pk>/support/", reading.support, name="support"),
    path("support/<str:token>/", residents.confirm_support, name="confirm_support"),
    path("<int:pk>/comment/", reading.comment, name="comment"),
    path("<int:pk>/answer/", answering.answer, name="answer"),
    path("<int:pk>/moderate/", checking.moderate, name="moderate"),
    path("appeal/<str:key>/", checking.appeal_by_key, name="appeal_by_key"),
    path("<int:pk>/appeal/", checking.appeal, name="appeal"),
    path("comments/<int:comment>/", checking.moderate_comment, name="moderate_comment"),
    path("comments/<int:comment>/appeal/", checking.appeal_comment, name="appeal_comment"),
]
