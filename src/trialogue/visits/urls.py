"""Addresses of visits."""

from django.urls import path

from trialogue.visits.views import board, concerns, rota

app_name = "visits"
urlpatterns = [
    path("", board.start, name="start"),
    path("newest/", board.newest, name="newest"),
    path("today/not-asked/", board.not_asked, name="not_asked"),
    path("today/<slug:what>/", board.behind, name="behind"),
    path("concerns/", concerns.concerns, name="concerns"),
    path("concerns/new/", concerns.new, name="new_concern"),
    path("concerns/<int:number>/", concerns.concern, name="concern"),
    path("concerns/<int:number>/<slug:name>/", concerns.act, name="act"),
    path("hand-over/", rota.hand_over, name="hand_over"),
    path("setup/rota/", rota.rota, name="rota"),
]
