"""Everything that changes visits: one function for each thing a person does."""

from trialogue.visits.services.asking import ask_for_copy, ask_for_days, pause_own, stop_own
from trialogue.visits.services.concerns import NewConcern, raise_concern
from trialogue.visits.services.covering import Ended, cover_day
from trialogue.visits.services.dealing import (
    GROUNDS,
    acknowledge,
    change_level,
    close,
    join,
    make_safeguarding,
    may_take,
    pass_on,
    release,
    reopen,
    take_step,
)
from trialogue.visits.services.forgetting import erase_on_request, everything_about
from trialogue.visits.services.ladder import look_at_timers, send_test_notices
from trialogue.visits.services.links import (
    is_open,
    link_for_resident,
    link_known,
    open_link,
    send_contact_link,
    stop_contact,
)
from trialogue.visits.services.listing import list_day, list_today
from trialogue.visits.services.lists import Look, kept_list
from trialogue.visits.services.lists import give_up as give_up_list
from trialogue.visits.services.lists import keep as keep_list
from trialogue.visits.services.lists import look as look_at_list
from trialogue.visits.services.out import end_round
from trialogue.visits.services.places import drop_travel_times, save_backdrop, save_travel_times
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
from trialogue.visits.services.rota import (
    NewShift,
    add_shift,
    give_over,
    on_the_rota,
    take_off,
    take_over,
    takers,
)
from trialogue.visits.services.rounds import (
    RoundGiven,
    end_absence,
    note_absence,
    save_round,
    set_spare,
    set_walks,
)
from trialogue.visits.services.scheme import (
    begin_scheme,
    change_scheme,
    publish_questions,
    publish_translation,
    save_area,
    save_basis,
    save_hazard,
    save_partner,
    set_costs,
    set_timers,
    settle,
    start_scheme,
)
from trialogue.visits.services.taking import take_list
from trialogue.visits.services.trial import join_trial, read_draw, start_as_trial, tell_trial
from trialogue.visits.services.trial_list import send_list
from trialogue.visits.services.visitors import end_visitor, save_visitor

__all__ = [
    "GROUNDS",
    "ContactGiven",
    "Ended",
    "Look",
    "NewConcern",
    "NewShift",
    "ResidentGiven",
    "RoundGiven",
    "accept_plan",
    "acknowledge",
    "add_contact",
    "add_shift",
    "agree",
    "allow_contact",
    "ask_for_copy",
    "ask_for_days",
    "ask_for_plan",
    "begin_scheme",
    "change_level",
    "change_resident",
    "change_scheme",
    "choose_place",
    "close",
    "cover_day",
    "discard_plan",
    "drop_travel_times",
    "end_absence",
    "end_pause",
    "end_round",
    "end_visitor",
    "end_visits",
    "erase_on_request",
    "everything_about",
    "example_row",
    "give_over",
    "give_up_list",
    "is_open",
    "join",
    "join_trial",
    "keep_list",
    "kept_list",
    "link_for_resident",
    "link_known",
    "list_day",
    "list_today",
    "look_at_list",
    "look_at_timers",
    "make_safeguarding",
    "may_take",
    "never_tell",
    "note_absence",
    "note_nobody_near",
    "offers",
    "on_the_rota",
    "open_link",
    "pass_on",
    "pause",
    "pause_own",
    "place_of",
    "propose",
    "publish_questions",
    "publish_translation",
    "raise_concern",
    "read_draw",
    "release",
    "remove_contact",
    "reopen",
    "save_area",
    "save_backdrop",
    "save_basis",
    "save_hazard",
    "save_partner",
    "save_round",
    "save_travel_times",
    "save_visitor",
    "send_contact_link",
    "send_list",
    "send_test_notices",
    "set_costs",
    "set_spare",
    "set_timers",
    "set_walks",
    "settle",
    "start_as_trial",
    "start_scheme",
    "stop_contact",
    "stop_own",
    "take_list",
    "take_off",
    "take_over",
    "take_step",
    "takers",
    "tell_trial",
    "withdraw",
]
