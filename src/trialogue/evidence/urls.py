"""Addresses of the register."""

from django.urls import path, re_path

from trialogue.evidence.views import keys, lists, log, search, technical, trials

app_name = "evidence"
urlpatterns = [
    path(".well-known/evidence-commons.json", log.well_known, name="well_known"),
    path("commons/v1/checkpoint", log.checkpoint, name="checkpoint"),
    re_path(
        r"^commons/v1/entries/(?P<thousands>[0-9]{3})/(?P<ones>[0-9]{3})\.ndjson$",
        log.entries,
        name="entries",
    ),
    path("commons/v1/schema/<path:name>.json", log.schema, name="schema"),
    path("settings/keys/", keys.keys, name="keys"),
    path("settings/keys/change/", keys.change, name="change_key"),
    path("evidence/", search.search, name="search"),
    path("evidence/trials/", lists.trials, name="trials"),
    path("evidence/due/", lists.due, name="due"),
    path("evidence/due/feed.atom", lists.due_atom, name="due_atom"),
    path("evidence/measures/", lists.measures, name="measures"),
    path("evidence/measures/<slug:code>/", lists.measure, name="measure"),
    path("evidence/<str:trial>.json", log.trial_json, name="trial_json"),
    path("t/<str:trial>", trials.short, name="short"),
    path("evidence/<str:trial>/", trials.trial, name="trial"),
    path("evidence/<str:trial>/counts.csv", trials.counts, name="counts"),
    path("evidence/<str:trial>/history/", trials.history, name="history"),
    path("evidence/<str:trial>/technical/", technical.technical, name="technical"),
]
