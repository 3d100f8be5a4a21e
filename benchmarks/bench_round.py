"""The page of a visitor's phone in a real browser: how long, how heavy, and that nothing is lost.

The soak: 1,000 records while half the replies are lost, the browser is killed five times and the
server three times.

python benchmarks/bench_round.py [RECORDS]
"""

import itertools
import json
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import requests
from playwright.sync_api import sync_playwright
from results import row

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.rounds.conftest import RoundSite
from tests.browser.rounds.handset import Handset
from tests.browser.rounds.proxy import no_signal, passes

RECORDS, BROWSER_KILLS, SERVER_KILLS = 1_000, 5, 3
TOOK = """
async ([script, visits]) => {
  const { record } = await import(script);
  const took = [];
  for (let at = 0; at < 50; at += 1) {
    const begun = performance.now();
    await record("declined", { visit: visits[0], stop: 1, body: { note: "Not today" } });
    took.push(performance.now() - begun);
  }
  return took;
}
"""


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        site = RoundSite(Path(made) / "data", stops=60, phones=1)
        phone = Handset(playwright, Path(made) / "profile", site.line.address, site.owners[0])
        try:
            phone.begin()
            weigh(phone)
            offline(site, phone)
            soak(site, phone, records)
        finally:
            phone.close()
            site.line.stop()
            site.site.stop()


def weigh(phone: Handset) -> None:
    """What comes over the wire the first time, and the list of sixty stops."""
    worker = requests.get(f"{phone.site}/round/worker.js", timeout=30).text
    files = json.loads(re.search(r"FILES = (\[.*?\]);", worker)[1])
    sizes = sum(packed(phone.site + path) for path in ("/round/", "/round/worker.js", *files))
    row(
        "the whole page of a round, compressed",
        "the wire",
        f"{sizes / 1000:.0f} kB",
        "≤ 150 kB",
        sizes <= 150_000,
    )
    with phone.page.expect_response("**/round/list/") as answer:
        phone.page.get_by_role("button", name="Get the list again").click()
    size = len(answer.value.body())
    row("a list of 60 stops", "the wire", f"{size / 1000:.0f} kB", "≤ 100 kB", size <= 100_000)


def packed(address: str) -> int:
    """Return how many bytes of a body come over the wire."""
    answer = requests.get(address, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=30)
    return len(answer.raw.read(decode_content=False))


def offline(site: RoundSite, phone: Handset) -> None:
    script = phone.module("record")
    took = phone.page.evaluate(TOOK, [script, phone.visits])
    slow = sorted(took)[-3]
    row(
        "record something: sealed and on the disk (third slowest of 50)",
        "the wall",
        f"{slow:.0f} ms (median {median(took):.0f})",
        "≤ 50 ms",
        slow <= 50,
    )
    phone.until_sent()
    site.site.stop()
    shown = []
    for _ in range(5):
        begun = time.perf_counter()
        phone.page.reload()
        phone.page.get_by_role("heading", name="Enter your PIN").wait_for()
        shown.append(time.perf_counter() - begun)
    row(
        "open the page again, the server stopped (median of 5)",
        "the wall",
        f"{median(shown):.2f} s",
        "≤ 1 s",
        median(shown) <= 1,
    )
    site.start()
    phone.enter_pin()


def soak(site: RoundSite, phone: Handset, records: int) -> None:
    count = itertools.count()

    def lose_half(request, forward):
        answer = forward(request)
        return None if request.is_record and next(count) % 2 else answer

    before = site.line.records
    parts = BROWSER_KILLS + SERVER_KILLS
    for part in range(parts):
        site.line.rule = lose_half
        phone.record(records // parts)
        phone.wake()
        if part % 2 == 0 and part // 2 < SERVER_KILLS:
            site.line.rule = no_signal
            site.site.kill()
            site.start()
        else:
            phone.kill()
            phone.unlock()
    site.line.rule = lose_half
    phone.record(records - len(phone.made))
    phone.until_sent(300)
    site.line.rule = passes
    there = site.events()
    right = sum(there.get(key) == body for key, body in phone.made.items())
    phone.close()
    told = phone.plaintext()
    phone.unlock()
    row(
        f"{records:,} records, half the replies lost, {BROWSER_KILLS} browsers and "
        f"{SERVER_KILLS} servers killed",
        "what the phone recorded",
        f"{right:,} kept whole, {len(told)} readable on its disk, "
        f"sent {site.line.records - before:,} times",
        f"{records:,}, 0",
        right == records == len(phone.made) and not told,
    )


if __name__ == "__main__":
    main()
