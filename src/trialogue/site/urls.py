"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from trialogue.site import api
from trialogue.site.views import errors, pages, work

site = [
    path("", pages.home, name="home"),
    path("healthz", pages.healthz, name="healthz"),
    path("work/<uuid:public_id>/", work.work, name="work"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((site, "site"))),
    path("", include("trialogue.evidence.urls")),
    path("account/", include("trialogue.accounts.urls")),
    path("trials/", include("trialogue.trials.urls")),
    path("api/", include((api.addresses(), "api"))),
]
handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.our_fault
