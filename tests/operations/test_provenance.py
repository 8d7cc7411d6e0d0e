"""Where records come from and what came of them, through samples, processes, measurements and values."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.errors import RecordNotFound
from kiban.operations.deposit import deposit
from kiban.operations.find import find
from kiban.operations.processes import record_process
from kiban.operations.provenance import Provenance, provenance
from kiban.operations.resources import Resources
from kiban.operations.samples import divide_sample, register_sample
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.process import Process
from kiban.records.provenance import Direction
from kiban.records.sample import Sample

from .test_reread import JCAMP

BACK, FORWARD = Direction.BACK, Direction.FORWARD


@pytest.fixture(name="study")
def _study(asker: Asker, resources: Resources, inbox: Path) -> dict[str, str]:
    """A batch, two pieces, one of them annealed, and a spectrum of what came out of that: identifiers by title."""
    batch = register_sample(asker, resources, Sample(name="batch", formula="TiO2"))
    left, right = divide_sample(asker, resources, batch.pid, ["left", "right"])
    run = record_process(asker, resources, Process(name="run"), inputs=[left.pid], outputs=[Sample(name="annealed")])
    (inbox / "film.jdx").write_bytes(JCAMP)
    list(deposit(asker, resources, [inbox / "film.jdx"], sample="annealed"))
    (scan,) = find(asker, resources, "kind = measurement").hits
    return {"batch": batch.pid, "left": left.pid, "right": right.pid, "run": run.process.pid, "scan": scan.id}


def titles(found: Provenance) -> dict[str, int]:
    return {step.record.title: step.depth for step in found.steps}


def test_a_measurement_is_followed_back_to_its_batch(asker: Asker, resources: Resources, study: dict[str, str]) -> None:
    found = provenance(asker, resources, study["scan"], direction=BACK)
    scan = next(step.record.title for step in found.steps if step.depth == 0)
    assert titles(found) == {scan: 0, "annealed": 1, "run": 2, "left": 2, "batch": 3}
    assert {link.predicate.value for link in found.links} == {"measured", "made_by", "used", "derived_from", "part_of"}
    assert {fact.evidence for fact in found.facts} == {found.steps[0].record.id}


def test_a_batch_is_followed_forward_to_its_values(asker: Asker, resources: Resources, study: dict[str, str]) -> None:
    found = provenance(asker, resources, study["batch"], direction=FORWARD)
    by_title = {k: v for k, v in titles(found).items() if k in {"batch", "left", "right", "run", "annealed"}}
    assert by_title == {"batch": 0, "left": 1, "right": 1, "run": 2, "annealed": 2}
    assert {fact.property.term for fact in found.facts} == {"wavenumber"}
    assert provenance(asker, resources, study["batch"], direction=FORWARD, most=3).is_cut
    assert provenance(asker, resources, study["left"], direction=BACK).facts == ()


def test_what_may_not_be_seen_is_not_there(resources: Resources, study: dict[str, str]) -> None:
    with pytest.raises(RecordNotFound):
        provenance(ANONYMOUS, resources, study["batch"], direction=BACK)
