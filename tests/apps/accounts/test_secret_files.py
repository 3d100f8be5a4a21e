"""A secret is made once, whoever starts together, and replaced in one step."""

from secrets import token_bytes
from threading import Barrier, Thread

from trialogue.accounts import secret_files


def test_threads_that_start_together_agree_on_one_secret(tmp_path):
    kept, found = tmp_path / "keys" / "seeds", []
    together = Barrier(8)

    def ask():
        together.wait()
        found.append(secret_files.made_once(kept, lambda: token_bytes(32)))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert set(found) == {kept.read_bytes()}
    assert list(kept.parent.iterdir()) == [kept]
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_secret_that_is_replaced_is_gone(tmp_path):
    kept = tmp_path / "key"
    secret_files.made_once(kept, lambda: b"old")

    secret_files.replace(kept, b"new")

    assert secret_files.made_once(kept, lambda: b"other") == b"new"
    assert list(tmp_path.iterdir()) == [kept]
