"""Every page of a site with a thousand trials, 100,000 units in two of them, for each role.

The real server, without its worker, on an embedded database. Each page is found by following
links as each role, and fetched turn about with its peer: the same page, rendered once, as a file
that the same server sends. Then what a first visit and a second page weigh over the wire. CPU is
the server's own; where it is far under the time, the machine was busy with something else.

    python benchmarks/bench_pages.py --trials 10000
"""

import argparse
import gzip
import re
import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import filled_site
from results import row
from served import Answer, Visitor, server

ROLES = ("", "priya", "tom", "helen", "ruth", "gareth", "carys")
OF_EACH = 1  # pages of a kind that a role's links lead to; those of the big trials come on top
ROUNDS = 20
SLOWEST, QUERIES, FIRST_VISIT, SECOND_PAGE = 0.200, 12, 100_000, 50_000
# Lists and searches that links do not lead to with words or filters in them.
ALSO = (
    "/evidence/?q=letters+so+that+more+people+pay+in+time",
    "/evidence/?q=matter12+matter40+text+the+evening+before",
    "/evidence/trials/?page=20",
    "/evidence/trials/?state=running",
    "/evidence/trials/?verdict=worked&sort=title",
    "/trials/?stage=reported&page=3",
    "/trials/new/?title=letters+so+that+more+people+pay",
    "/ideas/?page=20",
    "/ideas/?text=evening",
    "/settings/audit/?page=400",
    "/api/evidence/trials",
    "/api/evidence/trials?page=40",
    "/api/evidence/trials?state=reported&verdict=worked",
    "/api/evidence/search?q=letters+so+that+more+people+pay",
    "/api/evidence/due",
    "/api/evidence/measures",
    "/evidence/due/feed.atom",
    "/commons/v1/entries/000/001.ndjson",
    "/commons/v1/checkpoint",
)
FILES = re.compile(r"format=csv|\.(csv|json|ndjson|xlsx|ics|pem|txt|svg)(\?|$)|/static/|openapi")


@dataclass
class Timed:
    """One address as one role: what it asked of the database, and how long it took."""

    role: str
    path: str
    kind: str
    queries: int
    weight: int
    copy: str
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.seconds, n=20, method="inclusive")[-1]

    @property
    def peer_p95(self) -> float:
        return statistics.quantiles(self.peer, n=20, method="inclusive")[-1]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--trials", type=int, default=1_000)
    ask.add_argument("--units", type=int, default=filled_site.UNITS)
    ask.add_argument("--rounds", type=int, default=ROUNDS)
    ask.add_argument("--only", default="", help="kinds whose name holds this")
    given = ask.parse_args()
    folder = filled_site.ready(given.trials, given.units)
    copies = folder / "copies"
    copies.mkdir(exist_ok=True)
    with server(folder) as port:
        found = [
            page for role in ROLES for page in crawled(role, port, big_trials(folder), copies)
        ]
    found = [page for page in found if given.only in page.kind]
    with server(folder, copies=copies) as port:
        visitors = {role: visitor_of(role, port) for role in ROLES}
        for _ in range(given.rounds):
            for page in found:
                answer = visitors[page.role].get(page.path)
                page.seconds.append(answer.seconds)
                page.cpu.append(float(answer.headers["x-seconds"]))
                page.peer.append(visitors[page.role].get(page.copy).seconds)
        first, second, elsewhere = weights(Visitor(port))
    show(found, first, second, elsewhere, given.trials, given.units)


def big_trials(folder: Path) -> tuple[str, ...]:
    """Return the identifiers of the trials with the many units."""
    import sqlite3

    with sqlite3.connect(f"file:{folder / 'trialogue.sqlite3'}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT public_id FROM trials_trial WHERE title LIKE 'Big %'")
        return tuple(name for (name,) in rows)


def visitor_of(role: str, port: int) -> Visitor:
    visitor = Visitor(port)
    if role:
        visitor.sign_in(f"{role}@wrenmoor.example", filled_site.PASSWORD)
    return visitor


def crawled(role: str, port: int, big: tuple[str, ...], copies: Path) -> list[Timed]:
    """Follow links from the first page; return one page of a kind, and all of the big trials."""
    visitor = visitor_of(role, port)
    starts = [f"/trials/{trial}/" for trial in big] + [f"/evidence/{trial}/" for trial in big]
    waiting, known = ["/", *ALSO, *starts], set()
    seen: dict[str, int] = defaultdict(int)
    found = []
    while waiting:
        path = waiting.pop(0)
        if path in known:
            continue
        known.add(path)
        kind = kind_of(path)
        large = any(trial in path for trial in big)
        name = f"{kind} (100,000 units)" if large else kind
        wanted = path in ALSO or seen[name] < OF_EACH
        if not wanted or "sign-out" in path:
            continue
        answer = visitor.get(path)
        if answer.status != 200:
            if answer.status >= 500:
                raise SystemExit(f"{path} as {role or 'anybody'}: {answer.status}")
            continue
        seen[name] += path not in ALSO
        copy = f"{role or 'anybody'}-{len(found)}.{'html' if answer.is_page else 'txt'}"
        (copies / copy).write_text(answer.text)
        (copies / f"{copy}.gz").write_bytes(gzip.compress(answer.text.encode(), 6, mtime=0))
        queries = int(answer.headers["x-queries"])
        found.append(Timed(role, path, name, queries, len(answer.body), f"/{copy}"))
        waiting += links(answer, path) if answer.is_page else []
    print(f"{role or 'anybody'}: {len(found)} pages", file=sys.stderr, flush=True)
    return found


def kind_of(path: str) -> str:
    """Return the address with what names one thing left out."""
    parts = urlsplit(path)
    plain = re.sub(r"/[^/]*\d[^/]*", "/…", parts.path)  # a number, a day, an identifier
    plain = re.sub(r"/plan/(?!check)[\w-]+/", "/plan/…/", plain)
    plain = re.sub(r"/amend/[\w-]+/", "/amend/…/", plain)
    plain = re.sub(r"/measures/[\w-]+/", "/measures/…/", plain)
    plain = re.sub(r"/(areas|roles)/(?!new)[\w-]+/", r"/\1/…/", plain)
    said = "&".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair))
    return f"{plain}?{said}" if said else plain


def links(answer: Answer, path: str) -> list[str]:
    found = []
    for link in re.findall(r'<a[^>]+href="([^"]+)"', answer.text):
        there = urljoin(path, link.replace("&amp;", "&")).partition("#")[0]
        if there.startswith("/") and not FILES.search(there):
            found.append(there)
    return found


def weights(visitor: Visitor) -> tuple[int, int, list[str]]:
    """Return the bytes of a first visit and of a second page, and what came from elsewhere."""
    page = visitor.get("/")
    addresses = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', page.text)
    elsewhere = [one for one in addresses if urlsplit(one).netloc]
    waiting, fetched = [a for a in addresses if a not in elsewhere], {}
    while waiting:
        address = waiting.pop()
        if address in fetched or address.endswith((".svg", ".png", ".ico")):
            continue
        answer = visitor.get(address)
        fetched[address] = answer
        further = re.findall(r'@import url\("([^"]+)"\)|\bfrom "([^"]+)"', answer.text[:3000])
        waiting += [urljoin(address, a or b) for a, b in further]
    whole = len(page.body) + sum(len(answer.body) for answer in fetched.values())
    kept = all("max-age=31" in one.headers.get("cache-control", "") for one in fetched.values())
    second = visitor.get("/evidence/trials/")
    return whole, len(second.body) if kept else len(second.body) + whole, elsewhere


def show(
    found: list[Timed], first: int, second: int, elsewhere: list[str], trials: int, units: int
) -> None:
    worst: dict[str, Timed] = {}
    for page in found:
        if page.kind not in worst or page.p95 > worst[page.kind].p95:
            worst[page.kind] = page
    ordered = sorted(worst.values(), key=lambda page: -page.p95)
    columns = (("p50", 8), ("p95", 8), ("CPU", 8), ("file p95", 10), ("queries", 9), ("kB", 7))
    print(f"{'page (its slowest role)':<62}" + "".join(f"{name:>{n}}" for name, n in columns))
    for page in ordered:
        name = f"{page.kind} ({page.role or 'anybody'})"
        print(
            f"{name:<62.62}{1e3 * page.p50:>5.0f} ms{1e3 * page.p95:>5.0f} ms"
            f"{1e3 * statistics.median(page.cpu):>5.0f} ms"
            f"{1e3 * page.peer_p95:>7.1f} ms{page.queries:>9}{page.weight / 1e3:>7.1f}"
        )
    most = max(found, key=lambda page: page.queries)
    print(f"most queries: {most.queries}, {most.path} as {most.role or 'anybody'}")
    site = f"{trials:,} trials, {units:,} units in one"
    every = [seconds for page in found for seconds in page.seconds]
    files = [seconds for page in found for seconds in page.peer]
    cpu = [seconds for page in found for seconds in page.cpu]
    p95, peer = (statistics.quantiles(all_, n=20)[-1] for all_ in (every, files))
    slowest = ordered[0]
    row(
        f"the slowest page of {len(ordered)}, {site}", "the same page as a file",
        f"p95 {1e3 * slowest.p95:.0f} ms ({slowest.kind}): {slowest.p95 / slowest.peer_p95:.0f} "
        f"times the file's {1e3 * slowest.peer_p95:.1f} ms "
        f"({1e3 * statistics.median(slowest.cpu):.0f} ms of CPU)",
        "p95 ≤ 200 ms", slowest.p95 <= SLOWEST,
    )  # fmt: skip
    row(
        f"all pages for all roles ({len(found)} addresses), {site}", "the same pages as files",
        f"p50 {1e3 * statistics.median(every):.0f} ms, p95 {1e3 * p95:.0f} ms: "
        f"{p95 / peer:.0f} times the files' {1e3 * peer:.1f} ms",
        "p95 ≤ 200 ms", p95 <= SLOWEST,
    )  # fmt: skip
    print(f"CPU of the server, the median page: {1e3 * statistics.median(cpu):.0f} ms")
    row("queries of a page", "none", f"{most.queries} at most", "≤ 12", most.queries <= QUERIES)
    row(
        "HTML, CSS and JavaScript of a first visit, compressed", "none",
        f"{first / 1e3:.1f} kB; from other hosts: {len(elsewhere)}",
        "≤ 100 kB, nothing from another host", first <= FIRST_VISIT and not elsewhere,
    )  # fmt: skip
    row(
        "the same of a second page", "none", f"{second / 1e3:.1f} kB", "≤ 50 kB",
        second <= SECOND_PAGE,
    )  # fmt: skip


if __name__ == "__main__":
    main()
