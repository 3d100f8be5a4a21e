"""Random lists with their draws, honest and tampered with, for the two programmes that check."""

import csv
import io
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from trialogue.methods import allocation
from trialogue.methods.design import Arm, Design
from trialogue.tables import listed_units, placed_arms, read_upload

# Names that sort differently as UTF-16, need composing, or look like something else.
LETTERS = ["a", "B", "ß", "é", "e\u0301", "Ł", "中", "\uff21", "\ue000", "𐐀", "😀", "0", "10", "-"]
AWKWARD = [",", ";", '"', " ", "'", "\t", "=1+1", "  x "]
SPACES = ["", "", "", " ", "\u00a0", "\u2003"]
TAMPERED = ("arm", "lost", "unlisted", "moved", "seed", "order")


@dataclass(frozen=True)
class Case:
    """A list, who got what and what was published, as a sceptic has them."""

    list: str
    placed: str
    design: Design
    strata: tuple[str, ...]
    cluster: str
    seed: int
    commitment: str | None
    list_hash: str | None
    tampered: str = ""

    def for_the_page(self) -> dict[str, Any]:
        """What the script takes."""
        return {
            "list": self.list,
            "placed": self.placed,
            "design": self.published,
            "seed": str(self.seed),
            "commitment": self.commitment,
            "listHash": self.list_hash,
        }

    @property
    def published(self) -> dict[str, Any]:
        """The design as the page gives it."""
        return {
            "arms": [[arm.name, arm.share] for arm in self.design.arms],
            "method": self.design.method,
            "block": self.design.block,
            "strata": list(self.strata),
            "cluster": self.cluster,
        }

    def answer(self) -> dict[str, Any]:
        """What our own programme says, in the script's words."""
        units, given = (
            read_upload(io.BytesIO(text.encode()), name, largest=10**9)
            for text, name in ((self.list, "list.csv"), (self.placed, "placed.csv"))
        )
        listed = listed_units(units, cluster=self.cluster, strata=self.strata)
        found, _ = placed_arms(given, id_column=listed.id_column)
        differ = allocation.differences(listed.units, found, self.design, self.seed)
        commitment = allocation.commitment(self.seed)
        list_hash = allocation.list_hash(listed.units, self.design)
        return {
            "units": len(listed.units),
            "differences": [
                {"id": one.id, "expected": one.expected, "found": one.found} for one in differ
            ],
            "commitment": commitment,
            "listHash": list_hash,
            "seedAsCommitted": self.commitment and self.commitment == commitment,
            "listAsPublished": self.list_hash and self.list_hash == list_hash,
        }


def cases(count: int, seed: int) -> list[Case]:
    """As many as asked, the same for the same seed; a third of them tampered with."""
    random = Random(seed)
    made = []
    for number in range(count):
        case = _honest(random, number)
        made.append(
            _tampered(random, case, TAMPERED[number // 3 % len(TAMPERED)])
            if number % 3 == 0
            else case
        )
    return made


def _name(random: Random, longest: int = 5) -> str:
    letters = random.choices(LETTERS, k=random.randint(1, longest))
    if random.random() < 0.3:
        letters.insert(random.randrange(len(letters) + 1), random.choice(AWKWARD))
    return allocation.clean("".join(letters)).replace("\t", "_") or "x"


def _names(random: Random, count: int) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        names[_name(random) if random.random() < 0.7 else f"P{random.randrange(10**6)}"] = None
    return list(names)


def _design(random: Random) -> Design:
    shares = [random.randint(1, 4) for _ in range(random.randint(2, 4))]
    arms = tuple(Arm(f"arm-{i}", share) for i, share in enumerate(shares))
    method = random.choice(["complete", "complete", "blocked", "simple"])
    block = Design(arms).ratio_total * random.randint(1, 3) if method == "blocked" else 0
    return Design(arms, method=method, block=block)


def _honest(random: Random, number: int) -> Case:
    design = _design(random)
    strata = tuple(f"stratum {i}" for i in range(random.randint(0, 2)))
    cluster = random.choice(["", "", "street"])
    ids = _names(random, random.randint(8, 70))
    values = [_names(random, random.randint(1, 3)) for _ in strata]
    clusters = _names(random, random.randint(6, 12)) if cluster else [""]
    home = {name: tuple(random.choice(column) for column in values) for name in clusters}
    units = []
    for i, name in enumerate(ids):  # every cluster comes once at least
        group = clusters[i] if i < len(clusters) else random.choice(clusters)
        own = home[group] if cluster else tuple(random.choice(column) for column in values)
        units.append(allocation.Unit(name, group, own))
    seed = random.getrandbits(random.choice([1, 20, 64, 128, 256]))
    arms = allocation.draw(units, design, seed)
    columns = ["id", *([cluster] if cluster else []), *strata]
    rows = [[u.id, *([u.cluster] if cluster else []), *u.strata] for u in units]
    given = [[unit.id, arm] for unit, arm in zip(units, arms, strict=True)]
    random.shuffle(given)
    return Case(
        list=_csv(random, columns, rows),
        placed=_csv(random, ["id", "arm"], given),
        design=design,
        strata=strata,
        cluster=cluster,
        seed=seed,
        commitment=None if number % 10 == 9 else allocation.commitment(seed),
        list_hash=None if number % 10 == 8 else allocation.list_hash(units, design),
    )


def _csv(random: Random, columns: list[str], rows: list[list[str]]) -> str:
    """As one or another programme writes CSV, with space around cells that does not count."""
    out = io.StringIO()
    end = random.choice(["\n", "\r\n"])
    mark = random.choice([",", ",", ";", "\t"]) if columns[1:] else ","
    quoting = random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.writer(out, delimiter=mark, lineterminator=end, quoting=quoting)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"{random.choice(SPACES)}{cell}{random.choice(SPACES)}" for cell in row])
        if random.random() < 0.02:
            out.write(end)  # a blank line
    text = out.getvalue()
    return ("\ufeff" if random.random() < 0.3 else "") + (
        text if random.random() < 0.8 else text.removesuffix(end)
    )


def _tampered(random: Random, case: Case, how: str) -> Case:
    """Change one thing, as somebody might who would rather have drawn otherwise."""
    lines = [line for line in _rows(case.placed) if line]
    at = random.randrange(1, len(lines))
    if how == "arm":
        others = [arm.name for arm in case.design.arms if arm.name != lines[at][1]]
        lines[at][1] = random.choice(others)
    elif how == "lost":
        del lines[at]
    elif how == "unlisted":
        lines.append(["nobody of the list", "arm-0"])
    elif how == "seed":
        return replace(case, seed=case.seed + 1, tampered=how)
    else:
        listed = [line for line in _rows(case.list) if line]
        if how == "order":
            listed[1], listed[-1] = listed[-1], listed[1]
        else:
            del listed[-1]  # one whom nobody wanted in the trial any more
            if not case.cluster:
                listed.append(["a friend", *listed[1][1:]])
        return replace(case, list=_csv(random, listed[0], listed[1:]), tampered=how)
    return replace(case, placed=_csv(random, lines[0], lines[1:]), tampered=how)


def _rows(text: str) -> list[list[str]]:
    text = text.removeprefix("\ufeff")
    marks = {mark: text.split("\n", 1)[0].count(mark) for mark in ",;\t"}
    return list(csv.reader(io.StringIO(text), delimiter=max(marks, key=lambda mark: marks[mark])))
