"""Pages in Welsh: words that people write, shown once a Welsh speaker has approved them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from trialogue.accounts import permissions, queries
from trialogue.accounts.models import Organisation, Person, WelshPhrase
from trialogue.accounts.services.audit import record
from trialogue.methods.problems import Problem, refuse

MOST_LETTERS = 1_000
_NAMED = re.compile(r"\{\w+\}")  # what a page fills in, like {council}


@transaction.atomic
def switch_welsh(*, on: bool, by: Person, at: datetime) -> None:
    """Offer the pages in Welsh too, or no longer. The words that were written stay."""
    permissions.check(by, "change settings")
    council = Organisation.objects.select_for_update().get(kind=Organisation.Kind.COUNCIL)
    if council.speaks_welsh == on:
        return
    council.settings = {**council.settings, "welsh": on}
    council.save(update_fields=["settings"])
    record(
        by=by,
        action=f"turn Welsh {'on' if on else 'off'}",
        on="council",
        thing=council.slug,
        at=at,
    )


@transaction.atomic
def write_welsh(
    words: Mapping[str, str],
    *,
    approved_by: str = "",
    seen: int | None = None,
    by: Person,
    at: datetime,
) -> int:
    """Keep the Welsh of phrases, by their English; return how many are new.

    `approved_by`: the Welsh speaker who has approved these words; empty: they are drafts. `seen`:
    the newest row that the writer saw; where somebody else wrote since, it is refused. Raises
    InputError with a problem for each phrase, its column the English.
    """
    permissions.check(by, "change settings")
    council = Organisation.objects.select_for_update().get(kind=Organisation.Kind.COUNCIL)
    newest = queries.welsh_written()
    new = {
        english: welsh
        for english, given in words.items()
        if _differs(newest.get(english), welsh := " ".join(given.split()), approved_by)
    }
    refuse(_problems(new, newest, seen))
    WelshPhrase.objects.bulk_create(
        WelshPhrase(english=english, welsh=welsh, approved_by=approved_by.strip(), by=by, at=at)
        for english, welsh in new.items()
    )
    if new:
        record(
            by=by,
            action="approve Welsh words" if approved_by.strip() else "draft Welsh words",
            on="council",
            thing=council.slug,
            at=at,
            after=new,
        )
    return len(new)


def _differs(newest: WelshPhrase | None, welsh: str, approved_by: str) -> bool:
    if newest is None:
        return bool(welsh)
    return newest.welsh != welsh or bool(approved_by.strip() and not newest.is_shown)


def _problems(
    new: Mapping[str, str], newest: Mapping[str, WelshPhrase], seen: int | None
) -> Iterable[Problem]:
    for english, welsh in new.items():
        since = newest.get(english)
        if seen is not None and since and since.pk > seen:
            what = f"{since.by.name} wrote “{since.welsh}” while you were writing"
            yield Problem(what, "Choose between the two, then save again", column=english)
        if len(welsh) > MOST_LETTERS:
            what = f"This is {len(welsh):,} letters long; {MOST_LETTERS:,} is the most"
            yield Problem(what, "Shorten it", column=english)
        for name in _NAMED.findall(english):
            if welsh and name not in welsh:
                mend = f"Put {name} where the page fills it in"
                yield Problem(f"{name} is missing", mend, column=english)
