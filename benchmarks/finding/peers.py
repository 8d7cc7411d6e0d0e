"""The same questions over HTTP, to our REST and to other servers that were given the same records.

`optimade[server]` (the reference server of OPTIMADE, with its mongomock in memory) gets a structure for each record that
has a sample; `tiled[all]` (with its catalogue in SQLite) a node with metadata for each. Each is installed by pip in an
environment of its own. Ours is `kiban up` on a copy of the home, asked with the token of somebody who has a role in every
project: of ours it is asked who may see what, and what is not open is written to the audit log. One client, one request
at a time; a page of 50 with the number of all answers. CPU is that of the server's processes, a database included.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
from finding.open_home import opened

from kiban.access.asker_of import asker_of
from kiban.operations.resources import Resources
from kiban.operations.tokens import make_token
from kiban.query.parse import parse
from kiban.query.structure_answers import structure_answers
from kiban.records.parties.people import Person
from kiban.records.parties.right import Role
from kiban.records.parties.terms import RoleGrant
from kiban.records.party import Act
from kiban.records.record import Record
from kiban.records.scope import Visible
from kiban.store.server_address import ServerAddress
from kiban.testing.find_check import pages
from kiban.testing.made_parties import LOGIN, NOW

OPTIMADE, TILED = "optimade[server]==1.5.0", "tiled[all]==0.2.20"
N_TIMES, LONGEST_S, FEWEST = 30, 30.0, 5
_START_S = 300.0
_FINISHED = "finished"
"""A file in an environment in which everything has been installed."""
Params = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One question to all of them; `None` to those that cannot be asked it."""

    name: str
    kiban: str
    optimade: str | None
    tiled: Params | None


def _equal(key: str, value: str) -> Params:
    return [("filter[eq][condition][key]", key), ("filter[eq][condition][value]", value)]


def _has(value: str) -> Params:
    return [("filter[contains][condition][key]", "elements"), ("filter[contains][condition][value]", json.dumps(value))]


def _words(text: str) -> Params:
    return [("filter[fulltext][condition][text]", text)]


COMPARED = (
    Compared(name="first page", kiban="", optimade="", tiled=[]),
    Compared(
        name="key, one family",
        kiban='metadata.lot = "L0000005"',
        optimade=None,
        tiled=_equal("lot", '"L0000005"'),
    ),
    Compared(name="key, a sixth", kiban="technique = xrd", optimade=None, tiled=_equal("technique", '"xrd"')),
    Compared(name="three elements", kiban="nelements = 3", optimade="nelements=3", tiled=_equal("nelements", "3")),
    Compared(
        name="formula",
        kiban='chemical_formula_reduced = "O2Ti"',
        optimade='chemical_formula_reduced="O2Ti"',
        tiled=_equal("formula", '"O2Ti"'),
    ),
    Compared(
        name="elements HAS ALL",
        kiban='elements HAS ALL "Ti","O"',
        optimade='elements HAS ALL "Ti","O"',
        tiled=[*_has("Ti"), *_has("O")],
    ),
    Compared(
        name="range",
        kiban="metadata.temperature > 39 degC",
        optimade=None,
        tiled=[
            ("filter[comparison][condition][operator]", "gt"),
            ("filter[comparison][condition][key]", "temperature"),
            ("filter[comparison][condition][value]", "39"),
        ],
    ),
    Compared(name="rare word", kiban="delamination", optimade=None, tiled=_words("delamination")),
    Compared(name="common word", kiban="annealing", optimade=None, tiled=_words("annealing")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One that runs."""

    client: httpx.Client
    pids: tuple[int, ...]
    """Its processes; what they have started counts as well."""

    def cpu_s(self) -> float:
        """What it has used up to now."""
        total = 0.0
        for pid in self.pids:
            for process in (top := psutil.Process(pid), *top.children(recursive=True)):
                try:
                    taken = process.cpu_times()
                except psutil.NoSuchProcess:
                    continue
                total += taken.user + taken.system + (taken.children_user + taken.children_system)
        return total


Ask = Callable[[Compared], tuple[str, Params] | None]


def report(home: Path, environments: Path | None) -> None:
    """Ask all of them and print the table.

    Parameters
    ----------
    environments : Path, optional
        Where environments with the other servers are kept, and found again.
    """
    found: dict[str, dict[str, Asked]] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        kept = environments or place / "environments"
        documents = list(_documents(home))
        with _kiban(home, place) as server, httpx.Client(base_url=server.client.base_url, timeout=120.0) as anybody:
            found["Kiban"] = dict(_measured(server, _to_kiban, lambda body: body["total"]))
            server = replace(server, client=anybody)
            found["Kiban, asked by anybody"] = dict(_measured(server, _to_kiban, lambda body: body["total"]))
        with _optimade(documents, place, kept) as server:
            found["OPTIMADE"] = dict(_measured(server, _to_optimade, lambda body: body["meta"]["data_returned"]))
        with _tiled(documents, place, kept) as server:
            found["Tiled"] = dict(_measured(server, _to_tiled, lambda body: body["meta"]["count"]))
    print(
        "\n| question | server | answers | p50 ms | p95 ms | CPU ms | times Kiban's CPU |\n|---|---|---|---|---|---|---|"
    )
    for each in COMPARED:
        ours = found["Kiban"][each.name].cpu
        for name, of in found.items():
            if (asked := of.get(each.name)) is not None:
                cells = f"{asked.n} | {asked.p50:.0f} | {asked.p95:.0f} | {asked.cpu:.0f} | {asked.cpu / ours:.1f}"
                print(f"| {each.name} | {name} | {cells} |", flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a server made of a question: how many answers there are, and what it took, in milliseconds."""

    n: int
    p50: float
    p95: float
    cpu: float


def _measured(server: Server, ask: Ask, total: Callable[[Any], int]) -> Iterator[tuple[str, Asked]]:
    for each in COMPARED:
        if (asked := ask(each)) is None:
            continue
        path, params = asked
        n = total(server.client.get(path, params=params).raise_for_status().json())
        walls: list[float] = []
        worked, begun = server.cpu_s(), time.perf_counter()
        while len(walls) < N_TIMES and (len(walls) < FEWEST or time.perf_counter() - begun < LONGEST_S):
            start = time.perf_counter()
            server.client.get(path, params=params).raise_for_status()
            walls.append(1000.0 * (time.perf_counter() - start))
        cpu = 1000.0 * (server.cpu_s() - worked) / len(walls)
        walls.sort()
        p95 = walls[max(0, -(-95 * len(walls) // 100) - 1)]
        yield each.name, Asked(n=n, p50=statistics.median(walls), p95=p95, cpu=cpu)


def _to_kiban(each: Compared) -> tuple[str, Params]:
    return "/api/v1/records", [("q", each.kiban), ("limit", "50")]


def _to_optimade(each: Compared) -> tuple[str, Params] | None:
    if each.optimade is None:
        return None
    fields = [("page_limit", "50"), ("response_fields", "elements,chemical_formula_reduced,last_modified")]
    return "/v1/structures", [*([("filter", each.optimade)] if each.optimade else []), *fields]


def _to_tiled(each: Compared) -> tuple[str, Params] | None:
    return None if each.tiled is None else ("/api/v1/search/", [*each.tiled, ("page[limit]", "50")])


# What they are given


def _documents(home: Path) -> Iterator[dict[str, Any]]:
    """What each record of a home says, in the words of neither."""
    with opened(home) as of:
        catalog = of.resources.catalog
        records = list(pages(catalog, parse("*"), Visible.of(catalog.scopes())))
    of_sample = {r.id: structure_answers(r) for r in records if r.id == r.sample}
    for record in records:
        said = of_sample.get(record.sample) if record.sample is not None else None
        yield _document(record, said or {})


def _document(record: Record, structure: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    document = record.document
    metadata = document.get("metadata", {})

    def of_structure(name: str) -> list[Any]:
        return list(structure.get(f"structure.{name}", ()))

    return {
        "id": record.pid.removeprefix("kb:"),
        "title": record.title,
        "kind": record.kind.value,
        "created": record.created_at.isoformat(),
        "technique": document.get("technique"),
        "operator": document.get("operator"),
        "instrument": document.get("instrument"),
        "lot": metadata.get("lot"),
        "note": metadata.get("note") or document.get("description", ""),
        "temperature": metadata.get("temperature", {}).get("value"),
        "elements": sorted(of_structure("elements")),
        "nelements": len(of_structure("elements")),
        "fractions": of_structure("elements_ratios"),
        "formula": next(iter(of_structure("chemical_formula_reduced")), None),
        "anonymous": next(iter(of_structure("chemical_formula_anonymous")), None),
    }


# The servers


@contextmanager
def _running(command: list[str], port: int, place: Path, *, environment: dict[str, str], ready: str) -> Iterator[int]:
    """Run a server until the end of the block; gives its process once it answers."""
    with (place / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | environment, cwd=place)
    try:
        _wait(f"http://127.0.0.1:{port}{ready}", process, place / f"{port}.log")
        yield process.pid
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    begun = time.perf_counter()
    while True:
        if process.poll() is not None or time.perf_counter() - begun > _START_S:
            raise SystemExit(f"{address} does not answer: {log.read_text(errors='replace')[-2000:]}")
        try:
            if httpx.get(address, timeout=30.0).status_code < 500:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _environment(name: str, requirement: str, kept: Path) -> Path:
    """An environment with a package in it, made unless it is there; gives the folder of its programs."""
    folder = kept / name
    if not (folder / _FINISHED).exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", requirement], check=True, stdout=sys.stderr)
        (folder / _FINISHED).touch()
    return folder / "bin"


@contextmanager
def _kiban(home: Path, place: Path) -> Iterator[Server]:
    copy, port = place / "home", _free_port()
    # Its files may belong to an account of the server.
    subprocess.run(["cp", "-a", str(home), str(copy)], check=True)
    with opened(copy) as of:
        token = _token_of_who_sees_all(of.resources)
    command = [sys.executable, "-c", "import sys; from kiban.cli.main import main; sys.exit(main())"]
    command += ["up", "--home", str(copy), "--port", str(port)]
    environment = {"KIBAN_REQUESTS_PER_MINUTE": "0"}
    with _running(command, port, place, environment=environment, ready="/api/v1/health") as pid:
        listener = ServerAddress(copy.resolve() / "postgres").listener()
        assert listener is not None
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=120.0) as client:
            yield Server(client=client, pids=(pid, listener))


def _token_of_who_sees_all(resources: Resources) -> str:
    """Give the asker a role in every project, and a token."""
    directory = resources.directory.load()
    person: Person = next(each for each in directory.people.values() if each.login == LOGIN)
    grant = RoleGrant(party=person.id, role=Role.READER, since=NOW)
    changed = [replace(project, grants=(*project.grants, grant)) for project in directory.projects.values()]
    directory = resources.directory.change(changed, by="bench", expected=directory.revision)
    asker = asker_of(directory, person, datetime.now(UTC))
    return make_token(asker, resources, person, "bench", acts={Act.READ})[1]


@contextmanager
def _optimade(documents: list[dict[str, Any]], place: Path, kept: Path) -> Iterator[Server]:
    programs, port = _environment("optimade", OPTIMADE, kept), _free_port()
    lines = place / "structures.jsonl"
    with lines.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"x-optimade": {"meta": {"api_version": "1.2.0"}}}) + "\n")
        file.writelines(json.dumps(_structure(each)) + "\n" for each in documents if each["elements"])
    environment = {
        "OPTIMADE_INSERT_FROM_JSONL": str(lines),
        "OPTIMADE_INSERT_TEST_DATA": "false",
        "OPTIMADE_DATABASE_BACKEND": "mongomock",
        "OPTIMADE_LOG_LEVEL": "warning",
    }
    command = [str(programs / "uvicorn"), "optimade.server.main:app", "--port", str(port), "--log-level", "warning"]
    with (
        _running(command, port, place, environment=environment, ready="/v1/info") as pid,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120.0) as client,
    ):
        yield Server(client=client, pids=(pid,))


def _structure(document: dict[str, Any]) -> dict[str, Any]:
    """As OPTIMADE has it: atoms of each element in a box, for nothing more than the elements is known."""
    symbols = document["elements"]
    n = len(symbols)
    attributes = {
        "last_modified": {"$date": document["created"]},
        "elements": symbols,
        "nelements": n,
        "elements_ratios": document["fractions"],
        "chemical_formula_descriptive": document["formula"] or "".join(symbols),
        "chemical_formula_reduced": document["formula"],
        "chemical_formula_anonymous": document["anonymous"],
        "dimension_types": [1, 1, 1],
        "nperiodic_dimensions": 3,
        "lattice_vectors": [[4.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 4.0]],
        "cartesian_site_positions": [[float(i), 0.0, 0.0] for i in range(n)],
        "nsites": n,
        "species": [{"name": s, "chemical_symbols": [s], "concentration": [1.0]} for s in symbols],
        "species_at_sites": symbols,
        "structure_features": [],
    }
    return {"type": "structures", "id": document["id"], "attributes": attributes}


@contextmanager
def _tiled(documents: list[dict[str, Any]], place: Path, kept: Path) -> Iterator[Server]:
    programs, port, catalog = _environment("tiled", TILED, kept), _free_port(), place / "catalog.db"
    lines = place / "nodes.jsonl"
    with lines.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in documents)
    fill = Path(__file__).with_name("fill_tiled.py")
    subprocess.run([programs / "python", fill, catalog, lines], check=True, stdout=sys.stderr)
    command = [str(programs / "tiled"), "serve", "catalog", str(catalog), "--public", "--api-key", "bench"]
    with (
        _running([*command, "--port", str(port)], port, place, environment={}, ready="/api/v1/") as pid,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120.0) as client,
    ):
        yield Server(client=client, pids=(pid,))
