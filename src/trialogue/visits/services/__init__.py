"""Everything that changes visits: one function for each thing a person does."""

from trialogue.visits.services.listing import list_day, list_today
from trialogue.visits.services.lists import Look, kept_list
from trialogue.visits.services.lists import give_up as give_up_list
from trialogue.visits.services.lists import keep as keep_list
from trialogue.visits.services.lists import look as look_at_list
from trialogue.visits.services.lists import take as take_list
from trialogue.visits.services.planning import (
    accept_plan,
    ask_for_plan,
    choose_place,
    discard_plan,
    offers,
)
from trialogue.visits.services.reading.residents import example as example_row
from trialogue.visits.services.residents import (
    ContactGiven,
    ResidentGiven,
    add_contact,
    agree,
    allow_contact,
    end_pause,
    never_tell,
    note_nobody_near,
    pause,
    place_of,
    propose,
    remove_contact,
    withdraw,
)
from trialogue.visits.services.residents import change as change_resident
from trialogue.visits.services.residents import end as end_visits
from trialogue.visits.services.rounds import (
    RoundGiven,
    end_absence,
    note_absence,
    save_round,
    save_visitor,
    set_spare,
    set_walks,
)
from trialogue.visits.services.scheme import (
    begin_scheme,
    change_scheme,
    publish_questions,
    save_area,
    save_basis,
    save_hazard,
    save_partner,
    set_timers,
    settle,
    start_scheme,
)
from trialogue.visits.services.trial import read_draw, send_list, start_as_trial, tell_trial

__all__ = [
    "ContactGiven",
    "Look",
    "ResidentGiven",
    "RoundGiven",
    "accept_plan",
    "add_contact",
    "agree",
    "allow_contact",
    "ask_for_plan",
    "begin_scheme",
    "change_resident",
    "change_scheme",
    "choose_place",
    "discard_plan",
    "end_absence",
    "end_pause",
    "end_visits",
    "example_row",
    "give_up_list",
    "keep_list",
    "kept_list",
    "list_day",
    "list_today",
    "look_at_list",
    "never_tell",
    "note_absence",
    "note_nobody_near",
    "offers",
    "pause",
    "place_of",
    "propose",
    "publish_questions",
    "read_draw",
    "remove_contact",
    "save_area",
    "save_basis",
    "save_hazard",
    "save_partner",
    "save_round",
    "save_visitor",
    "send_list",
    "set_spare",
    "set_timers",
    "set_walks",
    "settle",
    "start_as_trial",
    "start_scheme",
    "take_list",
    "tell_trial",
    "withdraw",
]
