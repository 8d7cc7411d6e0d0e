"""A record that somebody, or a run, changes while it is gathered is shown as it was read, and as current."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from kiban.operations.resources import Resources
from kiban.operations.samples import change_sample, register_sample
from kiban.operations.show import show
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.sample import Sample
from kiban.records.scope import Visible


class Restless:
    """A catalog in which the sample is changed once more just before its versions are listed."""

    def __init__(self, asker: Asker, resources: Resources) -> None:
        self._asker, self._resources = asker, resources
        self._n = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._resources.catalog, name)

    def versions(self, record: UUID, visible: Visible) -> tuple[Record, ...]:
        self._n += 1
        change_sample(self._asker, self._resources, str(record), {"location": f"shelf {self._n}"})
        return self._resources.catalog.versions(record, visible)


def test_what_is_added_meanwhile_does_not_make_it_an_earlier_version(asker: Asker, resources: Resources) -> None:
    made = register_sample(asker, resources, Sample(name="LTO-7"))
    restless = replace(resources, catalog=Restless(asker, resources))
    shown = show(asker, restless, made.pid)
    assert (shown.record.version, shown.is_earlier) == (1, False)
    assert [each.version for each in shown.versions] == [1]
    # Who asks for that version is told that there are later ones.
    asked = show(asker, restless, made.pid, version=1)
    assert (asked.record.version, asked.is_earlier) == (1, True)
    assert [each.version for each in asked.versions] == [3, 2, 1]
