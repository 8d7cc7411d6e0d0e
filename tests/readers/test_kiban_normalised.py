"""Our own normalised files as deposited files: the Reading comes back equal, and nothing else is let in."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, ClassVar

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from kiban.errors import DamagedFile, HostileFile, KibanError, LimitExceeded, UnsupportedVariant
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Origin
from kiban.readers.kiban_normalised import READER
from kiban.readers.recognise import choose
from kiban.readers.source import Limits, Source
from kiban.records.reading import Reading, Role, Variable
from kiban.standards import nexus
from kiban.testing.reader_suite import ReaderSuite
from kiban.testing.reading_strategies import readings

X = np.linspace(0, 1, 50)
EXAMPLE = Reading(
    technique="raman",
    title="film 7",
    variables=(
        Variable(name="x", series=Series(X, "1/cm"), dimensions=("x",), role=Role.AXIS),
        Variable(
            name="intensity",
            series=Series(X * 3, "count", Uncertainties(values=np.array([0.5]), origin=Origin.FILE)),
            dimensions=("x",),
        ),
    ),
    header={"a": [1, {"b": "µ"}]},
    sample_name="7",
    doubts=("a doubt",),
)
CONTENT = nexus.write(EXAMPLE, provenance={"reader": "test"})


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {"spectrum": CONTENT}


def assert_same(one: Reading, other: Reading) -> None:
    for name in ("technique", "title", "sample_name", "operator", "instrument", "started_at", "doubts"):
        assert getattr(one, name) == getattr(other, name)
    assert dict(one.header) == dict(other.header)
    assert dict(one.metadata) == dict(other.metadata)
    assert len(one.variables) == len(other.variables)
    for a, b in zip(one.variables, other.variables, strict=True):
        assert (a.name, a.dimensions, a.role, a.label) == (b.name, b.dimensions, b.role, b.label)
        assert a.series.unit == b.series.unit
        assert a.series.values.dtype == b.series.values.dtype
        assert np.array_equal(a.series.values, b.series.values, equal_nan=a.series.values.dtype.kind in "fc")
        assert (a.series.uncertainty is None) == (b.series.uncertainty is None)
        if a.series.uncertainty is not None and b.series.uncertainty is not None:
            assert a.series.uncertainty.kind == b.series.uncertainty.kind
            assert np.array_equal(a.series.uncertainty.values, b.series.uncertainty.values, equal_nan=True)


@given(reading=readings())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
def test_every_reading_comes_back_equal(reading: Reading) -> None:
    try:
        content = nexus.write(reading, provenance={})
    except KibanError:
        return
    source = Source(content, name="a.nxs")
    assert choose(source).reader is READER
    axes = [v.series.values for v in reading.variables if v.role is Role.AXIS]
    if not reading.title or not all(reading.doubts):
        with pytest.raises(DamagedFile, match="is empty"):
            READER.read(source)
        return
    if not all(np.isfinite(values).all() for values in axes):
        # No reader makes such a Reading: then bytes have changed.
        with pytest.raises(DamagedFile, match="is not finite"):
            READER.read(source)
        return
    (found,) = READER.read(source)
    assert_same(found, reading)


def changed(change: Any) -> bytes:
    content = io.BytesIO(CONTENT)
    with h5py.File(content, "r+") as file:
        change(file)
    return content.getvalue()


def test_what_kiban_never_writes_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["x"] = X

    def link(file: Any) -> None:
        del file["entry/data/x"]
        file["entry/data/x"] = h5py.ExternalLink(str(secret), "/x")

    def soft(file: Any) -> None:
        file["entry/more"] = h5py.SoftLink("/entry/data/x")

    def virtual(file: Any) -> None:
        layout = h5py.VirtualLayout(shape=(50,), dtype=float)
        layout[:] = h5py.VirtualSource(str(secret), "x", shape=(50,))
        file["entry/data"].create_virtual_dataset("more", layout)

    def bomb(file: Any) -> None:
        file.create_dataset("entry/data/more", data=np.zeros(20_000_000), chunks=(1_000_000,), compression="gzip")

    for change in (link, soft, virtual, bomb):
        with pytest.raises(HostileFile):
            READER.read(Source(changed(change), name="a.nxs"))

    def never_written(file: Any) -> None:
        del file["entry/reading/doubts"]
        file.create_dataset("entry/reading/doubts", shape=(1 << 20, 3), dtype=float)

    with pytest.raises(HostileFile, match=r"2516\d+ bytes of numbers that were never written"):
        READER.read(Source(changed(never_written), name="a.nxs"))

    def complex_uncertainties(file: Any) -> None:
        made = file.create_dataset("entry/data/more", data=X * 1j)
        for name in ("uncertainty_of", "kind", "origin", "probability_distribution"):
            made.attrs[name] = "x"

    with pytest.raises(DamagedFile, match="are complex128"):
        READER.read(Source(changed(complex_uncertainties), name="a.nxs"))

    def numbers(file: Any) -> None:
        del file["entry/reading/doubts"]
        file["entry/reading/doubts"] = np.array([1 << 40])

    with pytest.raises(DamagedFile, match="a text was expected in /entry/reading/doubts; it holds int64"):
        READER.read(Source(changed(numbers), name="a.nxs"))

    def references(file: Any) -> None:
        file.create_dataset("entry/data/more", shape=(3,), dtype=h5py.ref_dtype)

    with pytest.raises(DamagedFile, match="which Kiban never writes"):
        READER.read(Source(changed(references), name="a.nxs"))

    def pieces(file: Any) -> None:
        file["entry/data"].create_dataset("more", shape=(1 << 16,), dtype=np.uint8, chunks=(1,), maxshape=(None,))[
            0
        ] = 1

    with pytest.raises(LimitExceeded, match="65536 pieces"):
        READER.read(Source(changed(pieces), name="a.nxs"))

    def huge(file: Any) -> None:
        file.create_dataset("entry/data/more", shape=(2**40,), dtype=float, chunks=(64,))

    with pytest.raises(LimitExceeded, match="promises"):
        READER.read(Source(changed(huge), name="a.nxs"))
    with pytest.raises(LimitExceeded):
        READER.read(Source(CONTENT, name="a.nxs", limits=Limits(whole_bytes=100)))


def test_texts_of_variable_length_are_read_as_exports_have_them() -> None:
    def lengthen(file: Any) -> None:
        for name in ("title", "reading/header", "reading/doubts"):
            texts = file["entry"][name][()]
            del file["entry"][name]
            file["entry"].create_dataset(name, data=texts, dtype=h5py.string_dtype())

    (found,) = READER.read(Source(changed(lengthen), name="a.nxs"))
    (reading,) = READER.read(Source(CONTENT, name="a.nxs"))
    assert_same(found, reading)


def test_a_layout_of_another_version_is_refused_by_name() -> None:
    content = changed(lambda file: file.attrs.__setitem__("kiban_layout", 99))
    with pytest.raises(UnsupportedVariant, match="layout"):
        READER.read(Source(content, name="a.nxs"))
    with pytest.raises(DamagedFile):
        READER.read(Source(CONTENT[:900], name="a.nxs"))
    with pytest.raises(DamagedFile):
        READER.read(Source(b"", name="a.nxs"))
