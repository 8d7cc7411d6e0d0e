"""What a question after what is similar takes, beside the same on arrays in memory, and what it misses.

    .venv/bin/python benchmarks/similarity.py [N ...]        (default: 10000 and 100000 of a kind)

Diffraction patterns are made of N/20 lattices, each measured twenty times: strained by up to half a percent, with other
heights of lines (texture), other noise and over another range. Compositions are mixtures of two to five elements. They
lie in 100 scopes; the asker sees all of them, or a third. A question chooses 500 candidates in PostgreSQL by the short
forms and compares these exactly. *In memory* is numpy on short vectors of all that lie there as an array (nothing of
access, of ranges, nothing fetched). *Recall* is how many of the ten that an exact comparison with all of them puts
first are among the first ten that the question gave; where others are as near, they count as well. Times are CPU of
this process (on one thread) and of the server (without parallel workers), medians of 21 questions, warm, on Linux
only.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock
from uuid import UUID

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import psycopg

from kiban.analysis.similarity.compare import compare
from kiban.analysis.similarity.compositions import SCALE, likeness_of
from kiban.analysis.similarity.curves import VERSION, likeness
from kiban.analysis.similarity.rough import finer, rough
from kiban.analysis.similarity.rulers import PLACES, ruler_of
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.records.identity import new_uuid
from kiban.records.likeness import COMPOSITION, Likeness
from kiban.records.reading import Reading, Role, Variable
from kiban.records.scope import Visible
from kiban.store import sql_catalog, sql_insert
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.migrate import migrate
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_likeness import likeness_row

SIZES = (10_000, 100_000)
N_SCOPES = 100
RULER = ruler_of("xrd")
PLACE = np.arange(PLACES)
N_ASKED = 21
TOP = 10
LEAST = 0.5
PLANES = [(h, k, j) for h in range(5) for k in range(h + 1) for j in range(k + 1) if 0 < h * h + k * k + j * j <= 24]


class Patterns:
    """Diffraction patterns of lattices with axes a, a, c, each many times."""

    name = "diffraction patterns"

    def __init__(self, chance: random.Random, n: int) -> None:
        self._chance = chance
        self._lattices = [
            (
                chance.uniform(3.0, 9.0),
                chance.uniform(3.0, 12.0),
                [chance.expovariate(1.0) * (chance.random() < 0.4) for _ in PLANES],
            )
            for _ in range(max(1, n // 20))
        ]

    def make(self, number: int) -> Likeness:
        """One measurement of one of them: its curve, as it is derived."""
        chance = self._chance
        a, c, heights = self._lattices[number % len(self._lattices)]
        strain = 1.0 + chance.uniform(-0.005, 0.005)
        first, last = chance.choice(((0.7, 5.2), (1.4, 6.2), (0.4, 7.1), (1.4, 4.1)))
        low, high = (round((end - RULER.first) / RULER.step) for end in (first, last))
        counts = np.zeros(PLACES)
        for (h, k, j), height in zip(PLANES, heights, strict=True):
            q = 2.0 * np.pi * np.sqrt((h * h + k * k) / (a * strain) ** 2 + j * j / (c * strain) ** 2)
            at = (q - RULER.first) / RULER.step
            if height and low <= at < high:
                near = slice(max(low, int(at) - 20), min(high, int(at) + 21))
                counts[near] += height * chance.uniform(0.5, 1.5) * np.exp(-0.5 * ((PLACE[near] - at) / 4.0) ** 2)
        counts[low:high] += np.random.default_rng(number).exponential(0.002, high - low)
        curve = np.rint(255.0 * np.sqrt(counts / counts.max())).astype(np.uint8)
        return Likeness(kind="xrd", version=VERSION, low=low, high=high, curve=curve.tobytes())

    def derive(self) -> Callable[[], object]:
        """Derive one from a Reading of 4,000 points."""
        angles = np.arange(10.0, 90.0, 0.02)
        counts = 100.0 + sum(900.0 * np.exp(-0.5 * ((angles - at) / 0.06) ** 2) for at in range(20, 90, 7))
        axis = Variable(name="two_theta", series=Series(angles, "deg"), dimensions=("two_theta",), role=Role.AXIS)
        signal = Variable(name="intensity", series=Series(counts, "count"), dimensions=("two_theta",))
        reading = Reading(
            technique="xrd", title="x", variables=(axis, signal), metadata={"wavelength": Measured(1.54, "angstrom")}
        )
        return lambda: likeness(reading)


class Compositions:
    """Mixtures of a few elements."""

    name = "compositions"

    def __init__(self, chance: random.Random, n: int) -> None:
        del n
        self._chance = chance

    def make(self, number: int) -> Likeness:
        """One of them."""
        del number
        elements = self._chance.sample(SCALE[10:], self._chance.randint(2, 5))
        return likeness_of({element: self._chance.randint(1, 8) for element in elements})

    def derive(self) -> Callable[[], object]:
        """Derive one from a composition."""
        return lambda: likeness_of({"Ca": 0.2, "Ti": 0.2, "O": 0.6})


def fill(server: EmbeddedPostgres, name: str, made: dict[UUID, Likeness]) -> SqlCatalog:
    """A database with these."""
    with psycopg.connect(server.conninfo(OWNER), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
        connection.execute(f"ALTER DATABASE {name} SET max_parallel_workers_per_gather = 0")
    migrate(server.conninfo(OWNER, name))
    with psycopg.connect(server.conninfo(OWNER, name), autocommit=True) as connection:
        for number in range(N_SCOPES):
            connection.execute(
                "INSERT INTO scope (number, project, tier) VALUES (%s, %s, 'open')", [number, new_uuid()]
            )
        columns = ", ".join(sql_insert.LIKENESS.columns)
        with connection.cursor() as cursor, cursor.copy(f"COPY likeness ({columns}) FROM STDIN") as target:
            for i, (record, found) in enumerate(made.items()):
                target.write_row(likeness_row(record, found, scope=i % N_SCOPES, is_standing=True))
        connection.execute("VACUUM ANALYZE")
    return SqlCatalog.connect(server.conninfo(APPLICATION, name))


def vector_of(found: Likeness) -> tuple[int, ...]:
    """What is compared in memory."""
    return rough(found) if found.kind == COMPOSITION else finer(found).vector


def cpu_ms(deed: Callable[[UUID], object], asked: list[UUID], pids: list[int]) -> float:
    """The median of what it takes."""

    def now() -> float:
        running = (Path(f"/proc/{pid}/schedstat").read_text().split()[0] for pid in pids)
        return 1e-6 * (time.process_time_ns() + sum(map(int, running)))

    taken = []
    for record in asked:
        start = now()
        deed(record)
        taken.append(now() - start)
    return statistics.median(taken)


def measure(server: EmbeddedPostgres, kind: type[Patterns] | type[Compositions], n: int) -> None:
    """Print the lines of one kind at one size."""
    chance = random.Random(n)
    maker, made = kind(chance, n), dict[UUID, Likeness]()
    for number in range(n):
        made[new_uuid()] = maker.make(number)
    derive = maker.derive()
    derived = cpu_ms(lambda _: derive(), list(made)[:N_ASKED], [])
    catalog = fill(server, f"similar_{kind.__name__.lower()}_{n}", made)
    ids, asked = list(made), chance.sample(list(made), N_ASKED)
    vectors = np.array([vector_of(each) for each in made.values()], dtype=np.float32)
    is_composition = next(iter(made.values())).kind == COMPOSITION

    def in_memory(record: UUID) -> object:
        mine = np.array(vector_of(made[record]), dtype=np.float32)
        apart = np.abs(vectors - mine).sum(axis=1) if is_composition else -(vectors @ mine)
        return np.argpartition(apart, min(500, len(apart) - 1))

    everything = Visible(frozenset(range(N_SCOPES)))
    third = Visible(frozenset(range(0, N_SCOPES, 3)))
    seen = [record for i, record in enumerate(ids) if i % N_SCOPES % 3 == 0]
    catalog.nearest(asked[0], everything, at_least=LEAST)
    pids = [row[0] for row in catalog.pool.rows("SELECT pid FROM pg_stat_activity WHERE usename = current_user")]
    whole = cpu_ms(lambda r: catalog.nearest(r, everything, at_least=LEAST), asked, pids)
    part = cpu_ms(lambda r: catalog.nearest(r, third, at_least=LEAST), chance.sample(seen, N_ASKED), pids)
    beside = cpu_ms(in_memory, asked, pids)
    recall = statistics.fmean(recall_of(catalog, record, made, everything) for record in asked)
    catalog._has_vector = False
    with mock.patch.object(sql_catalog, "HAS_VECTOR", "SELECT false"):
        plain = cpu_ms(lambda r: catalog.nearest(r, everything, at_least=LEAST), asked[:3], pids)
    print(
        f"| {kind.name} | {len(made):,} | {derived:.2f} | {whole:.0f} | {part:.0f} | {beside:.1f} | {whole / beside:.1f} "
        f"| {plain:.0f} | {recall:.3f} |",
        flush=True,
    )
    catalog.close()


def recall_of(catalog: SqlCatalog, record: UUID, made: dict[UUID, Likeness], visible: Visible) -> float:
    """How many of the ten nearest of all are among the first ten of the answer."""
    others = [each for each in made if each != record]
    scores: list[float] = []
    for start in range(0, len(others), 5000):
        part = [made[each] for each in others[start : start + 5000]]
        scores += [near.score if near is not None else -1.0 for near in compare(made[record], part)]
    least = sorted(scores, reverse=True)[TOP - 1]
    found = catalog.nearest(record, visible, at_least=1e-9) or ()
    good = [near for near in found[:TOP] if near.nearness.score >= least]
    return len(good) / TOP


def main() -> None:
    """Print the table."""
    sizes = [int(each) for each in sys.argv[1:]] or SIZES
    print(
        "| what | n | derive one, ms | question, ms | a third visible, ms | in memory, ms | ratio | plain SQL, ms | recall |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "home") as server:
        for n in sizes:
            for kind in (Patterns, Compositions):
                measure(server, kind, n)


if __name__ == "__main__":
    main()
