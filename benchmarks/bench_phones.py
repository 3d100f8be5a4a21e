"""Phones send a day: 60 of them, 2,000 visits, against the real server on this machine.

The first half comes as on a day, only faster: 20 records a second. The second half waits on the
phones and comes at once, and the server is killed in the middle of it. What counts at the end is
that every record is there, once.

python benchmarks/bench_phones.py
"""

import hashlib
import http.client
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import numpy as np
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from results import row

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults.running import Site
from trialogue.visits import sealing

PHONES, STOPS = 60, 34
VISITS = 2_000
A_SECOND = 20
WANTED = 0.1


class Phone:
    """Set up over the wire; seals and signs as the page does; keeps what has no receipt."""

    def __init__(self, site: Site, token: str) -> None:
        self.site = site
        self.signer = ec.generate_private_key(sealing.CURVE)
        public = self.signer.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        asked = json.dumps({"token": token, "public_key": sealing.to_text(public)})
        status, told, _ = self.ask("POST", "/round/set-up/", asked.encode())
        assert status == 200, told
        self.device, self.key, self.seq = told["device"], told["key"]["public"], 0
        self.waiting: list[tuple[str, bytes]] = []
        self.took: list[float] = []

    def record(self, visit: str) -> None:
        self.seq += 1
        event_id = uuid4()
        answers = {
            key: {"answer": "no", "note": "She asked for help with the shopping on Thursday"}
            for key in ("self", "home", "company", "safe", "help")
        }
        event = {
            "id": str(event_id),
            "schema": 1,
            "type": "visit_recorded",
            "visit": visit,
            "device": self.device,
            "seq": self.seq,
            "list": None,
            "at": datetime.now(UTC).isoformat(),  # noqa: TID251  a command
            "error_ms": 0,
            "mono_ms": self.seq,
            "boot": self.device,
            "body": {"answers": answers, "noticed": ""},
        }
        raw = sealing.seal(
            json.dumps(event).encode(),
            event_id=event_id,
            device=self.device,
            signer=self.signer,
            to=self.key,
        )
        self.waiting.append((str(event_id), raw))

    def send(self) -> None:
        """Send what waits in order, until each has its receipt."""
        while self.waiting:
            event_id, raw = self.waiting[0]
            try:
                status, told, took = self.ask("PUT", f"/visits/events/{event_id}", raw)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.2 + random.random() / 5)
                continue
            if status in (200, 201) and told["sha256"] == hashlib.sha256(raw).hexdigest():
                self.waiting.pop(0)
                self.took.append(took)

    def ask(self, method: str, path: str, body: bytes) -> tuple[int, dict, float]:
        where = urlsplit(self.site.address)
        line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        begun = time.perf_counter()
        line.request(method, path, body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        told = json.loads(answer.read())
        took = time.perf_counter() - begun
        line.close()
        return answer.status, told, took


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.rounds.make_round", str(STOPS), str(PHONES)],
            cwd=Path(__file__).parents[1],
            env=os.environ | {"TRIALOGUE_DATA": made},
            check=True,
            capture_output=True,
            text=True,
        )
        owners = json.loads(done.stdout)
        site = Site(folder)
        site.start()
        try:
            phones = [Phone(site, one["token"]) for one in owners]
            visits = [
                visit
                for (visit,) in query(folder, "SELECT public_id FROM visits_visit ORDER BY id")
            ]
            on_a_day(phones, visits[: VISITS // 2])
            at_once(site, phones, visits[VISITS // 2 : VISITS])
        finally:
            site.stop()
        [(kept, distinct)] = query(
            folder, "SELECT count(*), count(DISTINCT sha256) FROM visits_visitevent"
        )
    row(
        f"{PHONES} phones, {VISITS:,} visits, the server killed in the middle",
        "what the phones recorded",
        f"{kept:,} kept, {kept - distinct} twice",
        f"{VISITS:,}, 0",
        (kept, distinct) == (VISITS, VISITS),
    )


def on_a_day(phones: list[Phone], visits: list[str]) -> None:
    begun = time.perf_counter()
    with ThreadPoolExecutor(PHONES) as threads:
        for number, visit in enumerate(visits):
            time.sleep(max(0, begun + number / A_SECOND - time.perf_counter()))
            phone = phones[number % PHONES]
            phone.record(visit)
            threads.submit(phone.send)
    took = np.concatenate([phone.took for phone in phones])
    p95 = float(np.quantile(took, 0.95))
    row(
        f"accept a record, {A_SECOND} a second from {PHONES} phones, p95",
        "the wall",
        f"{1000 * p95:.0f} ms (median {1000 * float(np.median(took)):.0f})",
        f"≤ {1000 * WANTED:.0f} ms",
        p95 <= WANTED,
    )


def at_once(site: Site, phones: list[Phone], visits: list[str]) -> None:
    for number, visit in enumerate(visits):
        phones[number % PHONES].record(visit)

    def restart() -> None:
        time.sleep(2)
        site.kill()
        site.start()

    begun = time.perf_counter()
    killer = threading.Thread(target=restart)
    killer.start()
    with ThreadPoolExecutor(PHONES) as threads:
        list(threads.map(Phone.send, phones))
    killer.join()
    print(f"{len(visits):,} records at once, with a kill: {time.perf_counter() - begun:.0f} s")


def query(folder: Path, sql: str) -> list[tuple]:
    with sqlite3.connect(folder / "trialogue.sqlite3") as database:
        return database.execute(sql).fetchall()


if __name__ == "__main__":
    main()
