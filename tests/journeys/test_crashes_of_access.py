"""Whoever may see what changes whole or not at all, and the audit log says which, whatever is killed and whenever."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import httpx
import psutil
import pytest

from kiban.operations.verify import verify
from kiban.operations.verify_audit import verify_audit
from kiban.platform import local_asker, open_platform
from kiban.settings import load

from .access_deeds import AGREEMENT, GUEST, LEAVER, MOVING, N_MOVING, PARTNER, PROJECT, STAYING, Deed, deeds
from .conftest import Kiban

N_KILLS = int(os.environ.get("KIBAN_TEST_ACCESS_KILLS", "11"))
"""`make crash-test` does 110; the ordinary run one of each deed, to be over in a minute."""
_ALLOW_ALL = {"says": "allow", "reason": "Everything here was judged elsewhere."}


@dataclass
class Watch:
    """What somebody who is not logged in was shown, one answer after the other."""

    address: str
    seen: list[int] = field(default_factory=list)
    """How many of the records that move, in each answer."""
    leaked: list[str] = field(default_factory=list)
    """Names of any others."""
    others: Counter[int] = field(default_factory=Counter)
    """Answers that say nothing, by their status: the database was being started again, or too much was asked."""

    def look(self, is_over: threading.Event) -> None:
        with httpx.Client(base_url=self.address, timeout=30) as client:
            while not is_over.wait(0.1):
                self.ask(client)
            # How it came out in the end: the platform may still be starting its database again.
            deadline = time.monotonic() + 30
            while not self.ask(client) and time.monotonic() < deadline:
                time.sleep(0.2)

    def ask(self, client: httpx.Client) -> bool:
        """Look once; says whether there was an answer."""
        try:
            answer = client.get("/api/v1/search", params={"q": 'kind = "sample"'})
        except httpx.HTTPError:
            return False
        if answer.status_code != 200:
            self.others[answer.status_code] += 1
            return False
        titles = [each["title"] for each in answer.json()["hits"]]
        self.seen.append(sum(MOVING in title for title in titles))
        self.leaked += [title for title in titles if MOVING not in title]
        return True


@contextmanager
def watching(address: str) -> Iterator[Watch]:
    watch, is_over = Watch(address), threading.Event()
    thread = threading.Thread(target=watch.look, args=(is_over,))
    thread.start()
    try:
        yield watch
    finally:
        is_over.set()
        thread.join()


def _furnish(kiban: Kiban, folder: Path) -> tuple[dict[str, Deed], float]:
    """Make what is changed; gives the deeds, and how long such a command takes."""

    def sample(name: str) -> str:
        [made] = kiban.lines("sample", "new", name, "--tier", "closed")
        return str(made["id"])

    moving = [sample(f"{MOVING}-{n}") for n in range(N_MOVING)]
    judged, invited = sample(f"{STAYING}-judged"), sample(f"{STAYING}-invited")
    kiban.lines("sample", "new", f"{STAYING}-as-project")
    for words in (
        ("organisation", "add", PARTNER, "--country", "JP"),
        ("user", "add", GUEST, "--organisation", PARTNER, "--residency", "resident"),
        ("user", "add", LEAVER),
        ("agreement", "draft", AGREEMENT, "--keeper", PROJECT),
    ):
        began = time.monotonic()
        done = kiban.run(*words)
        took_s = time.monotonic() - began
        assert done.returncode == 0, done.stderr
    table = folder / "table.json"
    table.write_text(json.dumps([_ALLOW_ALL]), encoding="utf-8")
    return deeds(moving, judged, invited, str(table)), took_s


def _kill(kiban: Kiban, process: subprocess.Popen[str], what: str) -> bool:
    """Kill the command, the database under it, or both; say whether there was anything to kill."""
    if process.poll() is not None:
        return False
    pids = [process.pid] if what != "database" else []
    if what != "command":
        try:
            pids.append(int((kiban.home / "postgres" / "postmaster.pid").read_text().split()[0]))
        except (FileNotFoundError, ValueError, IndexError):
            return False
    n_killed = 0
    for pid in pids:
        try:
            psutil.Process(pid).send_signal(signal.SIGKILL)
            n_killed += 1
        except psutil.NoSuchProcess:
            continue
    return n_killed > 0


def _end(kiban: Kiban) -> int:
    with open_platform(load(kiban.home), n_workers=1) as resources:
        return resources.audit.tail().number


def _check(kiban: Kiban, deed: Deed, n: int, before: int, told: str) -> bool:
    """All of it has happened, or nothing, and the log says which; says what it was."""
    with open_platform(load(kiban.home), n_workers=1) as resources:
        asker = local_asker(resources)
        state = set(deed.state(resources, n))
        assert len(state) == 1, f"{told}: half of it has happened"
        [is_done] = state
        found = Counter(entry.act for _, entry in resources.audit.read(after=before))
        expected = Counter(deed.lines(n)) if is_done else Counter()
        assert found == expected, f"{told}: {'done' if is_done else 'not done'}, but the log says {found}"
        report = verify_audit(asker, resources)
        assert not report.findings, (told, report.findings)
        kept = verify(asker, resources)
        assert not kept.findings, (told, kept.findings)
    return is_done


@pytest.mark.slow
def test_killed_while_it_changes_who_may_see_what(kiban: Kiban, tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("KIBAN_TEST_SEED", "11")))
    turns: Counter[str] = Counter()
    came: Counter[str] = Counter()
    with kiban.serving("up", "--port", "0") as (_, said):
        known, usual_s = _furnish(kiban, tmp_path)
        for kill in range(N_KILLS):
            name = list(known)[kill % len(known)]
            deed = known[name]
            turns[name] += 1
            n = turns[name]
            with open_platform(load(kiban.home), n_workers=1) as resources:
                deed.before(resources, n)
            before, what = _end(kiban), chance.choice(("command", "database", "both"))
            with watching(said["address"]) as watch:
                process = kiban.start(*deed.say(n))
                time.sleep(usual_s * chance.uniform(0.3, 1.2))
                has_killed = _kill(kiban, process, what)
                _, stderr = process.communicate(timeout=120)
                told = f"{name} {n}, {what} killed" if has_killed else f"{name} {n}, over before"
                assert "Traceback" not in stderr, (told, stderr)
                if process.returncode == 0:
                    assert _check(kiban, deed, n, before, told), f"{told}: it said that it was done"
                elif not _check(kiban, deed, n, before, told):
                    again = kiban.run(*deed.say(n))
                    assert again.returncode == 0, (told, again.stderr)
                    assert _check(kiban, deed, n, before, f"{told}, and done again")
                    came["done by the second try"] += 1
            came[f"{what} killed" if has_killed else "over before"] += 1
            assert not watch.leaked, (told, watch.leaked)
            # All at once: between before and after nobody saw a part of them, and nothing came and went.
            shown = [n_seen for n_seen, _ in groupby(watch.seen)]
            assert shown, (told, watch.others)
            assert set(watch.others) <= {429, 503}, (told, watch.others)
            assert set(shown) <= {0, N_MOVING}, (told, watch.seen)
            assert len(shown) <= (2 if name == "tier" else 1), (told, watch.seen)
    print(f"{N_KILLS} deeds: {dict(came)}")  # noqa: T201  for whoever runs it with -s
    [audit] = kiban.lines("audit", "verify")
    assert audit["sound"], audit
    [report] = kiban.lines("verify")
    assert report["sound"], report["findings"]
