"""Two hundred people ask after twenty thousand records: nothing leaks, and nothing is wrongly hidden.

KIBAN_WORLD_SEED makes another world; KIBAN_WORLD_PAIRS sets how many (asker, question) pairs are asked,
KIBAN_WORLD_RECORDS of how many records.
"""

from __future__ import annotations

import asyncio
import csv
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from kiban.access.asker_of import anonymous, asker_of
from kiban.access.narrowed import within_project
from kiban.compute.fence import Fence
from kiban.errors import RecordNotFound, Refused
from kiban.operations.directory_changes import view_of
from kiban.operations.embargoes import endings
from kiban.operations.export import export
from kiban.operations.fetch_file import fetch_file
from kiban.operations.find import Facet, find
from kiban.operations.home import home
from kiban.operations.list_files import list_files
from kiban.operations.made_of_file import made_of_file
from kiban.operations.projects import ensure_first_project
from kiban.operations.provenance import provenance
from kiban.operations.resources import Resources
from kiban.operations.show import show
from kiban.operations.table import table
from kiban.operations.who_is import Visitor
from kiban.records.identity import new_pid
from kiban.records.party import EVERY_ACT, Act, Asker
from kiban.records.provenance import Direction
from kiban.store import (
    sql_catalog,
    sql_counts,
    sql_drawn,
    sql_facets,
    sql_few_seen,
    sql_query,
    sql_reading,
    sql_walk,
    sql_writing,
)
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.memory_audit_log import MemoryAuditLog
from kiban.store.memory_credentials import MemoryCredentials
from kiban.store.memory_harvest_register import MemoryHarvestRegister
from kiban.store.memory_saved_searches import MemorySavedSearches
from kiban.store.migrate import migrate
from kiban.store.objects import MemoryObjects
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sealing import new_sealer
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_directory import SqlDirectory
from kiban.web.application import application

from .big_world import BigWorld, Kept, Size
from .plain_answers import PlainAnswers, Truth, Who
from .plain_order import ORDERS, in_plain_order, is_known
from .random_questions import random_questions, understood, usual_questions
from .test_histories import explain

_SEED = os.environ.get("KIBAN_WORLD_SEED", "5")
_N_PAIRS = int(os.environ.get("KIBAN_WORLD_PAIRS", "2500"))
_N_RECORDS = int(os.environ.get("KIBAN_WORLD_RECORDS", "20000"))
_N_AGES = 5
_PID = re.compile(rb"kb[:-][0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", name="resources")
def _resources(postgres: EmbeddedPostgres) -> Iterator[Resources]:
    import psycopg

    with psycopg.connect(postgres.conninfo(OWNER), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE world OWNER {OWNER}")
    migrate(postgres.conninfo(OWNER, "world"))
    catalog = SqlCatalog.connect(postgres.conninfo(APPLICATION, "world"))
    directory, fence = SqlDirectory(catalog.pool), Fence(n_workers=1)
    yield Resources(
        catalog=catalog,
        directory=directory,
        audit=MemoryAuditLog(),
        credentials=MemoryCredentials(),
        harvests=MemoryHarvestRegister(),
        saved=MemorySavedSearches(),
        sealer=new_sealer(),
        objects=MemoryObjects(),
        fence=fence,
        project=ensure_first_project(catalog, directory, owner="world"),
        revive=lambda: None,
    )
    catalog.close()
    fence.close()


class Inquiry:
    """Asks Kiban and the model the same, and compares."""

    def __init__(self, world: BigWorld, rng: random.Random) -> None:
        self.world, self.rng = world, rng
        self.resources = world.resources
        self.model = PlainAnswers(world)
        self.n_asked: Counter[str] = Counter()
        self.n_answers = 0
        self.n_endings = 0
        pids = [each.record.pid for each in self.model.all]
        self.questions = [*random_questions(rng, 60), *usual_questions(rng, rng.sample(pids, 40), 120)]
        self.conditions = {text: understood(text) for text in self.questions}
        state = world.state
        self.who = []
        for n in range(60):
            person = rng.choice([None, *list(state.people) * 2]) if n else None
            now, acts = world.chronicle.now(), world.chronicle.acts()
            self.who.append(Who(person, now, acts, world.chronicle.narrowed_to(acts)))

    def asker(self, who: Who) -> Asker:
        """As Kiban sees who asks."""
        directory = self.resources.directory.load()
        if who.person is None:
            return anonymous(directory, who.now)
        acts = EVERY_ACT if who.acts is None else frozenset(map(Act, who.acts))
        asker = asker_of(directory, directory.people[who.person], who.now, acts=acts)
        return asker if who.within is None else within_project(asker, who.within)

    def ask(self, n_pairs: int) -> None:
        """Ask so many pairs."""
        kinds: dict[str, tuple[int, Callable[[Asker, Who], None]]] = {
            "search": (40, self._search),
            "everything": (2, self._everything),
            "sorted": (15, self._sorted),
            "show": (25, self._show),
            "file": (12, self._file),
            "walk": (8, self._walk),
            "export": (3, self._export),
            "table": (8, self._table),
            "home": (2, self._home),
            "endings": (2, self._endings),
        }
        for _ in range(n_pairs):
            who = self.rng.choice(self.who)
            if who.person is None:
                who = Who(None, who.now, None)
            [name] = self.rng.choices(list(kinds), weights=[weight for weight, _ in kinds.values()])
            self.n_asked[name] += 1
            kinds[name][1](self.asker(who), who)

    def same(self, found: Any, expected: Any, who: Who, asked: str, kept: Kept | None = None) -> None:
        """Fail with the smallest history where the two differ."""
        if found == expected:
            return
        told = f"seed {_SEED}, {asked}\n{who}\nKiban: {_short(found, expected)}\nmodel: {_short(expected, found)}"
        if kept is not None:
            explain(told, self.world.history, who.person, kept.place, who.now, who.acts, who.within)
        pytest.fail(told)

    def _record(self, who: Who) -> Kept:
        """One that the asker sees, or any."""
        seen = np.flatnonzero(self.model.lies_where(who, "metadata"))
        if len(seen) and self.rng.random() < 0.6:
            return self.model.all[int(self.rng.choice(seen))]
        return self.rng.choice(self.model.all)

    def _search(self, asker: Asker, who: Who) -> None:
        text = self.rng.choice(self.questions)
        answering = self.model.answering(self.conditions[text], who)
        after = self.rng.choice(self.model.all).record.id if self.rng.random() < 0.3 else None
        found = find(asker, self.resources, text, limit=20, after=str(after) if after else None, facets=Facet)
        self.n_answers += found.total
        self.same([hit.id for hit in found.hits], self.model.hits(answering, limit=20, after=after), who, text)
        self.same(found.total, int(answering.sum()), who, text)
        facets = {name: list(values) for name, values in found.facets.items()}
        self.same(facets, self._facets(answering, asker, who), who, text)
        for hit in found.hits:
            shown = self.model.shown(self.model.by_pid[hit.id], who)
            assert shown is not None
            self.same(hit.sample_id, shown["sample"], who, f"{text}: sample of {hit.id}")

    def _facets(self, answering: Truth, asker: Asker, who: Who) -> dict[str, list[tuple[str, int]]]:
        """Of projects those alone that the asker need know of: `test_directory_view.py` has which these are."""
        known = {str(project) for project in view_of(asker, self.resources).projects}
        found = self.model.facets(answering, who)
        return found | {"project": [(project, n) for project, n in found["project"] if project in known]}

    def _everything(self, asker: Asker, who: Who) -> None:
        text = self.rng.choice(self.questions)
        found: list[str] = []
        after: str | None = None
        while True:
            answer = find(asker, self.resources, text, limit=500, after=after)
            found += [hit.id for hit in answer.hits]
            if (after := answer.next) is None:
                break
        answering = self.model.answering(self.conditions[text], who)
        self.same(found, self.model.hits(answering, limit=len(self.model.all)), who, f"all of {text}")

    def _sorted(self, asker: Asker, who: Who) -> None:
        text, path, is_descending = self.rng.choice(self.questions), self.rng.choice(ORDERS), self.rng.random() < 0.5
        sort, limit = f"{'-' if is_descending else ''}{path}", self.rng.choice((3, 20, 100))
        answering = self.model.answering(self.conditions[text], who)
        expected = in_plain_order(self.model, answering, who, path, is_descending=is_descending)
        after: str | None = None
        for page in range(3):
            answer = find(asker, self.resources, text, limit=limit, after=after, sort=sort)
            of_page = expected[page * limit : (page + 1) * limit]
            asked = f"{text} by {sort}, page {page}"
            self.same([hit.id for hit in answer.hits], [self.model.all[n].record.pid for n in of_page], who, asked)
            known = [is_known(self.model, n, who, path) for n in of_page[:3]]
            self.same([hit.sorted_by is not None for hit in answer.hits[:3]], known, who, f"keys of {asked}")
            if (after := answer.next) is None:
                break

    def _show(self, asker: Asker, who: Who) -> None:
        kept = self._record(who)
        expected, found = self.model.shown(kept, who), self._shown(asker, kept)
        self.same(found, expected, who, f"show {kept.record.pid}", kept)
        self.n_answers += found is not None

    def _shown(self, asker: Asker, kept: Kept) -> dict[str, Any] | None:
        identifier = self.rng.choice((kept.record.pid, str(kept.record.id)))
        try:
            shown = show(asker, self.resources, identifier)
        except RecordNotFound as e:
            self.is_as_if_there_were_none(e, identifier, lambda other: show(asker, self.resources, other))
            return None
        assert shown.record.version == kept.record.version
        assert shown.reason
        return {
            "sample": shown.sample.pid if shown.sample else None,
            "ties": {(tie.predicate, tie.other.pid, tie.outgoing) for tie in shown.ties},
            "facts": {fact.id for fact in shown.facts},
            "evidence": set(shown.evidence),
            "elements": set(shown.composition),
            "files": {file.id for file in shown.files},
            "versions": [version.version for version in shown.versions],
            "events": len(shown.events),
        }

    def is_as_if_there_were_none(self, error: RecordNotFound, identifier: str, ask: Callable[[str], Any]) -> None:
        """The same words, but for the identifier."""
        never = "0190ffff-0000-7000-8000-000000000000" if len(identifier) == 36 else new_pid()
        never = never if len(identifier) != 64 else "0" * 64
        with pytest.raises(RecordNotFound) as other:
            ask(never)
        assert str(error).replace(identifier, "") == str(other.value).replace(never, "")
        assert type(error) is type(other.value)

    def _file(self, asker: Asker, who: Who) -> None:
        file = self.rng.choice(self.world.files)
        kept = self.world.kept[file.records[0]]
        checksum = file.entry.checksum
        expected = self.model.files(checksum, who)
        entries = list_files(asker, self.resources, checksum=checksum)
        self.same({entry.id for entry in entries}, expected, who, f"file {checksum}", kept)
        try:
            entry, stream = fetch_file(asker, self.resources, checksum)
        except RecordNotFound as e:
            self.same(False, bool(expected), who, f"bytes of {checksum}", kept)
            self.is_as_if_there_were_none(e, checksum, lambda other: fetch_file(asker, self.resources, other))
            return
        self.same(entry.id in expected, True, who, f"bytes of {checksum}", kept)
        assert stream.read()
        for each in entries:
            made = {record.pid for record in made_of_file(asker, self.resources, each.id)}
            self.same(made, self.model.made_of(each, who), who, f"made of {each.id}")
        self.n_answers += 1

    def _walk(self, asker: Asker, who: Who) -> None:
        kept, direction = self._record(who), self.rng.choice(list(Direction))
        expected = self.model.walk(kept, who, forward=direction is Direction.FORWARD)
        try:
            found = provenance(asker, self.resources, kept.record.pid, direction=direction)
        except RecordNotFound:
            self.same(None, expected, who, f"walk from {kept.record.pid}", kept)
            return
        pid = {step.record.id: step.record.pid for step in found.steps}
        links = {(pid[link.subject], link.predicate.value, pid[link.object]) for link in found.links}
        self.same((set(pid.values()), links), expected, who, f"walk {direction} from {kept.record.pid}", kept)
        for fact in found.facts:
            assert self.model.may_at(who, self.world.kept[fact.evidence].place, "data")

    def _export(self, asker: Asker, who: Who) -> None:
        kept = self._record(who)
        expected = self.model.graph(kept, who)
        try:
            content = export(asker, self.resources, kept.record.pid, self.rng.choice(("prov", "gemd"))).content
        except RecordNotFound:
            self.same(None, expected, who, f"export of {kept.record.pid}", kept)
            return
        except Refused:
            # It is there, and who asks is told that its values are not for them.
            known = (expected is not None, self.model.may_at(who, kept.place, "data"))
            self.same(known, (True, False), who, f"export of {kept.record.pid}", kept)
            return
        self.same(self.model.may_at(who, kept.place, "data"), True, who, f"export of {kept.record.pid}", kept)
        named = {pid.decode().replace("kb-", "kb:") for pid in _PID.findall(content)}
        self.same(named, expected, who, f"export of {kept.record.pid}", kept)

    def _table(self, asker: Asker, who: Who) -> None:
        text = self.rng.choice(self.questions)
        drawn = table(asker, self.resources, text, all_values=True)
        place = {column.name: n for n, column in enumerate(drawn.columns)}
        rows = {tuple(row[place[n]] for n in ("id", "evidence", "term", "value", "unit")) for row in drawn.rows}
        self.same(rows, self.model.table(self.conditions[text], who), who, f"table of {text}")

    def _home(self, asker: Asker, who: Who) -> None:
        found = home(asker, self.resources)
        everything = self.model.lies_where(who, "metadata")
        self.same(found.kinds, dict(self.model.facets(everything, who)["kind"]), who, "first page")
        files = {entry.id for entry in (*found.kept, *found.attention)}
        for file in self.world.files:
            if file.entry.id in files:
                assert self.model.may_at(who, file.place, "data")

    def _endings(self, asker: Asker, who: Who) -> None:
        found = {ending.scope.number: ending.n_records for ending in endings(asker, self.resources)}
        self.same(found, self.model.endings(who), who, "embargoes that end soon")
        self.n_endings += len(found)


class InquiryOverHttp(Inquiry):
    """Asks the application, as programs and browsers do."""

    def __init__(self, world: BigWorld, rng: random.Random) -> None:
        super().__init__(world, rng)
        self._app = application(world.resources)

    def ask(self, n_pairs: int) -> None:
        """Ask so many pairs."""
        asks = (self._search, self._search, self._sorted, self._show, self._file, self._table, self._walk, self._page)
        for _ in range(n_pairs):
            who = self.rng.choice(self.who)
            if who.person is None:
                who = Who(None, who.now, None)
            asker = self.asker(who)
            self._app.state.receive = lambda _, asker=asker: Visitor(asker=asker)
            self.rng.choice(asks)(asker, who)

    def get(self, address: str, **parameters: Any) -> httpx.Response:
        """One request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8420") as client:
                return await client.get(address, params=parameters or None, headers={"accept-language": "en"})

        return asyncio.run(send())

    def names_only_what_is_seen(self, answer: httpx.Response, who: Who, asked: str) -> None:
        """Identifiers are the first thing that could leak."""
        seen = self.model.lies_where(who, "metadata")
        for pid in {found.decode().replace("kb-", "kb:") for found in _PID.findall(answer.content)}:
            if (kept := self.model.by_pid.get(pid)) is not None and not seen[self.model.index[kept.record.id]]:
                self.same(pid, None, who, f"{asked} names it", kept)

    def _search(self, asker: Asker, who: Who) -> None:
        text = self.rng.choice(self.questions)
        answer = self.get("/api/v1/search", q=text, limit=20)
        assert answer.status_code == 200
        found, answering = answer.json(), self.model.answering(self.conditions[text], who)
        self.same([hit["id"] for hit in found["hits"]], self.model.hits(answering, limit=20), who, text)
        self.same(found["total"], int(answering.sum()), who, text)
        facets = {name: [(v["value"], v["count"]) for v in values] for name, values in found["facets"].items()}
        self.same(facets, self._facets(answering, asker, who), who, text)
        self.names_only_what_is_seen(answer, who, text)

    def _sorted(self, asker: Asker, who: Who) -> None:
        text, path = self.rng.choice(self.questions), self.rng.choice(ORDERS)
        answer = self.get("/api/v1/search", q=text, limit=20, sort=path)
        expected = in_plain_order(
            self.model, self.model.answering(self.conditions[text], who), who, path, is_descending=False
        )
        shown = [self.model.all[n].record.pid for n in expected[:20]]
        self.same([hit["id"] for hit in answer.json()["hits"]], shown, who, f"{text} by {path}")
        self.names_only_what_is_seen(answer, who, f"{text} by {path}")

    def _at(self, who: Who, address: str, pid: str, *, never: str, exists: bool) -> httpx.Response | None:
        """Ask for something by its identifier; where it does not exist, as if it never had."""
        answer = self.get(address.format(pid))
        assert answer.status_code in {200, 404}, answer.text
        self.same(answer.status_code == 200, exists, who, f"{address} of {pid}")
        if exists:
            self.names_only_what_is_seen(answer, who, address)
            return answer
        other = self.get(address.format(never))
        assert answer.status_code == other.status_code
        # The link to log in leads back, and has the identifier as addresses write it.
        hidden, missing = pid.removeprefix("kb:"), never.removeprefix("kb:")
        assert answer.text.replace(hidden, "") == other.text.replace(missing, "")
        assert _headers(answer) == _headers(other)
        return None

    def _show(self, asker: Asker, who: Who) -> None:
        kept = self._record(who)
        expected = self.model.shown(kept, who)
        exists = expected is not None
        answer = self._at(who, "/api/v1/records/{}", kept.record.pid, never=new_pid(), exists=exists)
        if answer is not None and expected is not None:
            found = answer.json()
            assert found["id"] == kept.record.pid
            self.same(len(found["properties"]), len(expected["facts"]), who, f"values of {kept.record.pid}", kept)
            self.same(len(found["files"]), len(expected["files"]), who, f"files of {kept.record.pid}", kept)

    def _page(self, asker: Asker, who: Who) -> None:
        kept = self._record(who)
        exists = self.model.may_at(who, kept.place, "metadata")
        self._at(who, "/records/{}", kept.record.pid, never=new_pid(), exists=exists)

    def _file(self, asker: Asker, who: Who) -> None:
        checksum = self.rng.choice(self.world.files).entry.checksum
        exists = bool(self.model.files(checksum, who))
        for address in ("/api/v1/files/{}/content", "/api/v1/files/{}", "/files/{}"):
            self._at(who, address, checksum, never="0" * 64, exists=exists)

    def _table(self, asker: Asker, who: Who) -> None:
        text = self.rng.choice(self.questions)
        answer = self.get("/api/v1/tables", q=text, format="csv", all_values=True)
        assert answer.status_code == 200
        rows = list(csv.DictReader(answer.text.splitlines()))
        expected = self.model.table(self.conditions[text], who)
        self.same({(row["id"], row["evidence"]) for row in rows}, {row[:2] for row in expected}, who, text)

    def _walk(self, asker: Asker, who: Who) -> None:
        kept, forward = self._record(who), self.rng.random() < 0.5
        address = "/api/v1/records/{}/provenance?direction=" + ("forward" if forward else "back")
        expected = self.model.walk(kept, who, forward=forward)
        answer = self._at(who, address, kept.record.pid, never=new_pid(), exists=expected is not None)
        if answer is not None and expected is not None:
            self.same({each["id"] for each in answer.json()["records"]}, expected[0], who, address, kept)


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in {"date", "content-length"}}


def _short(found: Any, other: Any) -> str:
    if isinstance(found, set) and isinstance(other, set):
        return f"{len(found)}, of which the other has not {sorted(map(str, found - other))[:5]}"
    return str(found)[:600]


def without_the_filter(patch: pytest.MonkeyPatch, n_scopes: int) -> list[str]:
    """Have the application's own filter let everything through: what is hidden then, row-level security hides.

    Gives a list that has one more entry each time that the filter was to be used.
    """
    everything = "1" * n_scopes
    used: list[str] = []
    for module in (sql_catalog, sql_counts, sql_few_seen, sql_query, sql_reading, sql_walk, sql_writing):
        patch.setattr(module, "parameters", lambda _: used.append("") or {"scopes": everything, "data": everything})
    for module, name in ((sql_catalog, "only_seen"), (sql_reading, "rows_seen")):
        patch.setattr(module, name, lambda found, *_: used.append("") or list(found))
    return used


def test_nothing_leaks_and_nothing_is_wrongly_hidden(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    # Estimates are compared elsewhere: tests/store/test_sql_catalog.py and test_drawn.py.
    monkeypatch.setattr(sql_facets, "EXACT", _N_RECORDS)
    for name in ("ALL_TESTED", "ALL_LED"):
        monkeypatch.setattr(sql_drawn, name, _N_RECORDS)
    world = BigWorld(resources, f"world/{_SEED}", Size(n_records=_N_RECORDS))
    world.build()
    rng = random.Random(f"questions/{_SEED}")
    asked: Counter[str] = Counter()
    n_endings = 0
    n_answers, n_over_http, n_unfiltered = 0, _N_PAIRS // 20, _N_PAIRS // 10
    for age in range(_N_AGES):
        if age:
            world.pass_time()
        inquiry = Inquiry(world, rng)
        inquiry.ask(_N_PAIRS // _N_AGES)
        asked += inquiry.n_asked
        n_answers += inquiry.n_answers
        n_endings += inquiry.n_endings
        print(f"age {age}: {sum(asked.values())} pairs, {n_answers} answers", flush=True)  # noqa: T201
    InquiryOverHttp(world, rng).ask(n_over_http)
    with pytest.MonkeyPatch.context() as patch:
        used = without_the_filter(patch, max(scope.number for scope in resources.catalog.scopes()) + 1)
        Inquiry(world, rng).ask(n_unfiltered)
        assert len(used) > n_unfiltered
    assert list(resources.catalog.faults()) == []
    assert n_answers > _N_PAIRS  # the world is not one in which nobody sees anything
    assert n_endings or _N_PAIRS < 1000  # and there are embargoes to be told of
    print(f"{sum(asked.values())} pairs and {n_over_http} over HTTP, {n_unfiltered} unfiltered: {dict(asked)}")  # noqa: T201
