from __future__ import annotations

from kiban.records.measurement import Analysis
from kiban.standards.nexus import read
from kiban.standards.nexus_export import EXPORT
from kiban.testing.export_examples import exportable, pattern, sample_record
from kiban.testing.export_suite import ExportSuite


class TestNexusExport(ExportSuite):
    export = EXPORT


def test_it_is_the_file_that_is_kept() -> None:
    given = exportable(pattern())
    exported = EXPORT.export(given)
    assert exported.content == given.normalised
    assert read(exported.content)["two_theta"].unit == "deg"


def test_it_says_what_the_file_does_not_know() -> None:
    found = Analysis(name="powder_xrd", version=1, summary="One peak.")
    given = exportable(pattern(), sample=sample_record("S-7"), analyses=(found,))
    losses = " ".join(EXPORT.export(given).losses)
    assert "S-7" in losses
    assert "powder_xrd" in losses
    assert len(EXPORT.export(exportable(pattern(), sample=sample_record("TiO2-A600"))).losses) == 1
