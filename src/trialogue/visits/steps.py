"""What is done about a concern, each thing by a code that is kept, and its words."""

from trialogue.visits import timers

# Where nobody came to the door: each ends a step of the desk's ladder.
NO_ANSWER = {
    timers.DESK_RINGS.key: "Telephoned the resident",
    timers.FIRST_CONTACT.key: "Telephoned the first contact",
    timers.NEXT_CONTACT.key: "Telephoned the next contact or key-holder",
    timers.SOMEBODY_GOES.key: "Somebody went to the home",
}
NOTED = "noted"
PASSED = "passed on"
LEVEL = "level"
SAFEGUARDING = "safeguarding"
JOINED = "joined"
CLOSED = "closed"
REOPENED = "opened again"
RELEASED = "released"
HANDED_OVER = "handed over"
FROM_THE_DOOR = "from the door"
WORDS = {
    **NO_ANSWER,
    NOTED: "Noted",
    PASSED: "Passed on",
    LEVEL: "Level changed",
    SAFEGUARDING: "Made a safeguarding concern",
    JOINED: "Joined",
    CLOSED: "Closed",
    REOPENED: "Opened again",
    RELEASED: "Contacts who may know are told",
    HANDED_OVER: "Handed over",
    FROM_THE_DOOR: "The visitor said more",
}
# What the desk may write down as a step of its own.
OFFERED = {**NO_ANSWER, NOTED: "Something else"}
