import pytest
from django.urls import URLResolver, get_resolver


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry.callback


@pytest.mark.parametrize(("address", "view"), list(patterns(get_resolver())))
def test_every_address_declares_what_it_lets_a_person_do(address, view):
    assert getattr(view, "action", None), f"/{address} has no rule"


def test_pages_refuse_scripts_and_styles_that_are_not_ours(client, council):
    policy = client.get("/")["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy


def test_site_says_it_is_well(client):
    assert client.get("/healthz").content == b"ok"


def test_a_page_is_light(client, council, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = client.get("/")

    assert len(page.content) < 50_000
