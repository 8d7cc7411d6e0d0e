"""PHI SPE and PRO: the real files against the text that NIMS exported of them, and each variant in small."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.contract import Confidence
from kiban.readers.phi_multipak import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

LINES = (
    "Platform: PC",
    "Technique: XPS",
    "FileType: SPECTRUM",
    "FileDesc: (1, plate)",
    "SoftwareVersion: SS 3.3.3.2",
    "InstrumentModel: PHI Quantera SXM",
    "AcqFileDate: 2017 6 7",
    "Institution: ",
    "Operator: A. Person",
    "ExperimentID: 20170606",
    "EnergyReference: none 0.0",
    "AnalyserWorkFcn: 4.250 eV",
    "SourceAnalyserAngle: 45.0 d",
    "EnergyRecal: no",
    "SputterIon: Ar+",
    "SputterEnergy: 1.000 kV",
    "SputterRaster: 2.00 2.00 mm",
    "AnalyserMode: FAT",
    "SpectralRegDefFull: 1 0 C1s 6 201 -0.1000 298.0000 278.0000 297.0000 279.0000 0.000000 112.00 AREA",
    "XraySource: Al 1486.6 mono",
    "XrayPower: 24.94 W",
    "XrayBeamDiameter: 100.0 um",
    "EgunNeutMode: Neutralize",
    "Channel Info: 1 1 1.239",
    "Channel Info: 2 1 1.220",
)
O1S = "1 1 O1s 8 5 -0.1000 543.0000 542.6000 542.0000 524.0000 0.240000 112.00 AREA"
SI2P = "2 1 Si2p 14 3 -0.1000 112.0000 111.8000 111.0000 93.0000 0.640000 55.00 AREA"
COUNTS = np.array([819.0, 999.0, 1071.0, 0.0, 1053.0])


def entry(
    values: NDArray[Any],
    axes: tuple[str, ...] = ("pnt", "sar"),
    *,
    region: int = 1,
    area: int = 1,
    unit: str = "c/s",
    kind: str = "f4",
    order: str = "<",
    sizes: tuple[int, ...] | None = None,
    n_bytes: int | None = None,
) -> Callable[[int, int], tuple[bytes, bytes]]:
    """One block: its line in the table, whose place is known later, and its numbers."""
    body = values.astype(order + kind).tobytes()
    shape = sizes or (*values.shape[::-1], 1, 1)[:3]

    def at(number: int, offset: int) -> tuple[bytes, bytes]:
        numbers = struct.pack(f"{order}8i", number, 1, 1, region, area, *shape)
        tags = b"".join(tag.encode().ljust(4, b"\0") + b"left" for tag in (*axes, "", "")[:3])
        text = unit.encode().ljust(16, b"\0")
        length = len(body) if n_bytes is None else n_bytes
        place = kind.encode().ljust(4, b"\0") + struct.pack(f"{order}5i", length, offset, 0, 0, 0)
        return numbers + tags + text + place, body

    return at


def file(
    *blocks: Callable[[int, int], tuple[bytes, bytes]],
    regions: tuple[str, ...] = (O1S,),
    lines: tuple[str, ...] = LINES,
    places: tuple[str, ...] = ("Cu foil",),
    order: str = "<",
    end: str = "\r\n",
    promised: int | None = None,
    encoding: str = "utf-8",
) -> bytes:
    text = [
        "SOFH",
        *lines,
        f"NoSpectralReg: {len(regions) if promised is None else promised}",
        *(f"SpectralRegDef: {region}" for region in regions),
        *(f"SpectralRegDef2: {n} 20.0 3 0 4 1" for n in range(1, len(regions) + 1)),
        *(f"SpatialAreaDesc: {n} {place}" for n, place in enumerate(places, 1)),
        "EOFH",
        "",
    ]
    offset = 16 + 96 * len(blocks)
    table, bodies = b"", b""
    for number, block in enumerate(blocks, 1):
        line, body = block(number, offset + len(bodies))
        table, bodies = table + line, bodies + body
    head = struct.pack(f"{order}4i", 1, len(blocks), 96 * len(blocks), 16)
    return end.join(text).encode(encoding) + head + table + bodies


def changed(*pairs: tuple[str, str]) -> tuple[str, ...]:
    """The usual lines with others for some keys."""
    other = dict(pairs)
    kept = [line for line in LINES if line.partition(":")[0] not in other]
    return (*kept, *(f"{key}: {value}" for key, value in other.items()))


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.spe"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


RATES = COUNTS / 0.24
PLAIN = file(entry(RATES))
CYCLES = np.stack([RATES, RATES[::-1], 2 * RATES])
TIMES = np.array([[-0.0, 60.0, 90.0], [0.0, 60.0, 90.0]])
PROFILE = file(
    entry(CYCLES, ("pnt", "cyc")),
    entry(np.ones((3, 3)) / 0.64, ("pnt", "cyc"), region=2),
    entry(TIMES, ("cyc", "reg"), region=0, area=8, unit="s"),
    entry(TIMES + 7, ("cyc", "reg"), region=0, area=2, unit="c/s * eV"),
    regions=(O1S, SI2P),
    lines=changed(("FileType", "DEPTHPRO")),
)


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "CRLF, 32 bits": PLAIN,
        "LF, 64 bits": file(entry(RATES, kind="f8"), end="\n"),
        "big endian": file(entry(RATES, order=">"), order=">"),
        "two regions": file(entry(RATES), entry(np.ones(3), region=2), regions=(O1S, SI2P)),
        "depth profile": PROFILE,
        "several places": file(
            entry(np.stack([RATES, 2 * RATES])), places=("Cu foil", "Au foil"), lines=changed(("FileDesc", "two"))
        ),
        "CP932": file(entry(RATES), places=("酸化チタン",), encoding="cp932"),
        "integers": file(entry(COUNTS, kind="i4", unit="counts")),
    }


def test_a_spectrum_is_read_with_all_that_is_stated() -> None:
    reading = only(PLAIN)
    assert reading.technique == "xps"
    assert reading.title == "Cu foil: O1s"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("binding_energy", Role.AXIS, ("binding_energy",)),
        ("intensity", Role.SIGNAL, ("binding_energy",)),
    ]
    np.testing.assert_allclose(reading["binding_energy"].values, [543.0, 542.9, 542.8, 542.7, 542.6])
    assert reading["binding_energy"].unit == "eV"
    assert reading["intensity"].unit == "count/s"
    np.testing.assert_array_equal(reading["intensity"].values, RATES.astype(np.float32))
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    assert (doubt.origin, doubt.distribution) == (Origin.ESTIMATE, Distribution.POISSON)
    np.testing.assert_allclose(doubt.values, np.sqrt(np.maximum(COUNTS, 1)) / 0.24, rtol=1e-6)
    assert reading.sample_name == "Cu foil"
    assert reading.operator == "A. Person"
    assert reading.instrument == "PHI Quantera SXM"
    assert reading.started_at == datetime(2017, 6, 7)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "ULVAC-PHI",
        "technique_name": "XPS",
        "model": "PHI Quantera SXM",
        "software": "SS 3.3.3.2",
        "experiment_id": "20170606",
        "comment": "(1, plate)",
        "source": "Al 1486.6 mono",
        "analyser_mode": "FAT",
        "charge_neutraliser": "Neutralize",
        "source_power": Measured(24.94, "W"),
        "beam_diameter": Measured(100.0, "um"),
        "work_function": Measured(4.25, "eV"),
        "source_analyser_angle": Measured(45.0, "deg"),
        "incident_energy": Measured(1486.6, "eV"),
        "species": "O1s",
        "pass_energy": Measured(112.0, "eV"),
        "count_time": Measured(0.24, "s"),
        "step": Measured(0.1, "eV"),
        "n_scans": 3,
    }
    assert reading.header["Channel Info"] == ["1 1 1.239", "2 1 1.220"]
    assert reading.header["SpectralRegDef"] == O1S


def test_rates_that_are_no_counts_have_no_uncertainty() -> None:
    assert only(file(entry(RATES * 1.013)))["intensity"].uncertainty is None
    no_time = O1S.replace("0.240000", "0.000000")
    assert only(file(entry(RATES), regions=(no_time,)))["intensity"].uncertainty is None


@pytest.mark.parametrize(
    ("technique", "region", "name", "key"),
    [
        ("XPS", O1S, "binding_energy", "xps"),
        ("UPS", O1S, "binding_energy", "photoemission"),
        ("AES", O1S.replace("-0.1000 543.0000 542.6000", "1.0 30.0 34.0"), "kinetic_energy", "auger"),
        ("REELS", O1S, "energy", "electron_energy_loss"),
        ("XPS", O1S.replace("-0.1000 543.0000 542.6000", "0.1 542.6 543.0"), "energy", "xps"),
        ("LEIPS", O1S, "energy", "spectrum"),
    ],
)
def test_the_energy_is_named_where_it_is_certain(technique: str, region: str, name: str, key: str) -> None:
    reading = only(file(entry(RATES), regions=(region,), lines=changed(("Technique", technique))))
    assert reading.technique == key
    assert reading.axis is not None
    assert reading.axis.name == name
    assert [("kinetic or binding" in doubt) for doubt in reading.doubts] == ([True] if name == "energy" else [])


def test_the_more_exact_word_for_the_technique_goes_first() -> None:
    lines = changed(("TechniqueEx", "UPS"))
    assert only(file(entry(RATES), lines=lines)).technique == "photoemission"


def test_a_survey_is_called_so() -> None:
    region = O1S.replace("O1s 8", "Su1s 111")
    reading = only(file(entry(RATES), regions=(region,)))
    assert reading.title == "Cu foil: survey"
    assert reading.metadata["species"] == "survey"


def test_a_depth_profile_has_its_sputter_times() -> None:
    oxygen, silicon = of(PROFILE)
    assert oxygen.title == "Cu foil: O1s depth profile"
    assert [(v.name, v.role, v.dimensions) for v in oxygen.variables] == [
        ("sputter_time", Role.AXIS, ("sputter_time",)),
        ("binding_energy", Role.AXIS, ("binding_energy",)),
        ("intensity", Role.SIGNAL, ("sputter_time", "binding_energy")),
        ("peak_area", Role.AUXILIARY, ("sputter_time",)),
    ]
    assert oxygen["sputter_time"].values.tolist() == [0, 60, 90]
    assert not np.signbit(oxygen["sputter_time"].values[0])
    assert oxygen["sputter_time"].unit == "s"
    np.testing.assert_array_equal(oxygen["intensity"].values, CYCLES.astype(np.float32))
    assert oxygen["intensity"].uncertainty is not None
    assert oxygen["peak_area"].values.tolist() == [7, 67, 97]
    assert oxygen.metadata["sputter_ion"] == "Ar+"
    assert oxygen.metadata["sputter_voltage"] == Measured(1.0, "kV")
    assert oxygen.metadata["sputter_width_x"] == Measured(2.0, "mm")
    assert silicon["intensity"].shape == (3, 3)


@pytest.mark.parametrize("times", [None, np.array([[0.0, 60.0, 60.0]]), np.array([[0.0, 60.0]])])
def test_cycles_without_times_are_numbered_and_doubted(times: NDArray[Any] | None) -> None:
    tables = [] if times is None else [entry(times, ("cyc", "reg"), region=0, unit="s")]
    reading = only(file(entry(CYCLES, ("pnt", "cyc")), *tables))
    assert reading["cycle_number"].values.tolist() == [1, 2, 3]
    assert "cycles are numbered" in reading.doubts[0]


def test_places_on_the_sample_are_samples() -> None:
    first, second = of(TestSuite.examples["several places"])
    assert (first.sample_name, second.sample_name) == ("Cu foil", "Au foil")
    np.testing.assert_array_equal(second["intensity"].values, 2 * first["intensity"].values)
    one, other = of(file(entry(RATES), entry(2 * RATES, area=2), places=("Cu foil", "Au foil")))
    assert (one.sample_name, other.sample_name) == ("Cu foil", "Au foil")


def test_an_axis_that_is_not_known_has_no_values() -> None:
    reading = only(file(entry(CYCLES, ("pnt", "pix"))))
    assert reading.variables[1].dimensions == ("pix", "binding_energy")
    assert "'pix' counts is not known" in reading.doubts[0]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2024 1 22", datetime(2024, 1, 22)),
        ("123 12 14", datetime(2023, 12, 14)),
        (" 2021 10 5", datetime(2021, 10, 5)),
        ("2021 13 5", None),
        ("today", None),
        ("", None),
    ],
)
def test_dates(date: str, expected: datetime | None) -> None:
    assert only(file(entry(RATES), lines=changed(("AcqFileDate", date)))).started_at == expected


def test_japanese_names() -> None:
    assert only(TestSuite.examples["CP932"]).sample_name == "酸化チタン"


def test_whole_counts() -> None:
    reading = only(TestSuite.examples["integers"])
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].uncertainty is not None


def test_a_recalibrated_axis_is_told() -> None:
    reading = only(file(entry(RATES), lines=changed(("EnergyRecal", "yes"), ("EnergyReference", "C1s 284.8"))))
    assert reading.metadata["energy_calibration"] == "EnergyRecal: yes; EnergyReference: C1s 284.8"
    assert "recalibrated" in reading.doubts[0]


def test_an_end_that_is_one_step_off_is_doubted() -> None:
    reading = only(file(entry(RATES), regions=(O1S.replace("542.6000", "542.5000"),)))
    assert "ends at 542.5 eV; its points end at 542.6 eV" in reading.doubts[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (file(entry(RATES[:4])), "promises 5 points; 4 pnt follow"),
        (file(entry(CYCLES[:, :4], ("pnt", "cyc"))), "promises 5 points; 3 cyc x 4 pnt follow"),
        (file(entry(RATES), regions=(O1S, SI2P)), "no numbers follow for the region Si2p"),
        (file(entry(RATES), entry(RATES, region=7)), "numbers follow for region 7"),
        (file(entry(RATES), promised=3), "promises 3 spectral regions and defines 1"),
        (file(entry(RATES), regions=("1 1 O1s",)), "'1 1 O1s' was found"),
        (file(entry(RATES), regions=(O1S.replace("542.6000", "523.0000"),)), "the header promises 523 eV"),
        # Which way these run cannot be told.
        (file(entry(RATES), regions=(O1S.replace("543.0000 542.6000", "542.6 543.0"),)), "promises 543 eV"),
        (file(entry(RATES), regions=(O1S.replace("-0.1000", "0"),)), "in steps of 0 eV"),
        (file(entry(RATES, n_bytes=24)), "are promised in 24 bytes"),
        (file(entry(RATES, sizes=(2**30, 2**30, 1), n_bytes=20)), "are promised in 20 bytes"),
        (file(entry(RATES, sizes=(-5, -1, 1))), "-5 x -1 x 1 numbers"),
        (file(entry(RATES, sizes=(2**28, 1, 1), n_bytes=2**28 * 4)), "bytes are promised from byte"),
        (PLAIN[:-4], "bytes are promised from byte"),
        (PLAIN[:-40], "the file ends in it"),
        (PLAIN.partition(b"EOFH")[0] + b"EOFH\r\n\1\0", "the file ends"),
        (PLAIN.partition(b"EOFH")[0], "ends without EOFH"),
        (PLAIN.partition(b"EOFH")[0] + b"EOFH\r\n" + struct.pack("<4i", 1, 2, 3, 4), "not that of any number"),
        (file(entry(np.array([1.0, np.nan, 3.0, 4.0, 5.0]))), "finite numbers were expected"),
    ],
)
def test_damage_is_named(content: bytes, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(content)
    assert words in caught.value.fault
    assert caught.value.mend


def test_other_kinds_of_files_are_refused_by_name() -> None:
    with pytest.raises(UnsupportedVariant, match="TOFRAW"):
        of(file(regions=(), lines=changed(("FileType", "TOFRAW"))))
    with pytest.raises(UnsupportedVariant, match="'c8' was found"):
        of(PLAIN.replace(b"f4\0\0", b"c8\0\0"))


@given(
    counts=st.lists(st.integers(0, 10**5), min_size=2, max_size=40),
    kind=st.sampled_from(["f4", "f8"]),
    order=st.sampled_from("<>"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read(counts: list[int], kind: str, order: str, end: str) -> None:
    stop = 543.0 - 0.1 * (len(counts) - 1)
    region = f"1 1 O1s 8 {len(counts)} -0.1000 543.0000 {stop:.4f} 542.0 524.0 0.500000 112.00 AREA"
    rates = np.array(counts) / 0.5
    reading = only(file(entry(rates, kind=kind, order=order), regions=(region,), order=order, end=end))
    assert reading["intensity"].values.tolist() == rates.tolist()
    assert reading["binding_energy"].values[-1] == pytest.approx(stop)


def test_files_of_other_makers_are_not_claimed() -> None:
    for content in (b"SOFHX\n", b"# SOFH\nSpectralRegDef", b"SOF\n"):
        assert READER.recognise(Source(content)) is None
    claim = READER.recognise(Source(PLAIN))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN


def test_the_real_survey_has_the_numbers_that_nims_exported(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("xps/XPS_PHI_QUANTERA_survey.spe")))
    assert choice.reader is READER
    rows = shared("xps/XPS_PHI_QUANTERA_survey.csv").read_text(encoding="utf-8").splitlines()
    table = np.array([[float(c) for c in row.split(",")] for row in rows if row and not row.startswith("#")])
    assert len(table) == 2801
    np.testing.assert_allclose(reading["binding_energy"].values, table[:, 0], atol=1e-9)
    np.testing.assert_allclose(reading["intensity"].values, table[:, 1], rtol=1e-7, atol=5.1e-5)
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    # 17 counts in 0.251496 s.
    assert doubt.values[-1] == pytest.approx(17**0.5 / 0.251496, rel=1e-6)
    assert reading.title == "#3 Cu foil: survey"
    assert reading.metadata["n_scans"] == 7
    assert reading.doubts == ()


def test_the_real_depth_profile_has_the_numbers_that_nims_exported(shared: Callable[[str], Path]) -> None:
    _, readings = read(Source(shared("xps/XPS_PHI_QUANTERA_depth_1.pro")))
    text = shared("xps/XPS_PHI_QUANTERA_depth_1.csv").read_text(encoding="utf-8")
    rows = [row.split(",") for row in text.splitlines() if row and not row.startswith("#")]
    minutes = [float(c) for c in rows[0][1:]]
    areas = np.array([[float(c) for c in row] for row in rows if len(row) == 3])
    tables = np.array([[float(c) for c in row] for row in rows[1:] if len(row) == 26 and row[0]])
    assert [r.title for r in readings] == ["#7 SiO2 25nm: O1s depth profile", "#7 SiO2 25nm: Si2p depth profile"]
    for n, (reading, table) in enumerate(zip(readings, (tables[:201], tables[-201:]), strict=True)):
        np.testing.assert_allclose(reading["sputter_time"].values / 60, minutes, atol=1e-6)
        np.testing.assert_allclose(reading["binding_energy"].values, table[:, 0], atol=1e-9)
        np.testing.assert_allclose(reading["intensity"].values, table[:, 1:].T, rtol=1e-7, atol=5.1e-5)
        np.testing.assert_allclose(reading["peak_area"].values, areas[:, 1 + n], rtol=1e-6, atol=5.1e-5)
        assert reading["intensity"].uncertainty is not None
        assert reading.doubts == ()


@pytest.mark.parametrize(
    ("name", "titles", "points", "first", "last"),
    [
        ("SnO2_10nm.spe", ["(1, SnO2_10nm): survey"], [1751], (1400.0, 54866.667969), (0.0, 191.666672)),
        ("test0.spe", ["Lukas-1-pos1: survey", "Lukas-1-pos1: F1s"], [3401, 161], (1355.0, 13712.5), (-5.0, 25.0)),
    ],
)
def test_other_real_files(
    shared: Callable[[str], Path],
    name: str,
    titles: list[str],
    points: list[int],
    first: tuple[float, float],
    last: tuple[float, float],
) -> None:
    _, readings = read(Source(shared(f"xps/{name}")))
    assert [r.title for r in readings] == titles
    assert [len(r["intensity"]) for r in readings] == points
    energy, intensity = readings[0]["binding_energy"].values, readings[0]["intensity"].values
    assert (energy[0], intensity[0]) == pytest.approx(first)
    assert (energy[-1], intensity[-1]) == pytest.approx(last)
    assert all(r["intensity"].uncertainty is not None for r in readings)
