"""The draw a second time, from the formulas of docs/methods/allocation.md and nothing else."""

import hashlib
import json
from math import ceil, gcd

import pytest
import rfc8785

from trialogue.methods import allocation
from trialogue.methods.design import Arm, Design


def words(seed, purpose, stratum):
    key = hashlib.sha256(
        f"trialogue-allocation-v1\n{seed}\n{purpose}\n{stratum}".encode()
    ).digest()
    counter = 0
    while True:
        block = hashlib.sha256(key + counter.to_bytes(8, "big")).digest()
        for at in range(0, 32, 8):
            yield int.from_bytes(block[at : at + 8], "big")
        counter += 1


def below(stream, n):
    if n == 1:
        return 0
    word = next(stream)
    while word >= 2**64 - 2**64 % n:
        word = next(stream)
    return word % n


def shuffled(stream, items):
    items = list(items)
    for i in range(len(items) - 1, 0, -1):
        j = below(stream, i + 1)
        items[i], items[j] = items[j], items[i]
    return items


def placed(things, shares, method, b, seed, stratum):
    divisor = gcd(*shares.values())
    ratio = {name: share // divisor for name, share in shares.items()}
    total = sum(ratio.values())

    def sets(count):
        return [name for name, share in ratio.items() for _ in range(share * count)]

    stream = words(seed, "list", stratum)
    if method == "blocked":
        blocks = [shuffled(stream, sets(b // total)) for _ in range(ceil(len(things) / b))]
        return dict(zip(things, [arm for block in blocks for arm in block], strict=False))
    things = sorted(things, key=str.encode)
    if method == "simple":
        return {thing: sets(1)[below(stream, total)] for thing in things}
    whole, rest = divmod(len(things), total)
    extra = shuffled(stream, sets(1))[:rest] if rest else []
    return dict(zip(things, shuffled(stream, sets(whole) + extra), strict=True))


@pytest.mark.parametrize("seed", [0, 7, 89755280933734235740994277643018178306])
@pytest.mark.parametrize(
    ("shares", "method", "block"),
    [
        ({"control": 1, "letter": 1}, "complete", 0),
        ({"control": 2, "letter": 4, "visit": 2}, "complete", 0),
        ({"control": 1, "letter": 2}, "blocked", 6),
        ({"control": 1, "letter": 1, "visit": 1}, "simple", 0),
    ],
)
def test_the_page_alone_is_enough_to_draw_again(seed, shares, method, block):
    wards = ("Abbey", "Élan", "z")
    units = [allocation.Unit(f"S-{n:02d} é", "", (wards[n * n % 3],)) for n in range(37)]
    design = Design(tuple(Arm(*arm) for arm in shares.items()), method=method, block=block)

    drawn = dict(zip((u.id for u in units), allocation.draw(units, design, seed), strict=True))

    again = {}
    for ward in wards:
        things = [unit.id for unit in units if unit.stratum == ward]
        again |= placed(things, shares, method, block, seed, ward)
    assert drawn == again
    commitment = hashlib.sha256(f"trialogue-seed-v1\n{seed}\n".encode()).hexdigest()
    assert allocation.commitment(seed) == commitment
    rows = [[unit.id, "", unit.stratum] for unit in units]
    if method != "blocked":
        rows.sort(key=lambda row: [text.encode() for text in (row[2], row[1], row[0])])
    document = {"arms": [list(arm) for arm in shares.items()], "block": block, "method": method}
    hashed = rfc8785.dumps(json.loads(json.dumps({**document, "units": rows, "version": 1})))
    assert allocation.list_hash(units, design) == hashlib.sha256(hashed).hexdigest()
