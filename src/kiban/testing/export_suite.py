"""What every export must pass, whatever its standard.

class TestMyStandard(ExportSuite):
    export = EXPORT
"""

from __future__ import annotations

import re
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings

from kiban.errors import NotExportable
from kiban.records.reading import Reading
from kiban.standards.contract import Export
from kiban.testing.export_examples import EXAMPLES, exportable, sample_record
from kiban.testing.reading_strategies import readings
from kiban.testing.rights_examples import RIGHTS, untold

_HEADINGS = ("What is carried", "What is lost", "Source")


class ExportSuite:
    """Subclass it; pytest runs the inherited tests."""

    export: ClassVar[Export]

    def test_it_describes_itself(self) -> None:
        assert isinstance(self.export, Export)
        assert re.fullmatch(r"[a-z][a-z0-9_]*", self.export.name)
        assert self.export.title
        assert self.export.suffix.startswith(".")
        assert re.fullmatch(r"[\w.+-]+/[\w.+-]+", self.export.media_type)
        module = __import__(type(self.export).__module__, fromlist=["__doc__"])
        for heading in _HEADINGS:
            assert f"\n{heading}\n" in (module.__doc__ or ""), f"the module docstring lacks the heading {heading}"

    def test_it_takes_one_of_the_examples_at_least(self) -> None:
        assert any(self.export.obstacle(exportable(make()).measurement) is None for make in EXAMPLES.values())

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_the_same_measurement_gives_the_same_bytes(self, name: str) -> None:
        one, other = (exportable(EXAMPLES[name](), sample=sample_record("S-1")) for _ in range(2))
        if self.export.obstacle(one.measurement) is None:
            assert self.export.export(one) == self.export.export(other)

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_what_has_an_obstacle_is_refused(self, name: str) -> None:
        example = exportable(EXAMPLES[name]())
        if (obstacle := self.export.obstacle(example.measurement)) is not None:
            assert obstacle.endswith(".")
            with pytest.raises(NotExportable) as caught:
                self.export.export(example)
            assert caught.value.mend

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_the_rights_in_the_record_are_in_the_file_or_told_as_losses(self, name: str) -> None:
        given = exportable(EXAMPLES[name](), rights=RIGHTS)
        if self.export.obstacle(given.measurement) is None:
            exported = self.export.export(given)
            assert untold(RIGHTS, exported.content, exported.losses) == ()

    def test_it_works_without_the_raw_file_s_entry(self) -> None:
        for make in EXAMPLES.values():
            given = exportable(make(), file=None, raw=None)
            if self.export.obstacle(given.measurement) is None:
                assert self.export.export(given).content

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(reading=readings())
    def test_any_reading_is_exported_or_refused(self, reading: Reading) -> None:
        example = exportable(reading)
        refusal: NotExportable | None = None
        try:
            exported = self.export.export(example)
        except NotExportable as e:
            refusal = e
        if refusal is not None:
            assert refusal.fault
            assert refusal.mend
            return
        assert self.export.obstacle(example.measurement) is None
        assert exported.content
        for loss in exported.losses:
            assert loss[0].isupper() or not loss[0].isalpha(), loss
            assert loss.endswith("."), loss
