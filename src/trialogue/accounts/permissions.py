"""Who may do what: the one table, and the one check.

A person has platform roles (`Person.roles`): `signed in`, `staff` or `partner`, `manager`,
`administrator`, `data protection officer`, those of visits (`duty desk`, `duty manager`,
`safeguarding lead`, `commissioner`, and a partner's `round manager` and `visitor`). A trial adds
its own: `lead`, `analyst`, `safety person`, `team`; a concern the `named person` it was passed to.
Everyone, signed in or not, is `anyone`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from trialogue.accounts import lost_answers
from trialogue.accounts.models import Person
from trialogue.pages import kept

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

ANYONE = frozenset({"anyone"})
SIGNED_IN = frozenset({"signed in"})
STAFF = frozenset({"staff"})
TEAM = frozenset({"lead", "analyst", "team"})
TEAM_AND_MANAGER = TEAM | {"manager"}
DESK = frozenset({"duty desk", "duty manager"})
ROUNDS = DESK | {
    "round manager"
}  # a round manager sees their own organisation's: queries see to it

# What a person does -> the roles that may. In the order of the loop.
MAY: dict[str, frozenset[str]] = {
    # site
    "read public pages": ANYONE,
    "see your work": SIGNED_IN,
    "look around the demonstration": ANYONE,
    "set up the council": ANYONE,  # only while there is no administrator
    # accounts
    "sign in": ANYONE,
    "change your details": SIGNED_IN,
    "follow long work": SIGNED_IN,  # only its own starter: the query sees to it
    "change settings": frozenset({"administrator"}),
    "manage people": frozenset({"administrator"}),
    "read the audit trail": frozenset({"administrator", "data protection officer"}),
    "see all that is held": frozenset({"administrator", "data protection officer"}),
    # ideas
    "read ideas": ANYONE,
    "suggest an idea": ANYONE,  # a resident without an account confirms by e-mail
    "support an idea": ANYONE,  # a resident without an account confirms by e-mail
    "comment on an idea": SIGNED_IN,
    "answer an idea": frozenset({"idea manager", "administrator"}),
    "moderate an idea": frozenset({"manager", "administrator"}),
    "open a call for ideas": frozenset({"manager", "administrator"}),
    # trials
    "list trials": STAFF,
    "plan a trial": STAFF,
    "see a trial": TEAM_AND_MANAGER | {"safety person"},
    "answer the plan": TEAM,
    "comment on an open draft": SIGNED_IN,
    "sign off": frozenset({"manager"}),
    "register a trial": frozenset({"lead"}),
    "load units": TEAM,
    "allocate": frozenset({"lead"}),
    "amend a trial": TEAM_AND_MANAGER,
    "measure": TEAM,
    "answer about yourself": ANYONE,  # only with a link that the trial's team made
    "record a loss": TEAM,
    "record delivery": TEAM,
    "watch a trial": TEAM_AND_MANAGER,
    "ask to stop": TEAM_AND_MANAGER | {"safety person"},
    "stop a trial": frozenset({"manager"}),
    "look for harm": frozenset({"safety person", "analyst"}),
    "decide on a look for harm": frozenset({"safety person"}),
    "lock and analyse": frozenset({"analyst"}),
    "write the result": TEAM,
    "publish a result": frozenset({"lead"}),
    "change the team": frozenset({"lead", "manager"}),
    # visits
    "open visits": ROUNDS | {"safeguarding lead"},  # each on the page that is theirs
    "set up visits": frozenset({"manager", "duty manager"}),
    "see rounds": ROUNDS,
    "change rounds": ROUNDS,
    "see residents": DESK | {"safeguarding lead"},
    "enrol residents": DESK,
    "erase residents": frozenset({"duty manager", "data protection officer"}),
    "see safeguarding": frozenset({"safeguarding lead"}),
    "plan visits": DESK,
    "watch visits": DESK,
    # Safeguarding ones: its lead alone. A named person: one that was passed to them.
    "deal with concerns": DESK | {"safeguarding lead", "named person"},
    "close disputed concerns": frozenset({"duty manager", "safeguarding lead"}),
    "manage phones": ROUNDS,
    "do a round": frozenset({"visitor"}),
    "send what was recorded": ANYONE,  # a phone signs what it sends: that counts, no session
    "see your own visits": ANYONE,  # only with a link that the desk made
    "read the report of visits": DESK | {"manager", "commissioner"},
    # evidence
    "read evidence": ANYONE,
    "approve a register": frozenset({"administrator"}),
}


def allows(by: Person | AnonymousUser, action: str, *, also: frozenset[str] = frozenset()) -> bool:
    """Whether `by` may do `action`, with the roles they have in the thing itself in `also`."""
    roles = by.roles if isinstance(by, Person) and by.is_active else frozenset()
    return bool(MAY[action] & (roles | also | ANYONE))


def check(by: Person | AnonymousUser, action: str, *, also: frozenset[str] = frozenset()) -> None:
    """Raise PermissionDenied, saying who can, unless `by` may do `action`."""
    if not allows(by, action, also=also):
        who = " or ".join(sorted(MAY[action]))
        raise PermissionDenied(f"Only these can {action}: {who}.")


def page(
    action: str, roles_of: Callable[..., frozenset[str]] | None = None
) -> Callable[[View[P]], View[P]]:
    """Declare what a view lets a person do, and check it before the view runs.

    `roles_of(person, **kwargs)` gives the roles that the person has in the thing the address
    names; it raises Http404 when they should not know that it exists. Someone who is not signed
    in is sent to sign in, and comes back. A view without this fails the test of every address.
    """

    def declare(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            person = request.user
            if not isinstance(person, Person) and MAY[action] != ANYONE:
                return redirect_to_login(lost_answers.keep(request))
            also = roles_of(person, **kwargs) if roles_of else frozenset[str]()
            check(person, action, also=also)
            request.roles_here = also  # type: ignore[attr-defined]
            with kept.shown(lost_answers.put_back(request)):
                return view(request, *args, **kwargs)

        checked.action = action  # type: ignore[attr-defined]
        return checked

    return declare


def public_name(person_id: UUID | None, names: dict[UUID, str]) -> str:
    """Return the name shown for the doer of something: the software, a leaver, or a person."""
    return "Trialogue" if person_id is None else names.get(person_id, "someone who has left")
