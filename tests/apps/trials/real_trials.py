"""The real trials of `tests/real`, each with its plan, its file and what must come out."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.apps.trials import real

# May not be copied: it is read where it stands beside the project, when it is there.
ELSEWHERE = Path(__file__).parents[4] / "shared" / "data" / "trials" / "litter_signs"


@dataclass(frozen=True)
class Real:
    """A real trial: where its file is, how it is planned and how `trialogue analyse` is asked.

    `case` finds its exact figures in `expected.json`; `verdicts` are by arm.
    """

    file: Path
    plan: dict[str, Any]
    flags: str
    case: str
    verdicts: dict[str, str]
    listed: dict[str, Any] = field(default_factory=dict)
    measured: dict[str, Any] = field(default_factory=dict)

    @property
    def expected(self) -> dict[str, Any]:
        """The case of `expected.json` whose command has this plan's design."""
        cases = json.loads((self.file.parent / "expected.json").read_text())["analyse"]
        return next(case for case in cases if case["command"].endswith(self.case))

    @property
    def name_of(self) -> dict[str, str]:
        """The name of each group, as the file spells it, by its code."""
        return {arm["code"]: arm["name"] for arm in self.plan["arms"]["list"]}


def arms(*names, shares=()):
    """Groups named as the file names them, the control first."""
    return [
        real.arm(name.replace(" ", "-"), name, control=number == 0, share=share)
        for number, (name, share) in enumerate(
            zip(names, shares or (1,) * len(names), strict=True)
        )
    ]


LETTERS = Real(
    file=real.REAL / "recertification_letters" / "families.csv",
    plan={
        **real.LETTERS,
        "arms": {
            **real.LETTERS["arms"],
            "list": arms("usual", "open letter", "dated letter"),
            "comparisons": ["open-letter", "dated-letter"],
        },
    },
    flags="--outcome recertified --arm arm --control usual --strata month",
    case="--strata month",
    verdicts={"open-letter": "Worked", "dated-letter": "Worked"},
)

VISITS = Real(
    file=real.REAL / "registration_visits" / "stations.csv",
    plan=real.plan(
        title="Bringing voter registration to people",
        arms=arms(
            "no visit",
            "canvassers",
            "text messages",
            "registration desk",
            "desk and canvassers",
            "desk and text messages",
        ),
        unit=("polling station", "polling stations", "polling station", "polling stations"),
        by=("block",),
        outcome=("registered-share", "New registrations for each one of 2013"),
        kind="continuous",
        smallest_change=0.01,
        covariates=("poverty", "distance", "density"),
        baseline=0.004,
        effect=0.01,
        sd=0.04,
        clusters_per_arm=279,
    ),
    flags='--outcome registered_share --arm arm --control "no visit" --strata block '
    "--covariates poverty,distance,density",
    case="--covariates poverty,distance,density",
    verdicts={
        "canvassers": "Made no real difference",
        "text-messages": "Made no real difference",
        "registration-desk": "Worked",
        "desk-and-canvassers": "Worked",
        "desk-and-text-messages": "Worked",
    },
    measured={"columns": {"registered-share": "registered_share"}},
)

FRIENDS = Real(
    file=real.REAL / "friend_texts" / "friends.csv.gz",
    plan=real.plan(
        title="A text message from a friend before an election",
        arms=arms("control", "message", shares=(1, 19)),
        unit=("person", "people", "person", "people"),
        outcome=("voted", "Voted"),
        kind="binary",
        smallest_change=0.02,
        baseline=0.7,
        effect=0.02,
        clusters_per_arm=9900,
    ),
    flags='--outcome voted --arm arm --control control --shares "control:1,message:19"',
    case='friends.csv.gz --outcome voted --arm arm --control control '
    '--shares "control:1,message:19"',
    verdicts={"message": "Made no real difference"},
    listed={"numbered": True},
    measured={"numbered": True},
)  # fmt: skip

NEIGHBOURS = Real(
    file=real.REAL / "neighbours_letters" / "voters.csv.gz",
    plan=real.plan(
        title="Letters that tell who voted",
        arms=arms(
            "control", "civic duty", "watched", "self", "neighbours", shares=(5, 1, 1, 1, 1)
        ),
        unit=("household", "households", "person", "people"),
        clustered=True,
        blocks="block",
        outcome=("voted", "Voted"),
        kind="binary",
        smallest_change=0.02,
        baseline=0.3,
        effect=0.02,
        clusters_per_arm=99_900,
        cluster_size=1.9,
    ),
    flags="--outcome voted --arm arm --control control --cluster household --blocks block "
    '--shares "control:5,civic duty:1,watched:1,self:1,neighbours:1"',
    case="--cluster household --permutations 0",
    verdicts={
        "civic-duty": "Worked",
        "watched": "Worked",
        "self": "Worked",
        "neighbours": "Worked",
    },
    listed={"numbered": True},
    measured={"numbered": True},
)

LITTER = Real(
    file=ELSEWHERE / "sides.csv",
    plan=real.plan(
        title="Signs on litter cans",
        arms=arms("no sign", "sign"),
        unit=("street side", "street sides", "street side", "street sides"),
        by=("area",),
        outcome=("litter", "Pieces of litter"),
        kind="continuous",
        direction="lower",
        smallest_change=3,
        baseline=30,
        effect=-3,
        sd=32,
        clusters_per_arm=98,
    ),
    flags='--outcome litter --arm arm --control "no sign" --strata area',
    case="--strata area",
    verdicts={"sign": "Too small to tell"},
)
