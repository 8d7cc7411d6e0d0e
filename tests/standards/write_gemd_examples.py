"""Write GEMD files and what should be found in them, for `check_gemd.py`, which runs where the package gemd is.

    python tests/standards/write_gemd_examples.py FOLDER

Files are made of a family of samples with everything in it, of the demo study, deposited for the purpose, and of random
graphs, of which gemd only says whether it would write the same.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings

from kiban.compute.fence import Fence
from kiban.demo.study import make_study
from kiban.errors import UnknownUnit
from kiban.operations.deposit import deposit
from kiban.operations.find import find
from kiban.operations.graph_export import graph_of
from kiban.operations.projects import FIRST_PROJECT
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind
from kiban.quantity.unit import si_unit, spelled_out
from kiban.records.document import from_json
from kiban.records.link import Predicate
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.record import RecordKind
from kiban.standards.graph_contract import GraphExportable
from kiban.standards.graphs.gemd import EXPORT
from kiban.store.object_folder import ObjectFolder
from kiban.testing.graph_examples import family, graphs
from kiban.testing.memory_platform import memory_platform


def expected(graph: GraphExportable) -> dict[str, Any]:
    """What should be found, from the records themselves."""
    pids = {record.id: record.pid for record in graph.records}
    planned = {r.id for r in graph.records if r.document.get("state") == "planned"}
    values: dict[str, list[Any]] = {}
    for fact in graph.facts:
        values.setdefault(pids[fact.evidence], []).append(_in_si(fact.property.value))

    def ties(predicate: Predicate) -> list[Any]:
        found = [link for link in graph.links if link.predicate is predicate and link.subject not in planned]
        return [(pids[link.subject], pids[link.object]) for link in found]

    return {
        "start": graph.start.pid,
        "kinds": {
            kind.value: [r.pid for r in graph.records if r.kind is kind and r.id not in planned] for kind in RecordKind
        },
        "values": values,
        "parameters": {r.pid: _quantities(r.document.get("values"), r.document.get("metadata")) for r in graph.records},
        "meant": {r.pid: _quantities(r.document.get("meant")) for r in graph.records},
        "done": {r.pid: _quantities(r.document.get("done")) for r in graph.records},
        **{predicate.value: ties(predicate) for predicate in Predicate},
    }


def _quantities(*given: Any) -> list[dict[str, Any]]:
    """All quantities and numbers with a fraction in a document, in order."""
    found: list[dict[str, Any]] = []
    for each in given:
        if isinstance(each, float):
            found.append(_in_si(Measured(each, "")))
        elif isinstance(each, list | tuple):
            found += _quantities(*each)
        elif isinstance(each, dict) and {"value", "unit"} <= set(each):
            with contextlib.suppress(UnknownUnit):
                found.append(_in_si(from_json(each, Measured)))
        elif isinstance(each, dict):
            found += _quantities(*each.values())
    return found


def _in_si(value: Measured) -> dict[str, Any]:
    coherent = value.in_si()
    doubt = coherent.uncertainty
    units = spelled_out(si_unit(value.unit))
    for own in ("arbitrary_unit", "log10_molar_absorptivity"):
        units = "dimensionless" if units == own else units.replace(own, "1")
    return {
        "value": coherent.value,
        "units": units,
        "width": doubt.value if doubt is not None and doubt.kind is Kind.RESOLUTION else None,
        "std": doubt.standard if doubt is not None and doubt.kind is not Kind.RESOLUTION else None,
    }


def study_graphs(folder: Path) -> list[GraphExportable]:
    """Of every sample of the demo study."""
    make_study(folder / "files")
    asker = Asker(party="operator", roles={FIRST_PROJECT: Role.OWNER})
    fence = Fence(n_workers=2)
    try:
        resources = memory_platform(ObjectFolder(folder / "objects"), fence)
        for _ in deposit(asker, resources, [folder / "files"]):
            pass
        samples = find(asker, resources, "kind = sample", limit=100).hits
        return [graph_of(asker, resources, sample.id) for sample in samples]
    finally:
        fence.close()


def random_graphs() -> list[GraphExportable]:
    """The same ones each time, with ties that GEMD has no place for."""
    found: list[GraphExportable] = []

    @settings(max_examples=40, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    @given(graph=graphs())
    def collect(graph: GraphExportable) -> None:
        found.append(graph)

    collect()
    return found


def main(folder: Path) -> None:
    """Write them all."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        graphs = [*(family(start=record) for record in family().records), *study_graphs(Path(scratch))]
    manifest: dict[str, Any] = {}
    for number, graph in enumerate(graphs):
        name = f"{number:03d}{EXPORT.suffix}"
        (folder / name).write_bytes(EXPORT.export(graph).content)
        manifest[name] = expected(graph)
    for number, graph in enumerate(random_graphs()):
        name = f"random-{number:03d}{EXPORT.suffix}"
        (folder / name).write_bytes(EXPORT.export(graph).content)
        manifest[name] = None
    (folder / "expected.json").write_text(json.dumps(manifest), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
