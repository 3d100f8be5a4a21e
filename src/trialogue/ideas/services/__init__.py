"""Everything that a person can do to an idea, and what happens to it by the clock."""

from trialogue.ideas.services.answering import Reply, answer, change_answer, check_reply
from trialogue.ideas.services.appeals import (
    appeal,
    appeal_comment,
    keep_comment_hidden,
    keep_hidden,
)
from trialogue.ideas.services.calling import NewCall, close_call, open_call
from trialogue.ideas.services.clock import late_answers, remind, remind_and_mark_late
from trialogue.ideas.services.drafts import answer_comment, open_draft
from trialogue.ideas.services.moderating import (
    hide,
    hide_comment,
    merge,
    show,
    show_comment,
)
from trialogue.ideas.services.people import address
from trialogue.ideas.services.residents import (
    ask_to_confirm,
    ask_to_support,
    confirm,
    confirm_support,
    forget_unconfirmed,
    past_their_time,
)
from trialogue.ideas.services.talking import (
    comment,
    comment_on_draft,
    follow,
    support,
    unfollow,
    unsupport,
)
from trialogue.ideas.services.trials import note_trial
from trialogue.ideas.services.waking import wake, wake_by_date, wake_by_evidence
from trialogue.ideas.services.writing import (
    Kind,
    Saving,
    Words,
    Writer,
    keep_shown,
    save_kind,
    save_saving,
    save_words,
    send,
    suggest,
)

__all__ = [
    "Kind",
    "NewCall",
    "Reply",
    "Saving",
    "Words",
    "Writer",
    "address",
    "answer",
    "answer_comment",
    "appeal",
    "appeal_comment",
    "ask_to_confirm",
    "ask_to_support",
    "change_answer",
    "check_reply",
    "close_call",
    "comment",
    "comment_on_draft",
    "confirm",
    "confirm_support",
    "follow",
    "forget_unconfirmed",
    "hide",
    "hide_comment",
    "keep_comment_hidden",
    "keep_hidden",
    "keep_shown",
    "late_answers",
    "merge",
    "note_trial",
    "open_call",
    "open_draft",
    "past_their_time",
    "remind",
    "remind_and_mark_late",
    "save_kind",
    "save_saving",
    "save_words",
    "send",
    "show",
    "show_comment",
    "suggest",
    "support",
    "unfollow",
    "unsupport",
    "wake",
    "wake_by_date",
    "wake_by_evidence",
]
