from __future__ import annotations

from kiban.records.measurement import Analysis
from kiban.standards.nexus import read
from kiban.standards.nexus_export import EXPORT
from kiban.testing.export_examples import exportable, pattern
from kiban.testing.export_suite import ExportSuite


class TestNexusExport(ExportSuite):
    """How the export is read, and what it has more than the file that is kept: see test_nexus_definitions."""

    export = EXPORT


def test_it_says_what_the_file_does_not_know() -> None:
    found = Analysis(name="powder_xrd", version=1, summary="One peak.")
    exported = EXPORT.export(exportable(pattern(), analyses=(found,)))
    assert "powder_xrd" in " ".join(exported.losses)
    assert len(EXPORT.export(exportable(pattern())).losses) == 1
    assert read(exported.content)["two_theta"].unit == "deg"
