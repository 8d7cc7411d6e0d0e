"""MSA/EMSA: the real files with the figures read off them, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable
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
from kiban.readers.msa import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

HEAD = {
    "FORMAT": "EMSA/MAS Spectral Data File",
    "VERSION": "1.0",
    "TITLE": "NiO",
    "DATE": "01-OCT-1991",
    "TIME": "12:34:56",
    "OWNER": "A. Person",
    "NPOINTS": "4.",
    "NCOLUMNS": "1.",
    "XUNITS": "eV",
    "YUNITS": "Counts",
    "DATATYPE": "Y",
    "XPERCHAN": "10.",
    "OFFSET": "-20.",
    "CHOFFSET": "2.",
    "SIGNALTYPE": "EDS",
    "XLABEL": "X-RAY ENERGY",
    "YLABEL": "X-RAY INTENSITY",
    "BEAMKV   -kV": "120.0",
    "LIVETIME  -s": "100.",
    "ELEVANGLE-dg": "20.",
    "SOLIDANGL-sR": "0.13",
    "TAUWIND  -cm": "2.0 E-06",
    "XPOSITION": "123.",
    "EDSDET": "SIWLS",
    "#ALPHA-1": "3.14",
}
COUNTS = ("13.", "0.", "144.", "7.")
PAIRS = ("-20., 13.", "-10., 0.", "0., 144.", "10., 7.")


def file(rows: tuple[str, ...] = COUNTS, *, end: str = "#ENDOFDATA   : ", **changes: str | None) -> str:
    head = {key: value for key, value in (HEAD | changes).items() if value is not None}
    lines = [f"#{key:<12}: {value}" for key, value in head.items()]
    return "\n".join([*lines, "#SPECTRUM    : DATA BEGINS HERE", *rows, end]) + "\n"


def of(text: str) -> list[Reading]:
    return READER.read(Source(text.encode("utf-8"), name="a.msa"))


def only(text: str) -> Reading:
    (reading,) = of(text)
    return reading


def test_keywords_may_go_on_behind_the_beginning_of_the_numbers() -> None:
    plain = file()
    more = plain.replace("DATA BEGINS HERE\n", "DATA BEGINS HERE\n#SIGNALTYPE  : EDS\n##QUALELEM   : S,Cr\n\n")
    reading = only(more)
    assert reading["intensity"].values.tolist() == only(plain)["intensity"].values.tolist()
    assert reading.header["#QUALELEM"] == "S,Cr"
    assert reading.technique == "energy_dispersive_x_ray"


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "Y": file().encode(),
        "XY": file(PAIRS, DATATYPE="XY").encode(),
        "CRLF": file().replace("\n", "\r\n").encode(),
        "CR": file().replace("\n", "\r").encode(),
        "several on a line": file(("13., 0., 144.,", "7.,"), NCOLUMNS="3").encode(),
        "pairs on a line": file(("-20. 13. -10. 0.", "0. 144. 10. 7."), DATATYPE="XY", NCOLUMNS="2").encode(),
        "ISO 22029:2022": file(FORMAT="EMSA/MAS SPECTRAL DATA STANDARD", VERSION="TC202v3.0", BEAMKV="120").encode(),
        "energy loss": file(SIGNALTYPE="ELS", ELSDET="PARALL", EDSDET=None).encode(),
        "two spectra": (file() + file(PAIRS, DATATYPE="XY")).encode(),
        "no end": file(end="").encode(),
        "CP932": file(TITLE="酸化ニッケル").encode("cp932"),
    }


def test_a_spectrum_is_read_with_all_that_is_stated() -> None:
    reading = only(file())
    assert reading.technique == "energy_dispersive_x_ray"
    assert reading.title == "NiO"
    assert [(v.name, v.role, v.dimensions, v.label) for v in reading.variables] == [
        ("energy", Role.AXIS, ("energy",), "X-RAY ENERGY"),
        ("intensity", Role.SIGNAL, ("energy",), "X-RAY INTENSITY"),
    ]
    assert reading["energy"].unit == "eV"
    assert reading["energy"].values.tolist() == [-20, -10, 0, 10]
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].values.tolist() == [13, 0, 144, 7]
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, [13**0.5, 1, 12, 7**0.5])
    assert reading.started_at == datetime(1991, 10, 1, 12, 34, 56)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "owner": "A. Person",
        "technique_name": "EDS",
        "detector": "SIWLS",
        "acceleration_voltage": Measured(120.0, "kV"),
        "elevation_angle": Measured(20.0, "deg"),
        "solid_angle": Measured(0.13, "sr"),
        "live_time": Measured(100.0, "s"),
    }
    assert reading.header["TAUWIND  -cm"] == "2.0 E-06"
    assert reading.header["#ALPHA-1"] == "3.14"
    assert reading.header["XPOSITION"] == "123."


@pytest.mark.parametrize("separator", [", ", " ", ",", "\t", "; "])
def test_pairs_have_their_own_axis(separator: str) -> None:
    rows = tuple(row.replace(", ", separator) for row in ("1.5, 13.", "2.5, 0.", "4.5, 144.", "9.5, 7."))
    reading = only(file(rows, DATATYPE="XY", OFFSET=None))
    assert reading["energy"].values.tolist() == [1.5, 2.5, 4.5, 9.5]
    assert reading["intensity"].values.tolist() == [13, 0, 144, 7]
    assert reading.doubts == ()


@pytest.mark.parametrize("rows", [("13 0", "144 7"), ("13., 0.,", "144., 7.,"), ("13.,0.,144.,7.",)])
def test_several_points_on_a_line(rows: tuple[str, ...]) -> None:
    assert only(file(rows, NCOLUMNS="2"))["intensity"].values.tolist() == [13, 0, 144, 7]


def test_decimal_commas() -> None:
    assert only(file(("13,5", "0,0", "144,25", "7,0")))["intensity"].values.tolist() == [13.5, 0, 144.25, 7]
    reading = only(file(("1,5; 13", "2,5; 0", "4,5; 144", "9,5; 7"), DATATYPE="XY", OFFSET=None))
    assert reading["energy"].values.tolist() == [1.5, 2.5, 4.5, 9.5]


@pytest.mark.parametrize(
    ("signal", "technique", "axis"),
    [
        ("EDS", "energy_dispersive_x_ray", "energy"),
        ("ELS", "electron_energy_loss", "energy_loss"),
        ("EELS", "electron_energy_loss", "energy_loss"),
        ("AES", "auger", "energy"),
        ("PES", "photoemission", "energy"),
        ("XRF", "x_ray_fluorescence", "energy"),
        ("CLS", "cathodoluminescence", "energy"),
        ("WDS", "spectrum", "energy"),
        ("GAM", "spectrum", "energy"),
        ("", "energy_dispersive_x_ray", "energy"),
    ],
)
def test_the_type_of_the_signal_says_the_technique(signal: str, technique: str, axis: str) -> None:
    reading = only(file(SIGNALTYPE=signal))
    assert reading.technique == technique
    assert reading.axis is not None
    assert reading.axis.name == axis


@pytest.mark.parametrize(
    ("written", "name", "unit"),
    [
        ("eV", "energy_loss", "eV"),
        ("Energy Loss (eV)", "energy_loss", "eV"),
        ("KeV", "energy_loss", "keV"),
        ("nm", "wavelength", "nm"),
        ("Channels", "photon_energy", ""),
    ],
)
def test_units_of_the_axis(written: str, name: str, unit: str) -> None:
    reading = only(file(SIGNALTYPE="ELS", XUNITS=written))
    assert reading.axis is not None
    assert (reading.axis.name, reading.axis.series.unit) == (name, unit)
    assert bool(reading.doubts) == (unit == "")


@pytest.mark.parametrize(
    ("written", "label", "unit"),
    [
        ("Counts", "Intensity", "count"),
        ("Intensity", "Counts", "count"),
        ("Intensity", "X-RAY INTENSITY", "arbitrary_unit"),
        ("cps", "", "count/s"),
        ("counts/s", "", "count/s"),
    ],
)
def test_units_of_the_intensity(written: str, label: str, unit: str) -> None:
    reading = only(file(YUNITS=written, YLABEL=label))
    assert reading["intensity"].unit == unit
    assert (reading["intensity"].uncertainty is not None) == (unit == "count")


def test_counts_that_are_not_whole_are_doubted() -> None:
    reading = only(file(("13.5", "0.", "144.", "7.")))
    assert reading["intensity"].uncertainty is None
    assert "not whole positive numbers" in reading.doubts[0]


def test_units_behind_keywords_go_before_those_of_the_standard() -> None:
    changes = {"BEAMKV   -kV": None, "BEAMKV": "200", "PROBECUR -uA": "1", "CONVANGLE-mR": "1.5", "XPOSITION-mm": "2"}
    metadata = only(file(**changes)).metadata
    assert metadata["acceleration_voltage"] == Measured(200.0, "kV")
    assert metadata["probe_current"] == Measured(1.0, "uA")
    assert metadata["semi_convergence_angle"] == Measured(1.5, "mrad")
    assert metadata["position_x"] == Measured(2.0, "mm")


@pytest.mark.parametrize(
    ("mode", "name", "value"),
    [
        ("IMAG", "magnification", 1000.0),
        ("IMAGE", "magnification", 1000.0),
        ("DIFFR", "camera_length", Measured(1000.0, "mm")),
        ("SCDIF", "camera_length", Measured(1000.0, "mm")),
    ],
)
def test_the_mode_says_what_the_magnification_is(mode: str, name: str, value: object) -> None:
    assert only(file(OPERMODE=mode, MAGCAM="1000")).metadata[name] == value


def test_without_a_mode_it_is_not_known() -> None:
    assert not {"magnification", "camera_length"} & only(file(MAGCAM="1000")).metadata.keys()


@pytest.mark.parametrize(
    ("date", "time", "expected"),
    [
        ("01-OCT-1991", "12:00", datetime(1991, 10, 1, 12)),
        ("1991-10-01", "12:00:05", datetime(1991, 10, 1, 12, 0, 5)),
        ("01-OCT-1991", "", datetime(1991, 10, 1)),
        ("01/02/1991", "12:00", None),
        ("", "12:00", None),
    ],
)
def test_times(date: str, time: str, expected: datetime | None) -> None:
    assert only(file(DATE=date, TIME=time)).started_at == expected


def test_repeated_keywords_keep_all_values() -> None:
    text = file().replace("#SPECTRUM", "#COMMENT     : one\n#COMMENT     : two\n#CHECKSUM    : 5\nodd line\n#SPECTRUM")
    reading = only(text)
    assert reading.metadata["comment"] == "one\ntwo"
    assert reading.header["COMMENT"] == ["one", "two"]
    assert reading.header["#text"] == "odd line"


def test_what_follows_the_end_is_kept() -> None:
    assert only(file() + "#CHECKSUM    : 24741986\n").header["CHECKSUM"] == "24741986"


def test_spectra_that_follow_one_another() -> None:
    readings = of(file() + file(PAIRS, DATATYPE="XY", TITLE="second"))
    assert [r.title for r in readings] == ["NiO", "second"]
    assert readings[1]["energy"].values.tolist() == [-20, -10, 0, 10]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (file(end=""), "ends without #ENDOFDATA"),
        (file(NPOINTS="3"), "promises 3 points, 4 follow; all are given"),
        (file(NPOINTS=None), "does not promise a number of points"),
        (file(("1, 13", "2, 0", "1.5, 144", "4, 7"), DATATYPE="XY", OFFSET=None), "neither rises nor falls"),
        (file(("1, 13", "2, 0", "3, 144", "4, 7"), DATATYPE="XY"), "OFFSET and XPERCHAN promise steps of 10 from -20"),
    ],
)
def test_what_disagrees_is_doubted(text: str, words: str) -> None:
    (doubt,) = only(text).doubts
    assert words in doubt


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (file(NPOINTS="5"), "the head promises 5 points, 4 follow"),
        (file(NPOINTS="4000000000"), "the head promises 4000000000 points, 4 follow"),
        (file(NPOINTS="4.5"), "a number of points was expected"),
        (file(NPOINTS="-4"), "a number of points was expected"),
        (file(DATATYPE=None), "Y or XY was expected"),
        (file(DATATYPE="YX"), "'YX' was found"),
        (file(OFFSET=None), "numbers were expected as OFFSET and XPERCHAN"),
        (file(XPERCHAN="0"), "are no axis"),
        (file(XPERCHAN="1e308", OFFSET="1e308"), "are no axis"),
        (file(("13", "x", "144", "7")), "'x' was found"),
        (file(("13", "nan", "144", "7")), "some are none"),
        (file(("1 2", "3 4", "5"), DATATYPE="XY"), "pairs of X and Y were expected; 5 numbers"),
        (file().replace("#SPECTRUM", "#SPEC"), "#SPECTRUM was expected"),
        ("nothing\n", "no line #FORMAT"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_no_points_are_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(file((), NPOINTS="0"))


@given(
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=30),
    columns=st.integers(1, 5),
    separator=st.sampled_from([", ", " ", "; "]),
)
def test_what_is_written_is_read(values: list[float], columns: int, separator: str) -> None:
    cells = [f"{value:.9e}" for value in values]
    rows = tuple(separator.join(cells[n : n + columns]) for n in range(0, len(cells), columns))
    reading = only(file(rows, NPOINTS=str(len(values)), NCOLUMNS=str(columns)))
    np.testing.assert_allclose(reading["intensity"].values, values, rtol=1e-8)


def test_other_text_is_not_claimed() -> None:
    for text in (b"#FORMAT : something\n", b"EMSA/MAS\n", b"# a comment\n#FORMAT : EMSA/MAS"):
        assert READER.recognise(Source(text)) is None
    claim = READER.recognise(Source(("\n\n" + file()).encode("utf-8-sig")))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN


def test_the_real_file_of_x_rays(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("microscopy/example2.msa")))
    assert choice.reader is READER
    assert reading.title == "NIO Windowless Spectra OK NiL"
    assert reading["energy"].values[[0, -1]].tolist() == [200.0, 990.0]
    assert (len(reading["intensity"]), reading["intensity"].values.max()) == (80, 872.97)
    assert reading["intensity"].unit == "arbitrary_unit"
    assert reading.metadata["live_time"] == Measured(100.0, "s")
    assert reading.header["#RESTMASS"] == "511.030"
    assert reading.doubts == ()


@pytest.mark.parametrize("name", ["example1", "ISO_22029_2022_compliance"])
def test_the_real_files_of_energy_losses(shared: Callable[[str], Path], name: str) -> None:
    _, (reading,) = read(Source(shared(f"microscopy/{name}.msa")))
    assert reading.technique == "electron_energy_loss"
    assert reading.title == "NIO EELS OK SHELL"
    assert reading["energy_loss"].unit == "eV"
    # The X of the points, not 520.13 + 3.1 i.
    assert reading["energy_loss"].values[[0, 1, -1]].tolist() == [520.13, 523.22, 580.5]
    assert (len(reading["intensity"]), reading["intensity"].values.max()) == (21, 7809)
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].uncertainty is not None
    assert reading.started_at == datetime(1991, 10, 1, 12)
    assert reading.metadata["semi_collection_angle"] == Measured(3.4, "mrad")
    assert any("OFFSET and XPERCHAN" in doubt for doubt in reading.doubts)
    assert any("promises 20 points, 21 follow" in doubt for doubt in reading.doubts) == (name == "example1")


def test_a_line_of_blanks_is_passed_over_in_one_go() -> None:
    from kiban.readers.emsa.keywords import read_head

    # Shared out between keyword, blanks and unit in every way, these would take days.
    assert read_head(["#" + " " * 20_000, "#" + "- " * 20_000]).values == {}
    assert read_head(["#BEAMKV   -kV: 200", "#OFFSET -: 1", "#A-B -nm : 2"]).values == {
        "BEAMKV": ["200"],
        "OFFSET -": ["1"],
        "A-B": ["2"],
    }
