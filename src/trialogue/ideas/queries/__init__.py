"""Everything that reads ideas."""

from trialogue.ideas.queries.calls import call, calls
from trialogue.ideas.queries.earlier import Earlier, alike, earlier, text_of
from trialogue.ideas.queries.lists import STATES, Filters, Funnel, filtered, funnel
from trialogue.ideas.queries.one import (
    areas,
    comments_of,
    draft_of,
    history_of,
    last_shown,
    latest_draft,
    leads,
    others_to_join,
    roles_in_idea,
    seen,
    shown_idea,
    visible,
)
from trialogue.ideas.queries.residents import MOST_LINKS, to_confirm
from trialogue.ideas.queries.told import (
    IdeaForTrial,
    IdeaWaiting,
    answered_in_time,
    idea_for_trial,
    ideas_of,
    ideas_waiting_for,
)

__all__ = [
    "MOST_LINKS",
    "STATES",
    "Earlier",
    "Filters",
    "Funnel",
    "IdeaForTrial",
    "IdeaWaiting",
    "alike",
    "answered_in_time",
    "areas",
    "call",
    "calls",
    "comments_of",
    "draft_of",
    "earlier",
    "filtered",
    "funnel",
    "history_of",
    "idea_for_trial",
    "ideas_of",
    "ideas_waiting_for",
    "last_shown",
    "latest_draft",
    "leads",
    "others_to_join",
    "roles_in_idea",
    "seen",
    "shown_idea",
    "text_of",
    "to_confirm",
    "visible",
]
