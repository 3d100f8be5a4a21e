"""Addresses of visits."""

from django.urls import path

from trialogue.visits.views import day, phone, phones, plan, residents, rounds, setup

app_name = "visits"
urlpatterns = [
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/add/", rounds.add_rounds, name="add_rounds"),
    path("rounds/visitors/", rounds.visitors, name="visitors"),
    path("rounds/visitors/<uuid:public_id>/", rounds.visitor, name="visitor"),
    path("rounds/<uuid:public_id>/", rounds.one_round, name="round_page"),
    path("lists/<uuid:public_id>/", residents.a_list, name="list"),
    path("residents/", residents.residents, name="residents"),
    path("residents/new/", residents.new, name="new_resident"),
    path("residents/add/", residents.add_list, name="add_residents"),
    path("residents/example.csv", residents.example_list, name="example_list"),
    path("residents/<uuid:public_id>/", residents.resident, name="resident"),
    path("plan/", plan.plan, name="plan"),
    path("residents/<uuid:public_id>/places/", plan.places, name="places"),
    path("residents/<uuid:public_id>/<slug:step>/", residents.enrol, name="enrol"),
    path(
        "residents/<uuid:public_id>/contacts/<uuid:contact_id>/",
        residents.contact,
        name="contact",
    ),
    path("phones/", phones.phones, name="phones"),
    path("phones/<uuid:public_id>/", phones.one_phone, name="phone"),
    path("phones/<uuid:public_id>/revoke/", phones.revoke, name="revoke_phone"),
    path("events/<uuid:event_id>", phone.event, name="event"),
    path("day/<str:on>/", day.day, name="day"),
    path("day/<str:on>/settle/<uuid:visit>/", day.settle, name="settle"),
    path("day/<str:on>/held/<int:number>/", day.held, name="held"),
    path("day/<str:on>/sheet/<uuid:visit>/", day.sheet, name="sheet"),
    path("setup/", setup.setup, name="setup"),
    path("setup/details/", setup.details, name="details"),
    path("setup/partners/", setup.partners, name="partners"),
    path("setup/areas/", setup.areas, name="areas"),
    path("setup/lawful-basis/", setup.bases, name="bases"),
    path("setup/questions/", setup.questions, name="questions"),
    path("setup/agreement/", setup.agreement_words, name="agreement_words"),
    path("setup/times/", setup.timers, name="timers"),
    path("setup/trial/", setup.as_trial, name="as_trial"),
    path("setup/hazards/", setup.hazards, name="hazards"),
    path("setup/hazards/<slug:code>/", setup.hazard, name="hazard"),
]
