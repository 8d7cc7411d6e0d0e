"""Tests that every export of data sets passes: subclass it and say which export it is about."""

from __future__ import annotations

import io

import pytest

from kiban.standards.dataset_contract import DatasetExport, DatasetExportable
from kiban.testing.dataset_examples import full, small, withdrawn


class DatasetExportSuite:
    """What an export of data sets promises."""

    export: DatasetExport

    def written(self, given: DatasetExportable) -> bytes:
        """The bytes of the file."""
        out = io.BytesIO()
        self.export.export(given, out)
        return out.getvalue()

    @pytest.mark.parametrize("make", [full, small, withdrawn])
    def test_the_same_data_set_gives_the_same_bytes(self, make: object) -> None:
        given = make()  # type: ignore[operator]
        assert self.written(given) == self.written(given) != b""

    def test_losses_are_sentences(self) -> None:
        for given in (full(), small(), withdrawn()):
            for loss in self.export.export(given, io.BytesIO()):
                assert loss.strip()
                assert loss.endswith("."), loss

    def test_it_has_a_name_and_a_suffix(self) -> None:
        assert self.export.name.isidentifier()
        assert self.export.suffix.startswith(".")
        assert "/" in self.export.media_type
