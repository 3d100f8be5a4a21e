"""Addresses at which people in a trial answer about themselves: short, for a sheet of paper."""

from django.urls import path

from trialogue.trials.views import self_report

app_name = "own"
urlpatterns = [
    path("<str:token>/", self_report.answer, name="answer"),
    path("<str:token>/leave/", self_report.leave, name="leave"),
]
