"""Names, files, templates and terms that are hidden from somebody: they are told what they would be without these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from kiban.access.asker_of import asker_of
from kiban.compute.fence import Fence
from kiban.operations.import_rde import import_rde
from kiban.operations.importer import Wishes
from kiban.operations.projects import FIRST_PROJECT
from kiban.query.question import EVERYTHING
from kiban.records.identity import new_uuid
from kiban.records.parties.export_control import ExportClass, Residency
from kiban.records.parties.people import Person
from kiban.records.parties.right import Role
from kiban.records.parties.terms import RoleGrant
from kiban.records.party import Asker
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform, owner_of
from kiban.testing.rde_examples import data_set, put

from .conftest import Program, asked_by

NAME = "Hidequokka 7"
TABLE = b"Temperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (300 + n, n) for n in range(20))
NOT_UNDERSTOOD = b"\x00\x01 nobody reads this"
TEMPLATE = {
    "name": NAME,
    "label": {"en": NAME, "ja": NAME},
    "applies_to": "sample",
    "fields": [{"key": "grade", "kind": "text"}],
}
TERM = {"key": "hidequokka_point", "en": NAME, "ja": NAME, "symbol": "Hq", "unit": "K"}
_SAMPLES = "/api/v1/samples"
_DRAWN = re.compile(
    r"kb(:|%3A)[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+\d\d:\d\d)?"
)


class Site:
    """A laboratory with a contributor abroad, from whom all is held back that nobody has judged yet."""

    def __init__(self, folder: Path, fence: Fence, *, is_full: bool) -> None:
        self.resources = memory_platform(ObjectFolder(folder / "objects"), fence)
        self.owner = Program(self.resources)
        self.sets = folder / "sets"
        put(self.sets / "set", data_set())
        if is_full:
            list(fill(self.owner))
            self.import_set(_owner_of(self.owner))
        directory = self.resources.directory
        me = Person(id=new_uuid(), login="abroad", name="Ana", residency=Residency.NON_RESIDENT, country="DE")
        project = directory.load().project(FIRST_PROJECT)
        grant = RoleGrant(party=me.id, role=Role.CONTRIBUTOR, since=datetime(2020, 1, 1, tzinfo=UTC))
        changed = replace(project, export_class=ExportClass.NOT_LISTED, grants=(*project.grants, grant))
        directory.change([me, changed], by="test", expected=directory.load().revision)
        self.asker = asker_of(directory.load(), me, datetime.now(UTC), project=FIRST_PROJECT)
        self.abroad = Program(self.resources)
        asked_by(self.abroad.app, self.asker)

    def import_set(self, asker: Asker) -> list[Any]:
        imported = import_rde(asker, self.resources, self.sets / "set", Wishes())
        return [replace(each, records=(), sample=None) for each in imported]

    def n_seen(self) -> int:
        return self.resources.catalog.count(EVERYTHING, self.resources.visible(self.asker))


def _owner_of(program: Program) -> Asker:
    return owner_of(program.resources)


def fill(program: Program) -> Iterator[httpx.Response]:
    """Everything that takes a name or a place, each twice: the second time it is there."""
    for _ in range(2):
        for name, content in (("run.csv", TABLE), ("other name.csv", TABLE), ("odd.bin", NOT_UNDERSTOOD)):
            yield _deposit(program, name, content, sample=NAME)
        yield program.ask("POST", _SAMPLES, json={"name": NAME})
        yield program.ask("POST", _SAMPLES, json={"name": f"{NAME} alone", "formula": "TiO2"})
        yield _form(program, "/samples/new", {"name": f"{NAME} typed", "formula": "TiO2"})
        yield program.ask("POST", "/api/v1/templates", json=TEMPLATE)
        yield program.ask("POST", "/api/v1/terms", json=TERM)
        yield program.ask("POST", "/api/v1/processes", json={"name": NAME})


def _deposit(program: Program, name: str, content: bytes, **parameters: str) -> httpx.Response:
    return program.ask(
        "POST",
        "/api/v1/deposits",
        params={"name": name, **parameters},
        content=content,
        headers={"content-type": "application/octet-stream"},
    )


def _form(program: Program, address: str, typed: dict[str, str]) -> httpx.Response:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return program.ask("POST", address, content=urlencode(typed), headers=headers)


def told(answer: httpx.Response) -> tuple[int, str, str]:
    """What an answer says, apart from what is drawn anew each time."""
    body = answer.text
    return answer.status_code, _plain(answer.headers.get("location", "")), _plain(body)


def _plain(text: str) -> str:
    return _DRAWN.sub("DRAWN", text)


@pytest.fixture(name="sites")
def _sites(tmp_path: Path, fence: Fence) -> tuple[Site, Site]:
    return Site(tmp_path / "full", fence, is_full=True), Site(tmp_path / "bare", fence, is_full=False)


def test_a_name_or_file_that_is_hidden_is_free(sites: tuple[Site, Site]) -> None:
    full, bare = sites
    assert full.n_seen() == bare.n_seen() == 0
    answers = [(told(one), told(other)) for one, other in zip(fill(full.abroad), fill(bare.abroad), strict=True)]
    assert [one for one, _ in answers] == [other for _, other in answers]
    assert {status for (status, _, _), _ in answers} >= {200, 303, 409}
    assert full.n_seen() == bare.n_seen() > 0
    for again in (full, bare):
        assert [each.status for each in again.import_set(again.asker)] == ["defined", "imported"]
    one, other = (_plain(str(site.import_set(site.asker))) for site in sites)
    assert one == other.replace("/bare/", "/full/")


def test_changes_to_a_hidden_name_are_told_like_any(sites: tuple[Site, Site]) -> None:
    outcomes = []
    for site in sites:
        ask = site.abroad.ask
        pid = ask("POST", _SAMPLES, json={"name": "mine"}).json()["id"]
        done = [
            ask("PATCH", f"{_SAMPLES}/{pid}", json={"name": NAME}),
            ask("PATCH", f"{_SAMPLES}/{pid}", json={"name": "mine again"}),
            ask("POST", f"/api/v1/records/{pid}/restore", params={"version": "2"}, json={"version": 2}),
            ask("POST", f"{_SAMPLES}/{pid}/divide", json={"names": [f"{NAME} alone", f"{NAME} typed"]}),
            *(ask("GET", f"{page}{quoted}") for page in PAGES for quoted in ("", f"?q={NAME}")),
            ask("GET", f"/records/{pid}"),
        ]
        outcomes.append([told(each) for each in done])
        assert [each.status_code for each in done[:4]] == [200, 200, 200, 200]
    full, bare = outcomes
    assert full == bare


def test_both_are_found_by_whoever_sees_both_and_neither_is_made_again(sites: tuple[Site, Site]) -> None:
    full, _ = sites
    assert list(fill(full.abroad))
    before = full.resources.catalog.count(EVERYTHING, full.resources.visible(_owner_of(full.owner)))
    again = _deposit(full.owner, "run.csv", TABLE, sample=NAME).json()
    assert again["status"] == "structured"
    # The owner's new records would be where the contributor's are, and these come first.
    assert again["measurements"] == _deposit(full.abroad, "run.csv", TABLE, sample=NAME).json()["measurements"]
    assert full.owner.ask("POST", _SAMPLES, json={"name": NAME}).status_code == 409
    assert full.resources.catalog.count(EVERYTHING, full.resources.visible(_owner_of(full.owner))) == before
    for address in ("/", "/search", "/templates", "/terms", "/files", "/api/v1/terms", "/api/v1/templates"):
        assert full.owner.ask("GET", address).status_code == 200, address


PAGES = ("/", "/search", "/files", "/terms", "/templates", "/confirm", "/scan", "/api/v1/terms", "/api/v1/templates")
