"""Addresses of the register."""

from django.urls import path, re_path

from trialogue.evidence import views

app_name = "evidence"
urlpatterns = [
    path(".well-known/evidence-commons.json", views.well_known, name="well_known"),
    path("commons/v1/checkpoint", views.checkpoint, name="checkpoint"),
    re_path(
        r"^commons/v1/entries/(?P<thousands>[0-9]{3})/(?P<ones>[0-9]{3})\.ndjson$",
        views.entries,
        name="entries",
    ),
    path("commons/v1/schema/<path:name>.json", views.schema, name="schema"),
    path("evidence/<str:trial>.json", views.trial_json, name="trial_json"),
]
