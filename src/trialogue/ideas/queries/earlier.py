"""Who tried something like it: what the register finds for the words of an idea."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError

from trialogue.accounts.models import Person
from trialogue.evidence import queries as evidence
from trialogue.evidence.searching import scores, words_of
from trialogue.ideas.models import Idea
from trialogue.ideas.queries.one import checked, visible

SHOWN = 3
SAME = 0.5  # share of the words' weight that an idea like it holds
MOST_COMPARED = 1000
LIKE, TO_JOIN = 0.15, 8  # the same, of ideas offered to be joined; how many at most
SHORTEST = 12  # fewer characters than this say nothing to look for


@dataclass(frozen=True)
class Earlier:
    """The trials found for a text; `found` is false when the register could not be asked."""

    query: str
    hits: tuple[evidence.Hit, ...]
    found: bool = True

    @property
    def close(self) -> bool:
        """Whether any of them is more than the nearest of what there is."""
        return any(hit.band != "nearest" for hit in self.hits)

    @property
    def said(self) -> str:
        """Say it once, for someone who listens to the page."""
        if not self.found:
            return "We could not look up earlier trials. Your idea is safe."
        if not self.close:
            return "Nothing close found."
        near = sum(hit.band != "nearest" for hit in self.hits)
        return "1 trial found" if near == 1 else f"{near} trials found"

    @property
    def key(self) -> str:
        """Which trials these are: the same key, the same were shown."""
        return ",".join(hit.id for hit in self.hits)

    def cards(self, today: date) -> tuple[evidence.Card, ...]:
        """Return the trials as a page shows them."""
        return evidence.cards(self.hits, today=today)

    def as_shown(self) -> list[dict[str, Any]]:
        """Return what is kept of it: each trial as it was shown."""
        kept = ("id", "rank", "band", "title", "verdict", "state", "place", "year", "sentence")
        return [{name: getattr(hit, name) for name in kept} for hit in self.hits]


def text_of(title: str, problem: str, proposal: str) -> str:
    """Return the words that are looked up."""
    return " ".join(part.strip() for part in (title, problem, proposal) if part.strip())


def earlier(text: str) -> Earlier:
    """Look up the nearest trials, best first. Never stops somebody from writing."""
    if len(text) < SHORTEST:
        return Earlier(query=text, hits=())
    try:
        return Earlier(query=text, hits=evidence.similar(text, limit=SHOWN))
    except (DatabaseError, OSError):
        return Earlier(query=text, hits=(), found=False)


def near_to_join(idea: Idea) -> tuple[tuple[int, str], ...]:
    """Return number and title of the ideas that this one may be joined with, the nearest first.

    They were sent, show and live on by themselves. One query.
    """
    others = Idea.objects.filter(checked()).exclude(pk=idea.pk).exclude(answer=Idea.Answer.MERGED)
    newest = others.order_by("-pk").values_list("pk", "title", "problem")[:MOST_COMPARED]
    titles = {pk: title for pk, title, _ in newest}
    texts = {pk: " ".join(words_of(title, problem)) for pk, title, problem in newest}
    average = sum(text.count(" ") + 1 for text in texts.values()) / max(1, len(texts))
    asked = words_of(idea.title, idea.problem)
    found = scores(asked, texts, total=len(texts), average=average)
    near = sorted((pk for pk in found if found[pk][1] >= LIKE), key=lambda pk: -found[pk][0])
    return tuple((pk, titles[pk]) for pk in near[:TO_JOIN])


def alike(text: str, *, seen_by: Person | AnonymousUser) -> tuple[Idea, ...]:
    """Return up to three ideas that were sent and say much the same, the nearest first."""
    asked = words_of(text)
    if not asked:
        return ()
    newest = visible(seen_by).exclude(status=Idea.Status.DRAFT).order_by("-pk")[:MOST_COMPARED]
    ideas = {idea.pk: idea for idea in newest}
    texts = {
        pk: " ".join(words_of(idea.title, idea.problem, idea.proposal))
        for pk, idea in ideas.items()
    }
    average = sum(text.count(" ") + 1 for text in texts.values()) / max(1, len(texts))
    found = scores(asked, texts, total=len(texts), average=average)
    near = sorted((pk for pk in found if found[pk][1] >= SAME), key=lambda pk: -found[pk][0])
    return tuple(ideas[pk] for pk in near[:SHOWN])
