"""Addresses of visits."""

from django.urls import path

from trialogue.visits.views import phone

app_name = "visits"
urlpatterns = [
    path("events/<uuid:event_id>", phone.event, name="event"),
]
