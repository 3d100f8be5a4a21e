"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from trialogue.site import api
from trialogue.site.views import (
    demo,
    errors,
    held,
    pages,
    people,
    registers,
    retention,
    setup,
    welsh,
    work,
)

site = [
    path("", pages.home, name="home"),
    path("your-work/", pages.your_work, name="your_work"),
    path("about/", pages.about, name="about"),
    path("about/how-we-decide/", pages.how_we_decide, name="how_we_decide"),
    path("about/words/", pages.words, name="words"),
    path("about/privacy/", pages.privacy, name="privacy"),
    path("about/accessibility/", pages.accessibility, name="accessibility"),
    path("about/roles/", pages.roles, name="roles"),
    path("about/contact/", pages.contact, name="contact"),
    path("healthz", pages.healthz, name="healthz"),
    path("health/escalation", pages.escalation, name="escalation"),
    path("setup/", setup.setup, name="setup"),
    path("settings/people/<uuid:public_id>/hand-over/", people.hand_over, name="hand_over"),
    path("language/", welsh.language, name="language"),
    path("settings/welsh/", welsh.overview, name="welsh"),
    path("settings/welsh/switch/", welsh.switch, name="switch_welsh"),
    path("settings/welsh/words.csv", welsh.words, name="welsh_words"),
    path("settings/welsh/<slug:key>/", welsh.part, name="welsh_part"),
    path("settings/registers/", registers.registers, name="registers"),
    path("settings/retention/", retention.retention, name="retention"),
    path("settings/audit/person/", held.search, name="held_search"),
    path("settings/audit/person/address/", held.about_address, name="held_address"),
    path(
        "settings/audit/person/address.json",
        held.everything_of_address,
        name="everything_held_address",
    ),
    path("settings/audit/person/<uuid:public_id>/", held.about, name="held"),
    path("settings/audit/person/<uuid:public_id>.json", held.everything, name="everything_held"),
    path("demo/", demo.look_around, name="demo"),
    path("demo/be/<slug:key>/", demo.be, name="be"),
    path("demo/outbox/", demo.outbox, name="outbox"),
    path("demo/outbox/<int:number>/", demo.message, name="message"),
    path("demo/start-again/", demo.start_again, name="start_again"),
    path("work/<uuid:public_id>/", work.work, name="work"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((site, "site"))),
    path("", include("trialogue.evidence.urls")),
    path("", include("trialogue.accounts.urls")),
    path("ideas/", include("trialogue.ideas.urls")),
    path("trials/", include("trialogue.trials.urls")),
    path("visits/", include("trialogue.visits.urls")),
    path("round/", include("trialogue.visits.round_urls")),
    path("r/", include("trialogue.trials.own_urls")),
    path("api/", include((api.addresses(), "api"))),
]
handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.our_fault
