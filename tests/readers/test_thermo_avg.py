"""Dumps of Avantage: each kind of DataSpace in small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.source import Source
from kiban.readers.thermo_avg import READER
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

HEAD = """;Dump of DataSpace 'C:\\data\\{title}.VGD'
$FORMAT=4
$PROPERTIES=SUM
DS_EXT_SUPROPID_TITLE       : VT_BSTR = '{title}'
DS_EXT_SUPROPID_AUTHOR      : Author : VT_BSTR = 'Meyer'
DS_EXT_SUPROPID_CREATED     : VT_DATE = {date}
$PROPERTIES=STD
DS_GEPROPID_INSTRUMENT                      : VT_BSTR = 'K-Alpha+'
DS_GEPROPID_VALUE_LABEL                     : VT_BSTR = 'Counts'
DS_GEPROPID_VALUE_UNIT                      : VT_BSTR = ''
DS_SOPROPID_ENERGY                          : VT_R4   = 1486.680054
DS_ACPROPID_EV_SCALE                        : VT_I2   = 1
DS_ACPROPID_ACQ_TIME                        : VT_R4   = 0.050000
DS_ANPROPID_PASS                            : VT_R4   = 50.000000
DS_ANPROPID_LENS_MODE_NAME                  : VT_BSTR = 'Standard'
"""
ENERGY = "0=    1188.600000,       0.100000,        6,  ENERGY,   LINEAR,  'E',   'eV',    'Energy'"


def space(
    data_axes: Sequence[str], space_axes: Sequence[str], blocks: Sequence[tuple[str, Sequence[str], float]]
) -> str:
    lines = [f"$DATAAXES={len(data_axes)},#empty#", *(f"    {n}= {axis}" for n, axis in enumerate(data_axes))]
    lines += [f"$SPACEAXES={len(space_axes)}", *(f"    {axis}" for axis in space_axes)]
    for place, values, base in blocks:
        lines += [*values, f"$DATA=*{place}"]
        lines += [f"LIST@ {at:3d}=  " + ",  ".join(f"{base + at + k:.6f}" for k in range(3)) for at in (0, 3)]
    return "\n".join(lines) + "\n"


def head(title: str = "C1s Scan", date: str = "24/8/2026   19:10:01") -> str:
    return HEAD.format(title=title, date=date)


SINGLE = head() + space(["0, 5, 1"], [ENERGY], [("", (), 100.0)])
PROFILE = head("Al2p Profile") + space(
    ["0, 5, 1", "0, 2, 2"],
    [
        ENERGY,
        "1= 0.0, 5.0, 3, ETCHTIME, NON-LINEAR, 't', 's', 'Etch Time'",
        "2= 0.0, 1.0, 3, ETCHLEVEL, LINEAR, 'l', '', 'Etch Level'",
    ],
    [
        (
            f",{k}",
            (
                f"$AXISVALUE= DATAXIS=1 SPACEAXIS=1 LABEL='Etch Time' POINT={k} VALUE={t:f};",
                f"$AXISVALUE= DATAXIS=1 SPACEAXIS=2 LABEL='Etch Level' POINT={k} VALUE={k:f};",
            ),
            100.0 * k,
        )
        for k, t in enumerate((0.0, 5.0, 12.5))
    ],
)
MAP_AXES = [
    ENERGY,
    "1= -20.0, 20.0, 3, X, LINEAR, 'X', 'µm', 'X'",
    "2= -10.0, 20.0, 2, Y, LINEAR, 'Y', 'µm', 'Y'",
]
MAP = head("C1s Map") + space(
    ["0, 5, 1", "0, 2, 1", "0, 1, 1"],
    MAP_AXES,
    [(f",{x},{y}", (), 1000.0 * y + 100 * x) for y in range(2) for x in range(3)],
)
POINTS = head("C1s Points") + space(
    ["0, 5, 1", "0, 1, 1"],
    [ENERGY, "1= 1.0, 1.0, 2, POSITION, LINEAR, 'P', '', 'Position'"],
    [
        (f",{k}", (f"$AXISVALUE= DATAXIS=1 SPACEAXIS=1 LABEL='Position' POINT={k} VALUE='Sample {k}';",), 10.0 * k)
        for k in range(2)
    ],
)


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode("cp1252"), name="x.avg"))
    return reading


class TestThermoAvg(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "single, CRLF": SINGLE.replace("\n", "\r\n").encode(),
        "profile": PROFILE.encode(),
        "map, CP1252": MAP.encode("cp1252"),
        "named points": POINTS.encode(),
    }


def test_a_spectrum_keeps_its_kinetic_energies() -> None:
    reading = of(SINGLE)
    assert reading.technique == "xps"
    assert reading.title == "C1s Scan"
    assert reading.operator == "Meyer"
    assert reading.instrument == "K-Alpha+"
    np.testing.assert_allclose(reading["kinetic_energy"].values, 1188.6 + 0.1 * np.arange(6))
    assert reading["kinetic_energy"].unit == "eV"
    assert reading["intensity"].values.tolist() == [100, 101, 102, 103, 104, 105]
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].uncertainty is not None
    assert reading["intensity"].uncertainty.standard[0] == 10
    assert reading.metadata["pass_energy"] == Measured(50.0, "eV")
    assert reading.metadata["incident_energy"] == Measured(1486.680054, "eV")
    assert reading.started_at is not None
    assert reading.started_at.isoformat() == "2026-08-24T19:10:01"
    assert reading.doubts == ()


def test_a_date_that_can_be_read_in_two_ways_is_left_open() -> None:
    reading = of(head(date="12/5/2008   17:34:00") + SINGLE.partition("'Standard'\n")[2])
    assert reading.started_at is None
    assert reading.header["DS_EXT_SUPROPID_CREATED"] == "12/5/2008   17:34:00"


@pytest.mark.parametrize(("scale", "name"), [("2", "binding_energy"), ("7", "energy")])
def test_the_scale_of_the_energy_is_what_the_file_says(scale: str, name: str) -> None:
    reading = of(SINGLE.replace("VT_I2   = 1", f"VT_I2   = {scale}"))
    assert reading.axis is not None
    assert reading.axis.name == name
    assert bool(reading.doubts) == (name == "energy")


def test_a_profile_lies_along_the_time_of_etching() -> None:
    reading = of(PROFILE)
    assert reading["etch_time"].values.tolist() == [0.0, 5.0, 12.5]
    assert reading["etch_time"].unit == "s"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables[1:]] == [
        ("etch_time", Role.AXIS, ("etch_time",)),
        ("etch_level", Role.AUXILIARY, ("etch_time",)),
        ("intensity", Role.SIGNAL, ("etch_time", "kinetic_energy")),
    ]
    assert reading["intensity"].values[2].tolist() == [200, 201, 202, 203, 204, 205]


def test_a_map_has_rows_columns_and_energies() -> None:
    reading = of(MAP)
    assert reading.variables[-1].dimensions == ("position_y", "position_x", "kinetic_energy")
    assert reading["position_x"].values.tolist() == [-20.0, 0.0, 20.0]
    assert reading["position_x"].unit == "um"
    assert reading["intensity"].values[1, 2, 0] == 1200.0


def test_a_spectrum_that_is_missing_is_not_zero() -> None:
    whole = of(MAP)["intensity"].values
    cut = MAP.rpartition("$DATA=*,2,1")[0]
    reading = of(cut)
    assert np.isnan(reading["intensity"].values[1, 2]).all()
    np.testing.assert_array_equal(reading["intensity"].values[0], whole[0])
    assert "1 of 6 spectra" in reading.doubts[0]
    assert reading["intensity"].uncertainty is None


def test_points_with_names_are_numbered_and_named_in_the_header() -> None:
    reading = of(POINTS)
    assert reading["point_1"].values.tolist() == [1, 2]
    assert reading.header["$AXISVALUE"] == {"1": {"0": "Sample 0", "1": "Sample 1"}}


@pytest.mark.parametrize(
    ("text", "old", "new", "fault"),
    [
        (SINGLE, "103.000000", "10x", "'10x' was found"),
        (SINGLE, "LIST@   3=", "LIST@   4=", "values inside the axis"),
        (SINGLE, "        6,  ENERGY", "        7,  ENERGY", "promises 7 points, the data have 6"),
        (SINGLE, "0, 5, 1", "0, 5, 2", "2 space axes belong"),
        (SINGLE, "0, 5, 1", "0, 99999999, 1", "it has 100000000"),
        (MAP, "0, 5, 1", "0, 999, 1", "more values than the file can hold"),
        (MAP, "0, 2, 1", "0, 400, 1", "802 spectra, 6 follow"),
        (MAP, "$DATA=*,2,1", "$DATA=*,3,1", "a place in 3 axes"),
        (MAP, "$DATA=*,2,1", "$DATA=*,1,1", "come twice"),
        (MAP, "$DATA=*,2,1", "$DATA=*,2", "a place in 3 axes"),
    ],
)
def test_what_contradicts_itself_is_refused(text: str, old: str, new: str, fault: str) -> None:
    assert old in text
    with pytest.raises(DamagedFile, match=fault):
        of(text.replace(old, new))


def test_images_and_tables_are_refused_by_name() -> None:
    with pytest.raises(UnsupportedVariant, match="it is X"):
        of(SINGLE.replace("ENERGY,   LINEAR", "X,   LINEAR"))


def test_an_empty_dataspace_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(head() + "$DATAAXES=0,#empty#\n")
