"""Everything that changes accounts; and what other apps ask of them: a record, a notice."""

from trialogue.accounts.services.audit import note_look, record
from trialogue.accounts.services.council import (
    add_partner,
    change_council,
    save_area,
    set_pauses,
)
from trialogue.accounts.services.days import close_on, set_days, work_on
from trialogue.accounts.services.first import offer_setup_code, set_up
from trialogue.accounts.services.forgetting import count_each, count_past_their_time, forget
from trialogue.accounts.services.invitations import (
    accept_invitation,
    invitation_link,
    invite,
    open_invitation,
    renew_invitation,
)
from trialogue.accounts.services.limits import may_call
from trialogue.accounts.services.messages import (
    drop_messages,
    follow_deliveries,
    keep_in_outbox,
    notify,
    send_daily,
    send_messages,
    send_urgent,
    text_to,
    texts_leave,
    write_to,
)
from trialogue.accounts.services.passwords import (
    ask_for_password,
    change_password,
    may_set_password,
    set_new_password,
)
from trialogue.accounts.services.people import (
    change_details,
    choose_mail,
    end_access,
    hand_over_areas,
    set_roles,
    sign_out_everywhere,
)
from trialogue.accounts.services.sessions import note_seen, note_sign_in
from trialogue.accounts.services.sweeps import claim_period
from trialogue.accounts.services.tokens import make_token, person_of_token, revoke_token
from trialogue.accounts.services.welsh import switch_welsh, write_welsh
from trialogue.accounts.services.work import (
    do_later,
    ending,
    finish_work,
    give_up,
    start_work,
    step_work,
    stop_work,
)

__all__ = [
    "accept_invitation",
    "add_partner",
    "ask_for_password",
    "change_council",
    "change_details",
    "change_password",
    "choose_mail",
    "claim_period",
    "close_on",
    "count_each",
    "count_past_their_time",
    "do_later",
    "drop_messages",
    "end_access",
    "ending",
    "finish_work",
    "follow_deliveries",
    "forget",
    "give_up",
    "hand_over_areas",
    "invitation_link",
    "invite",
    "keep_in_outbox",
    "make_token",
    "may_call",
    "may_set_password",
    "note_look",
    "note_seen",
    "note_sign_in",
    "notify",
    "offer_setup_code",
    "open_invitation",
    "person_of_token",
    "record",
    "renew_invitation",
    "revoke_token",
    "save_area",
    "send_daily",
    "send_messages",
    "send_urgent",
    "set_days",
    "set_new_password",
    "set_pauses",
    "set_roles",
    "set_up",
    "sign_out_everywhere",
    "start_work",
    "step_work",
    "stop_work",
    "switch_welsh",
    "text_to",
    "texts_leave",
    "work_on",
    "write_to",
    "write_welsh",
]
