"""Scienta SES text: the real file against the Igor wave of the same region, and each variant in small."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.recognise import read
from kiban.readers.scienta_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

ENERGIES = ("138", "138.05", "138.1", "138.15")
ROWS = ("1.38E+02 13", "1.3805E+02 0", "1.381E+02 144", "1.3815E+02 7")
INFO = {
    "Region Name": "Ag3d",
    "Lens Mode": "Angular30",
    "Pass Energy": "50",
    "Number of Sweeps": "2",
    "Excitation Energy": "520",
    "Energy Scale": "Kinetic",
    "Acquisition Mode": "Swept",
    "Energy Step": "0.05",
    "Instrument": "R3000",
    "Location": "Lab",
    "User": "A. Person",
    "Sample": "Ag",
    "Comments": "first;",
    "Date": "2023-03-08",
    "Time": "15:24:35",
    "Time per Spectrum Channel": "45.066",
    "DetectorMode": "Pulse Counting",
}
Axis = tuple[str, Sequence[str]]


def region(
    number: int = 1,
    blocks: Sequence[tuple[str, Sequence[str]]] = (("", ROWS),),
    *,
    dimensions: Sequence[Axis] = (("Kinetic Energy [eV]", ENERGIES),),
    sizes: Sequence[int] | None = None,
    **changes: str | None,
) -> str:
    info = {key: value for key, value in (INFO | changes).items() if value is not None}
    lines = [f"[Region {number}]", f"Region Name={info.get('Region Name', '')}"]
    for n, (name, scale) in enumerate(dimensions, 1):
        size = len(scale) if sizes is None else sizes[n - 1]
        lines += [f"Dimension {n} name={name}", f"Dimension {n} size={size}"]
        lines += [f"Dimension {n} scale={' '.join(scale)}", ""]
    lines += [f"[Info {number}]", *(f"{key}={value}" for key, value in info.items())]
    lines += [f"[Run Mode Information {number}]", "Name=Normal", "a row", ""]
    for place, rows in blocks:
        lines += [f"[Data {number}{place}]", *(f" {row}" for row in rows), ""]
    return "\n".join(lines)


def file(*regions: str, promised: int | None = None) -> str:
    n = len(regions) if promised is None else promised
    return "\n".join(["[Info]", f"Number of Regions={n:04d}", "Version=1.3.1", "", *regions, ""])


def of(text: str) -> list[Reading]:
    return READER.read(Source(text.encode("utf-8"), name="a.txt"))


def only(text: str) -> Reading:
    (reading,) = of(text)
    return reading


ANGLES = ("-1", "0", "1.5")
FLAT = region(
    blocks=[("", [f"{energy} {n} {n + 10} {n + 20}" for n, energy in enumerate(ENERGIES)])],
    dimensions=[("Kinetic Energy [eV]", ENERGIES), ("Y-Scale [deg]", ANGLES)],
)
CUBE = region(
    blocks=[
        (f":{k}", [f"{energy} {n + 100 * k} {n + 10} {n + 20}" for n, energy in enumerate(ENERGIES)]) for k in (1, 2)
    ],
    dimensions=[("Kinetic Energy [eV]", ENERGIES), ("Y-Scale [deg]", ANGLES), ("Theta [deg]", ("0", "0.5"))],
)
PLAIN = file(region())


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "one region": PLAIN.encode(),
        "CRLF": PLAIN.replace("\n", "\r\n").encode(),
        "byte-order mark": PLAIN.encode("utf-8-sig"),
        "two regions": file(region(), region(2)).encode(),
        "two dimensions": file(FLAT).encode(),
        "three dimensions": file(CUBE).encode(),
        "decimal commas": PLAIN.replace(".", ",").encode(),
        "CP932": file(region(Sample="銀の箔")).encode("cp932"),
    }


def test_a_region_is_read_with_all_that_is_stated() -> None:
    reading = only(PLAIN)
    assert reading.technique == "photoemission"
    assert reading.title == "Ag: Ag3d"
    assert [(v.name, v.role, v.dimensions, v.label) for v in reading.variables] == [
        ("kinetic_energy", Role.AXIS, ("kinetic_energy",), "Kinetic Energy [eV]"),
        ("intensity", Role.SIGNAL, ("kinetic_energy",), ""),
    ]
    assert reading["kinetic_energy"].unit == "eV"
    assert reading["kinetic_energy"].values.tolist() == [138, 138.05, 138.1, 138.15]
    assert reading["intensity"].values.tolist() == [13, 0, 144, 7]
    assert reading["intensity"].unit == "count"
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, [13**0.5, 1, 12, 7**0.5])
    assert (reading.sample_name, reading.operator, reading.instrument) == ("Ag", "A. Person", "R3000")
    assert reading.started_at == datetime(2023, 3, 8, 15, 24, 35)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Scienta Omicron",
        "model": "R3000",
        "institution": "Lab",
        "species": "Ag3d",
        "lens_mode": "Angular30",
        "scan_mode": "Swept",
        "signal_mode": "Pulse Counting",
        "energy_scale": "Kinetic",
        "comment": "first",
        "pass_energy": Measured(50.0, "eV"),
        "incident_energy": Measured(520.0, "eV"),
        "step": Measured(0.05, "eV"),
        "count_time": Measured(45.066, "s"),
        "n_scans": 2,
    }
    assert reading.header["Run Mode Information"] == {"Name": "Normal", "#text": ["a row"]}
    definition = reading.header["Region"]
    assert isinstance(definition, dict)
    assert definition["Dimension 1 size"] == "4"


@pytest.mark.parametrize(
    ("name", "scale", "expected"),
    [
        ("Binding Energy [eV]", "Kinetic", "binding_energy"),
        ("Kinetic Energy [eV]", "Binding", "kinetic_energy"),
        ("[eV]", "Binding", "binding_energy"),
        ("eV", "Kinetic", "kinetic_energy"),
        ("", "", "energy"),
    ],
)
def test_the_axis_that_the_file_has_is_given(name: str, scale: str, expected: str) -> None:
    reading = only(file(region(dimensions=[(name, ENERGIES)], **{"Energy Scale": scale})))
    assert reading.axis is not None
    assert reading.axis.name == expected
    assert reading.axis.series.values[0] == 138


@pytest.mark.parametrize(
    ("mode", "rows"), [("ADC", ROWS), ("Pulse Counting", tuple(row.replace("144", "144.5") for row in ROWS))]
)
def test_what_was_not_counted_has_no_unit(mode: str, rows: tuple[str, ...]) -> None:
    reading = only(file(region(blocks=[("", rows)], DetectorMode=mode)))
    assert reading["intensity"].unit == ""
    assert reading["intensity"].uncertainty is None
    assert "does not state the unit" in reading.doubts[0]


def test_two_dimensions() -> None:
    reading = only(file(FLAT))
    assert [(v.name, v.dimensions) for v in reading.variables] == [
        ("kinetic_energy", ("kinetic_energy",)),
        ("y_scale", ("y_scale",)),
        ("intensity", ("y_scale", "kinetic_energy")),
    ]
    assert reading["y_scale"].unit == "deg"
    assert reading["y_scale"].values.tolist() == [-1, 0, 1.5]
    assert reading["intensity"].values.tolist() == [[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]]


def test_three_dimensions() -> None:
    reading = only(file(CUBE))
    assert reading.variables[-1].dimensions == ("theta", "y_scale", "kinetic_energy")
    assert reading["intensity"].shape == (2, 3, 4)
    assert reading["intensity"].values[:, 0, 0].tolist() == [100, 200]
    assert reading["theta"].values.tolist() == [0, 0.5]


def test_regions_are_readings() -> None:
    readings = of(file(region(), region(2, **{"Region Name": "C1s"})))
    assert [r.title for r in readings] == ["Ag: Ag3d", "Ag: C1s"]


def test_an_axis_that_turns_round_is_doubted() -> None:
    flat = FLAT.replace("scale=-1 0 1.5", "scale=-1 1.5 0")
    assert "y_scale neither rises nor falls" in only(file(flat)).doubts[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (file(region(), promised=2), "2 regions are promised, 1 follow"),
        (file(region(sizes=[5])), "dimension 1 promises 5 points, its scale has 4"),
        (file(region(blocks=[("", ROWS[:3])])), "4 rows of 2 numbers are promised; 3 of 2 follow"),
        (file(region(blocks=[("", [f"{row} 1" for row in ROWS])])), "4 of 3 follow"),
        (file(region(blocks=[])), "1 blocks of data are promised, 0 follow"),
        (file(CUBE).partition("[Data 1:2]")[0], "2 blocks of data are promised, 1 follow"),
        (PLAIN.replace("1.381E+02", "1.382E+02"), "has 138.1 as energy of row 3; the row begins with 138.2"),
        (PLAIN.replace("144", "14x4"), "'14x4' was found"),
        (PLAIN.replace("144", "nan"), "'nan' was found"),
        (PLAIN.replace("138.1 ", "138.x "), "'138.x' was found"),
        (file(region(dimensions=[])), "has no dimension"),
        (file(CUBE.replace("138.1 202", "138.10001 202")), "energies differ from block to block"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_no_regions_are_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(file())
    with pytest.raises(NothingMeasured):
        of(file(region(dimensions=[("Kinetic Energy [eV]", ())], blocks=[("", ())])))


@given(
    counts=st.lists(st.lists(st.integers(0, 10**6), min_size=3, max_size=3), min_size=1, max_size=20),
    start=st.integers(0, 1400),
)
def test_what_is_written_is_read(counts: list[list[int]], start: int) -> None:
    energies = [f"{start + 0.5 * n:.1f}" for n in range(len(counts))]
    rows = [f"{energy} {' '.join(map(str, row))}" for energy, row in zip(energies, counts, strict=True)]
    shape = [("Kinetic Energy [eV]", energies), ("Y-Scale [mm]", ANGLES)]
    reading = only(file(region(blocks=[("", rows)], dimensions=shape)))
    assert reading["intensity"].values.T.tolist() == counts


def test_other_text_is_not_claimed() -> None:
    for text in (b"[Info]\nName=x\n", b"Number of Regions=1\n[Info]\n", b"[Data 1]\n"):
        assert READER.recognise(Source(text)) is None
    claim = READER.recognise(Source(PLAIN.encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN


def test_the_real_file_has_the_numbers_of_the_igor_wave(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("xps/Ag_0001.txt")))
    assert choice.reader is READER
    _, (wave,) = read(Source(shared("xps/Ag_0001Ag__001.ibw")))
    np.testing.assert_allclose(reading["binding_energy"].values, wave["binding_energy"].values)
    np.testing.assert_allclose(reading["intensity"].values, wave["intensity"].values, rtol=1e-14)
    assert reading["intensity"].values[[0, -1]].tolist() == [15.7494897842407, 13.1949939727783]
    assert reading.started_at == wave.started_at
    same = {name: value for name, value in wave.metadata.items() if name != "software"}
    assert dict(reading.metadata) == same
