"""The words of the site: the plain word, the field's term where there is one, what it means."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A word with its meaning. `term` is what researchers call it; empty where it is the same."""

    plain: str
    term: str
    meaning: str

    @property
    def anchor(self) -> str:
        """The name of its place on the page."""
        return self.plain.lower().replace(" ", "-").replace(",", "").replace("’", "")


WORDS = (
    Word(
        "Added up",
        "pooled estimate",
        "What all trials of one question say together. A large trial counts for more.",
    ),
    Word(
        "Allocation",
        "",
        "Who gets what, settled by chance. It is done once, and anyone can check it.",
    ),
    Word(
        "Change to the plan",
        "amendment",
        "A change made after the plan was registered. It has a number and a reason, and the page "
        "shows it beside the first plan.",
    ),
    Word(
        "Group",
        "arm",
        "Those in a trial who get the same thing. Every trial has at least two groups.",
    ),
    Word(
        "Harm watched",
        "guardrail",
        "Something that must not get worse, such as complaints. Its limit is set beforehand.",
    ),
    Word(
        "How alike neighbours are",
        "intraclass correlation",
        "People on one street are often alike. The more alike they are, the more streets a trial "
        "needs. 0 is not alike at all; 1 is all the same.",
    ),
    Word(
        "How sure we are",
        "strength of evidence",
        "High, Moderate, Low or Very low. It goes down for each thing that was not as it should "
        "be.",
    ),
    Word(
        "Idea",
        "",
        "Something a person thinks would help. It may become a trial.",
    ),
    Word(
        "Likely between",
        "95% confidence interval",
        "The range in which the true difference probably lies. If we ran the trial many times, "
        "about 95 in 100 such ranges would hold it.",
    ),
    Word(
        "Main outcome",
        "primary outcome",
        "The one thing that decides the verdict. It is named before the start.",
    ),
    Word(
        "Placed by chance",
        "allocated",
        "Put in a group by a draw, so that the groups differ only by luck and by what they get.",
    ),
    Word(
        "Plan",
        "protocol",
        "Everything settled before the start: who, what, how many, and how it will be read.",
    ),
    Word(
        "Power",
        "",
        "How often a trial of this size would find a change that is really there. 8 times in 10 "
        "is a common aim.",
    ),
    Word(
        "Public record",
        "register",
        "The open list of all trials, with their plans and results. Nothing in it is taken out.",
    ),
    Word(
        "Registered",
        "",
        "The plan is fixed, public and signed. Later changes stand beside it.",
    ),
    Word(
        "Smallest change worth having",
        "δ",
        "The least that would make the effort worth it. The council names it before the start.",
    ),
    Word(
        "Something done differently",
        "deviation",
        "Where what was done is not what the plan says. It is published with its reason.",
    ),
    Word(
        "Street, person, team",
        "unit of allocation",
        "What is placed by chance. When whole streets are placed, it is streets that count.",
    ),
    Word(
        "Usual service",
        "control",
        "What people get today. Every new thing is compared with it.",
    ),
    Word(
        "Verdict",
        "",
        "What a result means, in one of seven fixed phrases. A rule chooses it; no person does.",
    ),
    Word(
        "What to expect elsewhere",
        "prediction interval",
        "The range in which the next council’s own difference would probably lie.",
    ),
)
