"""What members of other projects are told over HTTP, and who may read what describes a record but no values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from kiban.access.asker_of import asker_of
from kiban.compute.fence import Fence
from kiban.operations.projects import FIRST_AGREEMENT, FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.records.identity import new_pid, new_uuid
from kiban.records.parties.export_control import ExportClass
from kiban.records.parties.people import Organisation, Person
from kiban.records.parties.right import Right, Role
from kiban.records.parties.terms import Participant, Project, RoleGrant
from kiban.records.scope import Tier
from kiban.store.object_folder import ObjectFolder
from kiban.store.objects import ObjectStore
from kiban.testing.crawler import Crawler, operations
from kiban.testing.memory_platform import memory_platform

from .conftest import Program, asked_by

WORD, DIGITS = "Hidequokka", "97531"
SWEEP = (
    f"# Operator: {WORD}Operator\nTemperature (K),Resistance (ohm)\n"
    + "".join(f"{300 + n},{DIGITS}.{n}\n" for n in range(20))
).encode()
SPECTRUM = (
    f"##TITLE={WORD}Title\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##XUNITS=1/CM\n##YUNITS=ABSORBANCE\n"
    "##FIRSTX=400\n##LASTX=419\n##NPOINTS=20\n##XFACTOR=1\n##YFACTOR=1\n##XYPOINTS=(XY..XY)\n"
    + "".join(f"{400 + n} {DIGITS}.{n}\n" for n in range(20))
    + "##END=\n"
).encode()
OF_RECORDS = (
    "/records/{}",
    "/records/{}/provenance",
    "/records/{}/exports",
    "/records/{}/access",
    "/id/{}",
    "/labels?id={}",
    "/search?q=id%20%3D%20%22{}%22",
    "/api/v1/search?q=id%20%3D%20%22{}%22",
    "/api/v1/tables?q=id%20%3D%20%22{}%22",
    "/api/v1/tables?all_values=true&q=id%20%3D%20%22{}%22",
    "/api/v1/records/{}/export?as=prov",
    "/api/v1/records/{}/export?as=gemd",
    "/api/v1/records/{}/export?as=nexus",
    "/api/v1/records/{}/export?as=maiml",
    "/api/v1/records/{}/export?as=csvw",
)
VALUES = ("numbers", "normalised", "section?variable=resistance&along=row", "export?as=nexus", "export?as=csvw")


class Deposited:
    """A platform with a project that is shared under an agreement, and the identifiers of what it holds."""

    def __init__(self, objects: ObjectStore, fence: Fence) -> None:
        self.resources: Resources = memory_platform(objects, fence)
        program = Program(self.resources)
        self.since = datetime.now(UTC) - timedelta(days=1)
        directory = self.resources.directory
        project = directory.load().project(FIRST_PROJECT)
        shared = replace(project, tier=Tier.SHARED, agreement=FIRST_AGREEMENT, export_class=ExportClass.NOT_LISTED)
        agreement = replace(directory.load().agreements[FIRST_AGREEMENT], starts=self.since)
        directory.change([shared, agreement], by="test", expected=directory.load().revision)
        outcomes = [
            program.deposit(f"{WORD}Sweep.csv", SWEEP, sample=f"{WORD}Sample"),
            program.deposit(f"{WORD}Spectrum.dx", SPECTRUM, sample=f"{WORD}Sample"),
            program.deposit(f"{WORD}Cut.xrdml", f'<?xml version="1.0"?><xrdMeasurements><{WORD}'.encode()),
        ]
        self.measurements = [pid for each in outcomes for pid in each["measurements"]]
        self.files = [each["sha256"] for each in outcomes]
        self.sample = outcomes[0]["sample"]
        self.pids = [*self.measurements, self.sample]

    def party(self, *rights: Right) -> Crawler:
        """A member of an organisation that has these rights by the agreement."""
        directory = self.resources.directory
        company = Organisation(id=new_uuid(), name="Aoi Steel", country="JP")
        part = Participant(party=company.id, rights=frozenset(rights), since=self.since, accepted_at=self.since)
        agreement = directory.load().agreements[FIRST_AGREEMENT]
        agreement = replace(agreement, participants=(*agreement.participants, part))
        return self._asking(
            Person(id=new_uuid(), login=f"p{company.id}", name="Ana", organisation=company.id), company, agreement
        )

    def outsider(self) -> Crawler:
        """An owner of another project."""
        me = Person(id=new_uuid(), login=f"p{new_uuid()}", name="Eve")
        grants = (RoleGrant(party=me.id, role=Role.OWNER, since=self.since),)
        return self._asking(me, Project(id=new_uuid(), name="Another", grants=grants))

    def _asking(self, person: Person, *entries: object) -> Crawler:
        directory = self.resources.directory
        directory.change([person, *entries], by="test", expected=directory.load().revision)  # type: ignore[list-item]
        program = Program(self.resources)
        asked_by(program.app, asker_of(directory.load(), person, datetime.now(UTC)))
        return Crawler(program.ask, [])


@pytest.fixture(scope="module", name="deposited")
def _deposited(tmp_path_factory: pytest.TempPathFactory, fence: Fence) -> Deposited:
    return Deposited(ObjectFolder(tmp_path_factory.mktemp("forbidden") / "objects"), fence)


def check(crawler: Crawler) -> None:
    assert not crawler.found, "\n".join(f"{each.request}\n    {each.what}" for each in crawler.found[:40])


def ask_for_everything(crawler: Crawler, deposited: Deposited) -> None:
    crawler.crawl("/", "/search", "/files", "/terms", "/templates", "/confirm", most=60)
    for pid in deposited.pids:
        for route in OF_RECORDS:
            crawler("GET", route.format(pid))
    document = crawler("GET", "/api/v1/openapi.json").json()
    for method, route, parameters in operations(document):
        if method == "GET" and parameters == ["identifier"]:
            for pid in deposited.pids:
                crawler(method, route.format(identifier=pid))
        if method == "GET" and parameters == ["sha256"]:
            for checksum in deposited.files:
                crawler(method, route.format(sha256=checksum))
        if method == "GET" and not parameters:
            crawler(method, route)


@pytest.mark.parametrize("who", ["outsider", "exists"])
def test_outsiders_and_who_may_know_that_it_exists_are_told_nothing_of_it(deposited: Deposited, who: str) -> None:
    crawler = deposited.outsider() if who == "outsider" else deposited.party(Right.EXISTS)
    crawler.forbidden = [WORD, DIGITS, *deposited.files]
    if who == "outsider":
        crawler.forbidden += deposited.pids
    ask_for_everything(crawler, deposited)
    for pid in deposited.pids:
        for route in (
            "/records/{}",
            "/api/v1/records/{}",
            "/id/{}",
            "/api/v1/records/{}/numbers",
            "/records/{}/exports",
        ):
            crawler.same("GET", route, pid, new_pid())
    for checksum in deposited.files:
        crawler.same("GET", "/api/v1/files/{}/content", checksum, "0" * 64)
    check(crawler)


def test_who_may_read_what_describes_it_gets_no_value(deposited: Deposited) -> None:
    crawler = deposited.party(Right.METADATA)
    crawler.forbidden = [DIGITS]
    ask_for_everything(crawler, deposited)
    described = crawler("GET", f"/api/v1/records/{deposited.measurements[0]}")
    assert (described.status_code, WORD in described.text) == (200, True)
    assert described.json()["properties"] == described.json()["files"] == []
    for stream in ("records", "facts"):
        taken = crawler("GET", f"/api/v1/{stream}/stream")
        assert all(pid not in taken.text for pid in deposited.pids), "values are taken along by who may read them"
        assert int(taken.headers["kiban-left-out"]) >= len(deposited.pids)
    for pid in deposited.measurements:
        for values in VALUES:
            assert crawler("GET", f"/api/v1/records/{pid}/{values}").status_code in {403, 404}, values
    for checksum in deposited.files:
        crawler.same("GET", "/api/v1/files/{}/content", checksum, "0" * 64)
    check(crawler)


def test_who_may_read_values_but_not_use_them_gets_no_table(deposited: Deposited) -> None:
    crawler = deposited.party(Right.DATA)
    assert crawler("GET", f"/api/v1/records/{deposited.measurements[0]}/numbers").status_code == 200
    table = crawler("GET", "/api/v1/tables", params={"all_values": True})
    assert table.status_code == 200
    assert len(table.text.splitlines()) == 1  # the names of the columns
    assert deposited.sample not in crawler("GET", "/api/v1/tables").text
    assert deposited.measurements[0] in crawler("GET", "/api/v1/records/stream").text
    assert crawler("GET", "/api/v1/facts/stream").text == '{"end":true,"rows":0}\n'


def test_who_may_use_them_gets_them(deposited: Deposited) -> None:
    """Were everything hidden, all of the above would hold too."""
    crawler = deposited.party(Right.USE)
    assert DIGITS in crawler("GET", f"/api/v1/records/{deposited.measurements[0]}/numbers").text
    assert crawler("GET", f"/api/v1/files/{deposited.files[0]}/content").content == SWEEP
    assert deposited.sample in crawler("GET", "/api/v1/tables").text
    assert all(pid in crawler("GET", "/api/v1/records/stream").text for pid in deposited.pids)
    answer: Callable[..., httpx.Response] = crawler.ask
    assert answer("GET", f"/records/{deposited.measurements[0]}").status_code == 200
