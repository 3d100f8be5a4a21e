"""Addresses of the page that a visitor's phone keeps: one folder, which its worker looks after."""

from django.urls import path

from trialogue.visits.views import day, phone

app_name = "round"
urlpatterns = [
    path("", phone.today, name="today"),
    path("worker.js", phone.worker, name="worker"),
    path("round.webmanifest", phone.manifest, name="manifest"),
    path("set-up/", phone.set_up, name="set_up"),
    path("contact/", phone.contact, name="contact"),
    path("print/", day.print_rounds, name="print"),
    path("list/", phone.day_list, name="list"),
]
