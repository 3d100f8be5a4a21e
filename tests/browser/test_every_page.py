"""Every page, for everybody who may open it: by following each link there is."""

from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from trialogue.accounts.permissions import ANYONE, MAY

# Pages of one kind that are looked at; a kind is an address with its numbers left out. More for
# the public and for the lead, who meet a trial in each of its states.
OF_EACH = {"": 2, "tom": 3}
# What anybody may open is looked at as anybody, but for these: they show more to who is signed in.
MORE_WHEN_SIGNED_IN = {"site:home", "site:demo", "ideas:ideas", "ideas:idea", "evidence:trial"}
FILES = (".json", ".csv", ".xlsx", ".txt", ".pem", ".ics", ".xml", ".atom", ".svg")


def is_for_anybody(path: str) -> bool:
    """Whether a page looks the same to everybody, but for the name at its top."""
    try:
        found = resolve(path)
    except Resolver404:
        return False
    action = getattr(found.func, "action", "")
    return MAY.get(action) == ANYONE and found.view_name not in MORE_WHEN_SIGNED_IN


def kind_of(path: str) -> str | None:
    """Return the kind of page, or nothing where it is not a page."""
    if path.endswith(FILES) or path.startswith(("/api/", "/commons/", "/static/", "/.well-known")):
        return None
    try:
        return resolve(path).view_name
    except Resolver404:
        return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "who",
    ["", "priya", "tom", "helen", "ruth", "gareth", "mina", "carys"],
    ids=lambda who: who or "anybody",
)
def test_every_page_that_a_link_leads_to(visitor, who):
    if who:
        visitor.sign_in(who)
    seen: dict[str, int] = {}
    waiting, known, wrong = ["/"], {"/"}, []

    while waiting:
        path = waiting.pop(0)
        kind = kind_of(urlsplit(path).path)
        if kind is None or seen.get(kind, 0) >= OF_EACH.get(who, 1) or "sign-out" in path:
            continue
        seen[kind] = seen.get(kind, 0) + 1
        if who and is_for_anybody(urlsplit(path).path):
            continue
        status = visitor.open(path)
        if status != 200:
            wrong.append(f"{path}: {status}")
            continue
        try:
            visitor.look()
        except AssertionError as error:
            wrong.append(str(error)[:1500])
            visitor.complaints.clear()
        for link in visitor.page.eval_on_selector_all(
            "a[href]", "links => links.filter(a => !a.hasAttribute('download')).map(a => a.href)"
        ):
            parts = urlsplit(link)
            address = parts.path + (f"?{parts.query}" if parts.query else "")
            if link.startswith(visitor.site) and address not in known and "format=" not in address:
                known.add(address)
                waiting.append(address)

    assert not wrong, "\n".join(wrong)
    assert len(seen) > (12 if not who else 15)
