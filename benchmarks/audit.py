"""What the audit log costs: a line, the lock, a read of a record, and verifying a million lines.

    python benchmarks/audit.py [--lines 1000000]

Ratios are against the bare work: an empty transaction, one that writes a row to a table of its own, the same deed
without its line, and reading the rows of the table without checking them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg

from kiban.operations.deposit import deposit
from kiban.operations.find import find
from kiban.operations.show import show
from kiban.platform import local_asker, open_platform
from kiban.records.audit_entry import AuditEntry
from kiban.settings import Settings
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.postgres_settings import OWNER
from kiban.store.sql_pool import SqlPool
from kiban.testing.audit_suite import an_entry

_RUNS = 200


def per_call_ms(deed: Callable[[], object], n: int = _RUNS) -> float:
    """The median of many calls."""
    times = []
    for _ in range(n):
        start = time.perf_counter()
        deed()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


@contextmanager
def without_lines(log: object) -> Iterator[None]:
    """The deeds as they were if nothing were written down."""
    append = log.append  # type: ignore[attr-defined]
    log.append = lambda *_, **__: None  # type: ignore[attr-defined]
    try:
        yield
    finally:
        log.append = append  # type: ignore[attr-defined]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    n_lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with open_platform(Settings(home=home), n_workers=1) as resources:
            _appending(home, resources)
            _reading(Path(folder), resources)
            _threads(resources)
            _fill(resources, n_lines)
            _verifying(resources)
    return 0


def _appending(home: Path, resources: object) -> None:
    log = resources.audit  # type: ignore[attr-defined]
    with psycopg.connect(EmbeddedPostgres(home).conninfo(OWNER), autocommit=True) as owner:
        owner.execute("CREATE TABLE bare (number bigint PRIMARY KEY, text text)")
        owner.execute("GRANT ALL ON bare TO kiban_app")
    pool: SqlPool = resources.catalog.pool  # type: ignore[attr-defined]
    counter = iter(range(10**9))

    def bare(*, relaxed: bool) -> None:
        with pool.transaction() as connection:
            if relaxed:
                connection.execute("SET LOCAL synchronous_commit = off")
            connection.execute("INSERT INTO bare VALUES (%s, 'x')", [next(counter)])

    one, hundred = [an_entry(scope=1, details={"n": 1})], [an_entry(scope=1, details={"n": 1})] * 100
    row, quick = per_call_ms(lambda: bare(relaxed=False)), per_call_ms(lambda: bare(relaxed=True))
    line, relaxed = per_call_ms(lambda: log.append(one)), per_call_ms(lambda: log.append(one, relaxed=True))
    many = per_call_ms(lambda: log.append(hundred, relaxed=True), 30) / 100
    print(f"a row of another table, on the disk          {row:8.3f} ms")
    print(f"a line with its signed head, on the disk      {line:8.3f} ms   {line / row:5.2f} times")
    print(f"a row of another table, not waited for        {quick:8.3f} ms")
    print(f"a line of a read, not waited for              {relaxed:8.3f} ms   {relaxed / quick:5.2f} times")
    print(f"a further line of the same transaction        {many:8.3f} ms")


def _reading(folder: Path, resources: object) -> None:
    asker, file = local_asker(resources), folder / "scan.xy"  # type: ignore[arg-type]
    file.write_text("# wavelength 1.5406\n" + "".join(f"{i / 10} {i % 7}\n" for i in range(100, 900)))
    [outcome] = deposit(asker, resources, [file])  # type: ignore[arg-type]
    deeds = {
        "show a record": lambda: show(asker, resources, outcome.measurement),  # type: ignore[arg-type]
        "search": lambda: find(asker, resources, 'kind = "measurement"'),  # type: ignore[arg-type]
    }
    for name, deed in deeds.items():
        noted, bare = [], []
        for _ in range(_RUNS):  # in turn, so that what else the machine does falls on both alike
            noted.append(per_call_ms(deed, 1))
            with without_lines(resources.audit):  # type: ignore[attr-defined]
                bare.append(per_call_ms(deed, 1))
        one, other = statistics.median(noted), statistics.median(bare)
        print(f"{name:<45} {one:8.3f} ms   {one / other:5.2f} times what it takes without its line")


def _threads(resources: object) -> None:
    log = resources.audit  # type: ignore[attr-defined]
    for n in (1, 8):
        for relaxed in (False, True):
            start = time.perf_counter()
            with ThreadPoolExecutor(n) as threads:
                list(threads.map(lambda _, r=relaxed: log.append([an_entry()], relaxed=r), range(400)))
            rate = 400 / (time.perf_counter() - start)
            print(
                f"{n} threads, {'not waited for' if relaxed else 'on the disk':<14}                 {rate:8.0f} lines/s"
            )


def _fill(resources: object, n_lines: int) -> None:
    log = resources.audit  # type: ignore[attr-defined]
    start, entries = time.perf_counter(), _entries(5000)
    for _ in range(0, n_lines, 5000):
        log.append(entries, relaxed=True)
    print(f"written {n_lines} lines at {n_lines / (time.perf_counter() - start):.0f} lines/s")


def _entries(n: int) -> list[AuditEntry]:
    return [
        an_entry(subject=f"kb:{k:04d}-0000-00", scope=k % 50, rule="project_member", details={"n": k}) for k in range(n)
    ]


def _verifying(resources: object) -> None:
    from kiban.store.audit_check import Checker

    log, proof = resources.audit, resources.audit_proof  # type: ignore[attr-defined]
    log.flush()
    start = time.perf_counter()
    n = sum(1 for _ in log.lines())
    bare = time.perf_counter() - start
    start = time.perf_counter()
    report = Checker(proof.evidence()).check(log.lines())
    took = time.perf_counter() - start
    assert report.is_sound, report.findings
    print(
        f"verified {n} lines in {took:.1f} s ({n / took:.0f} lines/s), {took / bare:.2f} times reading them ({bare:.1f} s)"
    )


if __name__ == "__main__":
    sys.exit(main())
