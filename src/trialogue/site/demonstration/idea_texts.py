"""What the people of the made-up council suggested, and what they were answered."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Suggested:
    """An idea and its answer. `sent` and `answered` are days from today.

    `by` is somebody of the cast, or the name of a resident without an account.
    """

    key: str
    title: str
    problem: str
    proposal: str
    works_with: str
    area: str
    by: str
    sent: int
    answered: int = 0
    answer: str = ""
    reason: str = ""
    wakes_in: int = 0
    hours: float | None = None
    pounds: float | None = None
    how_known: str = ""
    who_must_agree: str = ""
    place: str = ""
    supporters: tuple[str, ...] = ()
    comments: tuple[tuple[str, str, str], ...] = ()  # who, kind, words


SECTORS, WORKFORCE, PUBLIC = "other sectors", "workforce", "public"

# The ideas that became trials, the oldest first.
TRIED = (
    Suggested(
        "evening text",
        "Text people the evening before their bulky collection",
        "One home in three has nothing outside when we come for the sofa. We drive back, or it "
        "stands in the street for a week.",
        "A text the evening before, with the words “before 7am”, to people who gave a number.",
        WORKFORCE,
        "waste-and-recycling",
        "priya",
        sent=-330,
        answered=-304,
        answer="trial",
        reason="A missed collection costs us £14. A text costs 3p. It is worth knowing for sure.",
        hours=35,
        pounds=9000,
        how_known="I counted the second trips of our crew for four weeks.",
        who_must_agree="The contact centre, and the firm that sends our texts.",
        supporters=("tom", "helen", "mina", "gareth"),
        comments=(("tom", "question", "Do we hold a mobile number for most people?"),),
    ),
    Suggested(
        "friday email",
        "Nobody e-mails on Friday morning",
        "Friday goes in answers to answers. Whatever needs two quiet hours waits for Monday.",
        "No e-mail inside the council before midday on Friday. We ring for what cannot wait.",
        WORKFORCE,
        "whole-council",
        "helen",
        sent=-286,
        answered=-268,
        answer="trial",
        reason="It costs nothing, and half of us think it would hurt. So let chance decide who.",
        hours=120,
        how_known="A guess: two hours for each of 60 people.",
        supporters=("priya", "tom", "mina", "carys"),
        comments=(("gareth", "detail", "The incident desk has to be left out of it."),),
    ),
    Suggested(
        "photo first",
        "Residents send a photo so the right trade comes first time",
        "One repair in five needs a second visit: a plumber came for what was a joiner’s job.",
        "When somebody reports a repair, ask for a photo. A planner looks before booking.",
        WORKFORCE,
        "housing",
        "priya",
        sent=-140,
        answered=-116,
        answer="trial",
        reason="The firm lends us the tool for half a year. We will know by then.",
        hours=60,
        pounds=21000,
        how_known="Repairs records: 412 second visits last year, about £51 each.",
        who_must_agree="The repairs firm.",
        supporters=("tom", "helen"),
    ),
    Suggested(
        "postal round",
        "Could the postal round look in on people who live alone?",
        "Some of our tenants speak to nobody for days. We learn of a fall when the rent is late.",
        "The post goes to every door six days a week. Where a resident wants it, the postal "
        "worker rings, asks five questions and passes on a no.",
        SECTORS,
        "adult-care",
        "anil",
        sent=-126,
        answered=-101,
        answer="trial",
        reason="Others do it, and we know of no fair test. Let us make one.",
        how_known="Not known yet. A trial should count it.",
        who_must_agree="Moorland Mail, and the residents themselves.",
        supporters=("priya", "ruth", "mina", "carys", "tom"),
        comments=(
            ("carys", "question", "Who reads the answers, and how long are they kept?"),
            ("mina", "detail", "Start with two rounds, so that faces stay the same."),
        ),
    ),
    Suggested(
        "street champions",
        "Give streets a name, a vest and a vote, instead of vouchers",
        "We were promised shopping vouchers for picking litter. Six came, for the vouchers.",
        "Ask each street for one person. Give them a title, a vest with its name, and a vote on "
        "where the next bench goes.",
        PUBLIC,
        "street-care",
        "Dilys Ford",
        sent=-112,
        answered=-86,
        answer="trial",
        reason="We have paid for vouchers for six years and cannot say what they did.",
        place="Quarry Bank",
        supporters=("priya", "tom", "helen", "anil"),
        comments=(("priya", "offer", "I will hand out the vests on my round."),),
    ),
    Suggested(
        "fostering letters",
        "Ask foster carers why, then write the letter",
        "Our letter to people who ask about fostering talks of allowances. Those who stay talk "
        "of something else.",
        "Ask the carers we have why they began. Write one letter for each reason, and see which "
        "one leads to a first visit.",
        PUBLIC,
        "fostering",
        "mina",
        sent=-61,
        answered=-36,
        answer="trial",
        reason="Three letters cost what one costs, and 212 people asked last year.",
        hours=10,
        how_known="A guess: fewer calls that lead nowhere.",
        supporters=("tom", "helen", "ruth"),
    ),
    Suggested(
        "pharmacy bags",
        "A line about warm homes on every pharmacy bag in October",
        "Help with heating goes unused by the people who are ill from the cold.",
        "Pharmacies hand a paper bag to exactly these people. Print one line and a number on it.",
        SECTORS,
        "public-health",
        "carys",
        sent=-41,
        answered=-16,
        answer="trial",
        reason="Staithe Surgery will ask its 12 pharmacies. Plan how we would know it worked.",
        pounds=4000,
        how_known="What we spend on posters for the same.",
        who_must_agree="The pharmacies, and who prints their bags.",
        supporters=("priya", "mina"),
    ),
)

# What nobody tried, or not yet.
LATER = (
    Suggested(
        "joint visits",
        "Fire service and council visit the same homes in one month",
        "In March one man had a smoke alarm check, a benefits visit and a bin visit in nine days.",
        "Put the three lists side by side each month. One visit does what it can for the others.",
        SECTORS,
        "adult-care",
        "priya",
        sent=-96,
        answered=-76,
        answer="do",
        reason="We agree a joint plan for each such home with Moor Fire and Rescue. It needs no "
        "trial: visiting once what we visit three times takes nothing from anybody.",
        hours=16,
        how_known="Counted for March on our side alone.",
        who_must_agree="Moor Fire and Rescue, and the data protection officer.",
        supporters=("tom", "mina", "anil"),
        comments=(("anil", "offer", "Linney Homes can add its gas safety visits."),),
    ),
    Suggested(
        "bus card",
        "A card bus drivers can hand in when a regular seems unwell",
        "Drivers know who rides each day. When somebody stops coming, or looks ill, they tell "
        "nobody, because there is nobody to tell.",
        "A card in the cab: tick a box, hand it in at the depot, the duty desk calls.",
        SECTORS,
        "adult-care",
        "anil",
        sent=-82,
        answered=-59,
        answer="not now",
        reason="Northmoor Buses changes its rota, and drivers do not yet know their routes. We "
        "look again once the new rota has started.",
        wakes_in=45,
        who_must_agree="Northmoor Buses and its drivers.",
        supporters=("priya",),
    ),
    Suggested(
        "benches",
        "“Happy to chat” benches",
        "People sit alone on one bench each in Linney Park.",
        "Put a sign on six benches: sit here if you are happy to chat.",
        PUBLIC,
        "public-health",
        "Owen Tait",
        sent=-51,
        answered=-34,
        answer="no",
        reason="A sign on a bench is not enough. Where it was tried, as many people sat alone as "
        "before. The money goes to the postal round instead.",
        place="Linney",
        supporters=("carys",),
        comments=(("mina", "detail", "The café in the park would put out a table for it."),),
    ),
    Suggested(
        "bin calendar",
        "Put the bin calendar on the fridge, not the website",
        "Nobody on our close looks at the website. We look at what the neighbour puts out, and "
        "so all of us are wrong together.",
        "One page with a magnet, once a year, to every home. Large print on the back.",
        PUBLIC,
        "waste-and-recycling",
        "Jean Okoye",
        sent=0,  # so that its answer is three working days late: `ideas.py` works it out
        hours=25,
        how_known="A guess. Ask the contact centre how many calls are about bin days.",
        place="Highfold",
        supporters=("priya", "tom", "mina"),
        comments=(("priya", "detail", "About one call in six to the depot asks for the day."),),
    ),
    Suggested(
        "litter kits",
        "Litter-pick kits on loan from libraries",
        "I would pick litter on my street if I had a grabber and a hoop.",
        "Ten kits in each library, on loan like a book.",
        PUBLIC,
        "street-care",
        "Peter Anand",
        sent=-31,
        place="Staithe",
        supporters=("priya", "helen"),
        comments=(("helen", "offer", "Highfold library has a cupboard for them."),),
    ),
)


def _small(
    key: str, title: str, problem: str, proposal: str, by: str, answer: str, reason: str,
    hours: float | None = None, votes: str = "",
) -> Suggested:  # fmt: skip
    """Return an idea of the hack day."""
    return Suggested(
        key, title, problem, proposal, WORKFORCE, "whole-council", by, sent=-286,
        answered=-270, answer=answer, reason=reason, hours=hours,
        wakes_in=60 if answer == "not now" else 0, supporters=tuple(votes.split()),
    )  # fmt: skip


# The hack day's: with “Nobody e-mails on Friday morning”, fourteen.
CALLED = (
    Suggested(
        "one form",
        "One form for missed bins, not three",
        "A missed bin is typed into the call record, the crew’s sheet and the refund form.",
        "One form that fills the other two.",
        WORKFORCE,
        "waste-and-recycling",
        "priya",
        sent=-286,
        answered=-274,
        answer="do",
        reason="No law asks for three, and typing once what was typed three times harms nobody. "
        "It needs no trial. Digital builds it by the summer.",
        hours=22,
        how_known="Each form takes 6 minutes, and we fill in about 220 a month.",
        who_must_agree="Digital, and the contact centre.",
        supporters=("tom", "gareth", "helen", "mina"),
    ),
    _small(
        "rota",
        "Put the depot’s rota where a phone can open it",
        "Crews call the depot at 5am to ask which round they are on.",
        "Send the rota as a picture the evening before.",
        "priya", "do", "Done from Monday. Nobody has to call.", 8,
        votes="tom gareth",
    ),
    _small(
        "keys",
        "One board for the keys of the vans",
        "We look for keys in four offices.",
        "One board at the gate, with a hook for each van.",
        "priya", "do", "Done. The board cost £40.", 6,
        votes="tom",
    ),
    _small(
        "minutes",
        "Minutes of two lines",
        "We write four pages that nobody opens.",
        "Who does what by when. Nothing else.",
        "tom", "do", "Done for all meetings that no law asks minutes of.", 30,
        votes="priya helen mina",
    ),
    _small(
        "logins",
        "One password for the five systems of the front desk",
        "The front desk signs in five times before the first person is served.",
        "Sign in once in the morning.",
        "mina", "not now", "Two of the five are replaced this year. We look at it again then.", 18,
        votes="gareth",
    ),
    _small(
        "approval",
        "Spend up to £50 without three signatures",
        "A £12 first aid box needed three signatures and 19 days.",
        "A team leader signs up to £50.",
        "helen", "do", "Done, with a monthly list to the finance team.", 12,
        votes="mina priya tom",
    ),
    _small(
        "scans",
        "Stop scanning what came by e-mail",
        "We print e-mails to scan them into the file.",
        "Save the e-mail.",
        "mina", "do", "Done in fostering. Other teams follow.", 26,
        votes="carys helen",
    ),
    _small(
        "cc",
        "No copies to people who need not act",
        "Half of my morning is copies.",
        "A rule: copy only who must act.",
        "carys", "no", "A rule alone did not hold last time. See the trial of Friday mornings.",
    ),
    _small(
        "reports",
        "Ask before we write the weekly report again",
        "We write it on Monday. We do not know who reads it.",
        "Leave it out for a month and see who asks.",
        "helen", "do", "Done. Nobody asked, and it has ended.", 14,
        votes="tom priya",
    ),
    _small(
        "parking",
        "Keep two spaces for carers at the town hall",
        "Foster carers drive round for ten minutes before a review.",
        "Two spaces, with a sign.",
        "mina", "do", "Done, next to the side door.",
        votes="carys",
    ),
    _small(
        "radio",
        "A radio channel for the two depots",
        "We call one another by telephone and wait.",
        "One shared channel.",
        "priya", "no", "The licence costs more than the calls. The telephones have a group now.",
    ),
    _small(
        "letters",
        "Read each letter aloud before it is sent",
        "People ring to ask what our letters mean.",
        "Two people read a new letter aloud before it is used.",
        "carys", "do", "Done for housing and council tax letters.", 9,
        votes="mina tom priya",
    ),
    _small(
        "desk",
        "A quiet room from 9 to 11",
        "Ten of us share a room with the telephones.",
        "Keep the small meeting room free until 11.",
        "tom", "not now", "The room is let until the new year. We look at it again then.",
    ),
)  # fmt: skip
