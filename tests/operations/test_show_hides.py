"""A record that may be seen does not tell the identifiers of others that may not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kiban.operations.deposit import deposit
from kiban.operations.resources import Resources
from kiban.operations.show import show
from kiban.operations.show_as_json import shown_as_json
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.record import Record
from kiban.records.scope import Tier
from kiban.store.catalog import Batch
from kiban.testing.catalog_examples import Laboratory


def test_samples_that_it_may_be_of_are_named_where_they_are_seen(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    (inbox / "run.csv").write_text("T (K),R (ohm)\n" + "".join(f"{n},{n}.5\n" for n in range(9)))
    [outcome] = deposit(asker, resources, [inbox / "run.csv"])
    lab = Laboratory(resources.catalog, project=resources.project)
    hidden, seen = (lab.sample(f"{tier} one", scope=lab.scope(tier).number) for tier in (Tier.CLOSED, Tier.OPEN))
    record: Record = show(asker, resources, str(outcome.measurement)).record
    told = {**record.document, "candidates": [hidden.pid, seen.pid]}
    changed = replace(record, version=2, scope=lab.scope(Tier.OPEN).number, document=told)
    with resources.catalog.writing(resources.visible(asker), project=resources.project) as writing:
        writing.add(Batch(records=(hidden, seen, changed)))
    assert show(asker, resources, record.pid).record.document["candidates"] == [hidden.pid, seen.pid]
    stranger = shown_as_json(show(ANONYMOUS, resources, record.pid))
    assert stranger["document"]["candidates"] == [seen.pid]
    assert hidden.pid not in str(stranger)
