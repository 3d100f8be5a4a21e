"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from trialogue.site import api, views

site = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("work/<uuid:work_id>/", views.work, name="work"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((site, "site"))),
    path("", include("trialogue.evidence.urls")),
    path("account/", include("trialogue.accounts.urls")),
    path("trials/", include("trialogue.trials.urls")),
    path("api/", include((api.addresses(), "api"))),
]
