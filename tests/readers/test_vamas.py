"""VAMAS: the real files with the figures read off them, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.contract import Confidence
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.readers.vamas import READER
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

SIGNATURE = "VAMAS Surface Chemical Analysis Standard Data Transfer Format 1988 May 4"
COUNTS = (13, 0, 144, 7)

# The parts of a block by their numbers in the standard, for an XPS spectrum.
PARTS: dict[int, list[object]] = {
    **{number: [value] for number, value in enumerate((2023, 8, 24, 14, 19, 47, 0), 1)},
    8: [2, "Lens Mode: Hybrid", "first try"],
    9: ["XPS"],
    10: [3, 5],
    11: [],
    12: ["Al"],
    13: [18, 1, 1],
    14: [1486.6],
    15: [150],
    16: ["1E+37", "1E+37"],
    17: [6000, 6000],
    18: [1, 1, 3, 1, 3, 2],
    19: [54.5],
    20: [0],
    21: ["FAT"],
    22: [20],
    23: [0.5],
    24: [1],
    25: [4.1],
    26: [0],
    27: ["1E+37", "1E+37"],
    28: [45, 0],
    29: ["O"],
    30: ["1s", -1],
    31: ["Kinetic Energy", "eV", 948.5, 0.5],
    32: [1, "Intensity", "d"],
    33: ["pulse counting"],
    34: [0.5],
    35: [2],
    36: [0],
    37: [1000, 500, 2000, 2000, 45, 0, "cyclic"],
    38: [0, 0],
    39: [0],
    40: [1, "Pressure", "Pa", 1e-7],
}


def block(
    counts: tuple[float, ...] = COUNTS,
    *,
    name: str = "O 1s/6",
    without: tuple[int, ...] = (),
    leave_out: tuple[int, ...] = (),
    extremes: tuple[float, ...] | None = None,
    future: tuple[str, ...] = (),
    promised: int | None = None,
    n_variables: int = 1,
    **changes: list[object],
) -> list[object]:
    """One block; `part_9=["UPS"]` changes a part, `without` names parts that this kind of block has not."""
    parts = PARTS | {int(key.removeprefix("part_")): value for key, value in changes.items()}
    lines: list[object] = [name, "Zirconia 3Y"]
    for number in range(1, 41):
        if number not in without and number not in leave_out:
            lines += parts[number]
    columns = [counts[n::n_variables] for n in range(n_variables)]
    stated = extremes or tuple(f(c) for c in columns for f in (min, max) if c)
    return [*lines, *future, len(counts) if promised is None else promised, *stated, *counts]


ORDINARY = (10, 13, 17, 18, 23, 37)
IN_MAPS = (13, 18, 23, 37)
IN_PROFILES = (10, 17, 18, 23)


def experiment(
    *blocks: list[object],
    mode: str = "NORM",
    scan: str = "REGULAR",
    variables: tuple[tuple[str, str], ...] = (),
    listed: tuple[int, ...] = (),
    future: tuple[tuple[str, ...], int] = ((), 0),
    n_blocks: int | None = None,
    end: str = "end of experiment",
) -> str:
    lines: list[object] = [
        SIGNATURE,
        "University of X",
        "Kratos Axis",
        "A. Person",
        "run 7",
        1,
        "a comment",
        mode,
        scan,
    ]
    lines += [1] if mode in {"MAP", "MAPDP", "NORM", "SDP"} else []
    lines += [4, 2, 2] if mode in {"MAP", "MAPDP"} else []
    lines += [len(variables), *(text for pair in variables for text in pair)]
    lines += [len(listed) if all(n > 0 for n in listed) else -len(listed), *(abs(n) for n in listed)]
    lines += [0, len(future[0]), future[1], *future[0]]
    lines += [len(blocks) if n_blocks is None else n_blocks, *(line for lines in blocks for line in lines), end]
    return "\n".join(str(line) for line in lines) + "\n"


def of(text: str) -> list[Reading]:
    return READER.read(Source(text.encode("utf-8"), name="a.vms"))


def only(text: str) -> Reading:
    (reading,) = of(text)
    return reading


PLAIN = experiment(block(without=ORDINARY))
IRREGULAR = experiment(
    block(
        (948.5, 13, 1.5, 949.0, 0, 1.25, 951.0, 7, 1.0),
        without=(*ORDINARY, 31),
        part_32=[3, "Kinetic Energy", "eV", "Intensity", "d", "transmission", "d"],
        n_variables=3,
    ),
    scan="IRREGULAR",
)
MAPPING = experiment(
    block((1, 2, 3, 4, 5, 6), without=(10, 13, 23, 31, 37), part_9=["AES dir"], part_32=[1, "Counts", "d"]),
    mode="MAPSV",
    scan="MAPPING",
)
PROFILE = experiment(
    *(block(tuple(c + n for c in COUNTS), without=IN_PROFILES, part_11=[30.0 * n]) for n in range(3)),
    mode="SDP",
    variables=(("Etch Time", "s"),),
)
FULL_MAP = experiment(
    *(block(tuple(c + n for c in COUNTS), without=IN_MAPS, part_10=[n % 2 + 1, n // 2 + 1]) for n in range(4)),
    mode="MAP",
)
SHORTENED = tuple(-n for n in range(1, 41) if n not in {11, 29})
SIMS = experiment(
    block(
        (5, 9, 2),
        without=(10, 17, 18, 23, 37),
        part_9=["SIMS"],
        part_12=["Ga"],
        part_15=[2.5],
        part_31=["mass", "u", 1, 0.1],
        part_21=["constant delta m"],
    )
)


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "regular": PLAIN.encode(),
        "CRLF": PLAIN.replace("\n", "\r\n").encode(),
        "CR": PLAIN.replace("\n", "\r").encode(),
        "empty lines first, byte-order mark": ("\n\n" + PLAIN).encode("utf-8-sig"),
        "irregular": IRREGULAR.encode(),
        "mapping": MAPPING.encode(),
        "depth profile": PROFILE.encode(),
        "map": FULL_MAP.encode(),
        "SIMS": SIMS.encode(),
        "shortened": experiment(
            block(without=ORDINARY), block(without=ORDINARY, leave_out=tuple(-n for n in SHORTENED)), listed=SHORTENED
        ).encode(),
        "future entries": experiment(block(without=ORDINARY, future=("x",)), future=(("a", "b"), 1)).encode(),
        "two experiments": (PLAIN + SIMS).encode(),
        "Latin-1": PLAIN.replace("first try", "Probe für Å").encode("cp1252"),
    }


def test_a_spectrum_is_read_with_all_that_is_stated() -> None:
    reading = only(PLAIN)
    assert reading.technique == "xps"
    assert reading.title == "Zirconia 3Y: O 1s/6"
    assert [(v.name, v.role, v.dimensions, v.label) for v in reading.variables] == [
        ("kinetic_energy", Role.AXIS, ("kinetic_energy",), "Kinetic Energy"),
        ("intensity", Role.SIGNAL, ("kinetic_energy",), "Intensity"),
    ]
    assert reading["kinetic_energy"].unit == "eV"
    assert reading["kinetic_energy"].values.tolist() == [948.5, 949.0, 949.5, 950.0]
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].values.tolist() == [13, 0, 144, 7]
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    assert (doubt.origin, doubt.distribution) == (Origin.ESTIMATE, Distribution.POISSON)
    np.testing.assert_allclose(doubt.values, [13**0.5, 1, 12, 7**0.5])
    assert reading.sample_name == "Zirconia 3Y"
    assert reading.operator == "A. Person"
    assert reading.instrument == "Kratos Axis"
    assert reading.started_at == datetime(2023, 8, 24, 14, 19, 47)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "institution": "University of X",
        "model": "Kratos Axis",
        "experiment_id": "run 7",
        "technique_name": "XPS",
        "source": "Al",
        "analyser_mode": "FAT",
        "species": "O",
        "transition": "1s",
        "signal_mode": "pulse counting",
        "incident_energy": Measured(1486.6, "eV"),
        "source_power": Measured(150.0, "W"),
        "incidence_angle": Measured(54.5, "deg"),
        "incidence_azimuth": Measured(0.0, "deg"),
        "pass_energy": Measured(20.0, "eV"),
        "work_function": Measured(4.1, "eV"),
        "target_bias": Measured(0.0, "V"),
        "take_off_angle": Measured(45.0, "deg"),
        "take_off_azimuth": Measured(0.0, "deg"),
        "count_time": Measured(0.5, "s"),
        "n_scans": 2,
        "sample_tilt": Measured(0.0, "deg"),
        "sample_tilt_azimuth": Measured(0.0, "deg"),
        "sample_rotation": Measured(0.0, "deg"),
        "comment": "Lens Mode: Hybrid\nfirst try",
    }
    assert reading.header["analysis source beam width x"] == "1E+37"
    assert reading.header["additional numerical parameters"] == [["Pressure", "Pa", "1e-07"]]
    assert reading.header["comment"] == ["a comment"]


def test_the_axis_that_the_file_has_is_given() -> None:
    text = experiment(block(without=ORDINARY, part_31=["Binding Energy", "eV", 538.1, -0.5]))
    reading = only(text)
    assert reading["binding_energy"].values.tolist() == [538.1, 537.6, 537.1, 536.6]
    assert "kinetic_energy" not in reading


@pytest.mark.parametrize(
    ("word", "without", "technique"),
    [
        ("XPS", ORDINARY, "xps"),
        ("UPS", ORDINARY, "photoemission"),
        ("AES dir", ORDINARY, "auger"),
        ("AES diff", (10, 13, 17, 18, 37), "auger"),
        ("ELS", ORDINARY, "electron_energy_loss"),
        ("EDX", ORDINARY, "energy_dispersive_x_ray"),
        ("XRF", ORDINARY, "x_ray_fluorescence"),
        ("SIMS", (10, 17, 18, 23, 37), "secondary_ion_mass_spectrometry"),
        ("SIMS energy spec", (10, 17, 18, 23, 37), "secondary_ion_mass_spectrometry"),
        ("SNMS", (10, 17, 18, 23, 37), "mass_spectrometry"),
        ("FABMS", (10, 17, 18, 23, 37), "mass_spectrometry"),
        ("ISS", (10, 17, 18, 23, 37), "spectrum"),
        ("Magic", ORDINARY, "spectrum"),
        ("xps", ORDINARY, "xps"),
        ("sims", (10, 17, 18, 23, 37), "secondary_ion_mass_spectrometry"),
    ],
)
def test_the_word_of_the_block_says_the_technique(word: str, without: tuple[int, ...], technique: str) -> None:
    reading = only(experiment(block(without=without, part_9=[word])))
    assert reading.technique == technique
    assert reading["intensity"].values.tolist() == [13, 0, 144, 7]
    assert reading.metadata["technique_name"] == word


@pytest.mark.parametrize(
    ("label", "written", "mode", "counts", "unit", "words"),
    [
        ("Intensity", "d", "pulse counting", COUNTS, "count", ""),
        ("Counts", "d", "analogue", COUNTS, "count", ""),
        ("counts", "d", "pulse counting", (13.5, 2), "count", "not whole positive numbers"),
        ("Intensity", "d", "pulse counting", (13.5, 2), "", "whether they are counts per second"),
        ("Intensity", "d", "analogue", (13, 2), "", ""),
        ("Intensity", "c/s", "pulse counting", (13.5, 2), "count/s", ""),
        ("Counts per second", "d", "pulse counting", (13.5, 2), "count/s", ""),
        ("Drain", "nA", "analogue direct", (13.5, 2), "nA", ""),
        ("Intensity", "blobs", "analogue direct", (13.5, 2), "", "The unit 'blobs' of Intensity is not known"),
    ],
)
def test_units_of_intensities(
    label: str, written: str, mode: str, counts: tuple[float, ...], unit: str, words: str
) -> None:
    reading = only(experiment(block(counts, without=ORDINARY, part_32=[1, label, written], part_33=[mode])))
    (signal,) = reading.signals
    assert signal.series.unit == unit
    assert signal.label == label
    assert [words in doubt for doubt in reading.doubts] == ([True] if words else [])
    assert (signal.series.uncertainty is not None) == (unit == "count" and not words)


def test_count_rates_that_are_counts_behind_a_time_have_their_uncertainty() -> None:
    # 0.5 s, 2 scans: a rate is the number of counts in 1 s; with 0.2 s and 3 scans, counts divided by 0.6.
    rates = tuple(round(c / 0.6, 4) for c in (13, 0, 144, 7))
    changes: dict[str, list[object]] = {"part_32": [1, "Intensity", "c/s"], "part_34": [0.2], "part_35": [3]}
    doubt = only(experiment(block(rates, without=ORDINARY, **changes)))["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, np.sqrt([13, 1, 144, 7]) / 0.6, rtol=1e-4)
    corrected = tuple(1.03 * rate for rate in rates)
    assert only(experiment(block(corrected, without=ORDINARY, **changes)))["intensity"].uncertainty is None
    changes["part_34"] = ["1E+37"]
    assert only(experiment(block(rates, without=ORDINARY, **changes)))["intensity"].uncertainty is None


def test_corresponding_variables_stand_in_turn() -> None:
    values = (13, 1.5, 0, 1.25, 7, 1.0)
    text = experiment(
        block(values, without=ORDINARY, part_32=[2, "Intensity", "d", "Transmission", "d"], n_variables=2)
    )
    reading = only(text)
    assert reading["intensity"].values.tolist() == [13, 0, 7]
    assert reading["intensity"].unit == "count"
    assert reading["transmission"].values.tolist() == [1.5, 1.25, 1.0]
    assert [v.role for v in reading.variables] == [Role.AXIS, Role.SIGNAL, Role.AUXILIARY]


def test_an_irregular_scan_has_its_abscissa_among_its_variables() -> None:
    reading = only(IRREGULAR)
    assert reading["kinetic_energy"].values.tolist() == [948.5, 949.0, 951.0]
    assert reading["intensity"].values.tolist() == [13, 0, 7]
    assert reading["transmission"].values.tolist() == [1.5, 1.25, 1.0]
    assert reading.axis is not None
    assert reading.axis.name == "kinetic_energy"
    assert reading.doubts == ()


def test_an_abscissa_that_turns_round_is_doubted() -> None:
    values = (948.5, 13, 949.0, 0, 948.7, 7)
    text = experiment(
        block(
            values,
            without=(*ORDINARY, 31),
            n_variables=2,
            part_32=[2, "Kinetic Energy", "eV", "Intensity", "d"],
        ),
        scan="IRREGULAR",
    )
    assert "neither rises nor falls" in only(text).doubts[0]


def test_a_map_of_linescans_has_its_shape_from_its_corners() -> None:
    reading = only(MAPPING)
    assert reading.technique == "auger"
    assert reading["intensity"].values.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert reading.variables[2].dimensions == ("pixel_y", "pixel_x")
    assert reading["pixel_x"].values.tolist() == [1, 2, 3]
    assert reading["pixel_y"].values.tolist() == [1, 2]
    assert reading["intensity"].uncertainty is not None
    assert reading.metadata["field_of_view_x"] == Measured(6000.0, "um")


def test_a_map_of_upright_linescans() -> None:
    text = MAPPING.replace("\n1\n1\n3\n1\n3\n2\n", "\n4\n7\n4\n5\n3\n5\n")
    assert text != MAPPING
    reading = only(text)
    assert reading.variables[2].dimensions == ("pixel_x", "pixel_y")
    assert reading["pixel_x"].values.tolist() == [4, 3]
    assert reading["pixel_y"].values.tolist() == [7, 6, 5]


@pytest.mark.parametrize(
    "corners", ["0\n0\n0\n0\n0\n0", "1\n1\n4\n1\n4\n2", "1\n1\n3\n2\n3\n2", "1\n1\n999999999\n1\n1\n1"]
)
def test_a_map_whose_corners_do_not_fit_is_one_row_and_doubted(corners: str) -> None:
    reading = only(MAPPING.replace("\n1\n1\n3\n1\n3\n2\n", f"\n{corners}\n"))
    assert reading["intensity"].values.tolist() == [1, 2, 3, 4, 5, 6]
    assert reading["point_number"].values.tolist() == [1, 2, 3, 4, 5, 6]
    assert "does not say how the 6 points of the map make lines" in reading.doubts[0]


def test_an_image_of_secondary_electrons() -> None:
    text = experiment(
        block((1, 2, 3, 4, 5, 6), without=(10, 13, 23, 31, 37), part_9=["AES dir"]), mode="SEM", scan="MAPPING"
    )
    reading = only(text)
    assert reading.technique == "electron_microscopy"
    assert reading["intensity"].shape == (2, 3)


def test_a_depth_profile_is_one_reading() -> None:
    reading = only(PROFILE)
    assert reading.title == "Zirconia 3Y: O 1s depth profile, 3 blocks"
    assert [(v.name, v.dimensions) for v in reading.variables] == [
        ("etch_time", ("etch_time",)),
        ("kinetic_energy", ("kinetic_energy",)),
        ("intensity", ("etch_time", "kinetic_energy")),
    ]
    assert reading["etch_time"].unit == "s"
    assert reading["etch_time"].values.tolist() == [0, 30, 60]
    assert reading["intensity"].values.tolist() == [[13, 0, 144, 7], [14, 1, 145, 8], [15, 2, 146, 9]]
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    assert doubt.values.shape == (3, 4)
    assert reading.metadata["sputter_energy"] == Measured(1000.0, "eV")
    assert reading.metadata["sputter_current"] == Measured(500.0, "nA")
    assert reading.metadata["sputter_mode"] == "cyclic"
    assert reading.metadata["sputter_ion"] == "Z = 18, 1 atoms, charge +1"
    assert "etch_time" not in reading.metadata
    assert reading.header["values of experimental variables"] == {"#each": [["0.0"], ["30.0"], ["60.0"]]}


def test_regions_of_a_depth_profile_are_readings_of_their_own() -> None:
    blocks = [
        block(without=IN_PROFILES, part_11=[30.0 * n], part_29=[species], part_31=["Kinetic Energy", "eV", start, 0.5])
        for n in range(3)
        for species, start in (("O", 948.5), ("C", 1200.0))
    ]
    readings = of(experiment(*blocks, mode="SDP", variables=(("Etch Time", "s"),)))
    assert [r.metadata["species"] for r in readings] == ["O", "C"]
    assert [r["intensity"].shape for r in readings] == [(3, 4), (3, 4)]


@pytest.mark.parametrize("times", [(0, 60, 30), (0, 0, 0), (0, "1E+37", 30), (0, 30, 30)])
def test_blocks_that_no_variable_orders_stand_by_themselves(times: tuple[object, ...]) -> None:
    blocks = [block(without=IN_PROFILES, part_11=[time]) for time in times]
    readings = of(experiment(*blocks, mode="SDP", variables=(("Etch Time", "s"),)))
    assert len(readings) == 3
    assert readings[0].metadata["etch_time"] == Measured(0.0, "s")


def test_blocks_of_separate_measurements_stay_separate() -> None:
    blocks = [block(without=ORDINARY, part_11=[30.0 * n]) for n in range(3)]
    readings = of(experiment(*blocks, variables=(("Etch Time", "s"),)))
    assert [r.metadata["etch_time"] for r in readings] == [Measured(t, "s") for t in (0.0, 30.0, 60.0)]


def test_a_full_map_is_a_cube() -> None:
    reading = only(FULL_MAP)
    assert reading.title == "Zirconia 3Y: O 1s map, 4 blocks"
    assert [(v.name, v.dimensions) for v in reading.variables] == [
        ("pixel_y", ("pixel_y",)),
        ("pixel_x", ("pixel_x",)),
        ("kinetic_energy", ("kinetic_energy",)),
        ("intensity", ("pixel_y", "pixel_x", "kinetic_energy")),
    ]
    assert reading["intensity"].values[:, :, 1].tolist() == [[0, 1], [2, 3]]


def test_a_map_of_some_places_is_a_list_of_them() -> None:
    places = ((1, 1), (2, 1), (1, 2))
    blocks = [block(tuple(c + n for c in COUNTS), without=IN_MAPS, part_10=list(p)) for n, p in enumerate(places)]
    reading = only(experiment(*blocks, mode="MAP"))
    assert reading["intensity"].shape == (3, 4)
    assert reading["pixel_x"].values.tolist() == [1, 2, 1]
    assert reading["pixel_y"].values.tolist() == [1, 1, 2]


def test_a_map_at_each_depth_has_four_dimensions() -> None:
    blocks = [
        block(
            tuple(c + 100 * depth + n for c in COUNTS),
            without=(18, 23),
            part_10=[n % 2 + 1, n // 2 + 1],
            part_11=[30 * depth],
        )
        for depth in range(3)
        for n in (1, 0, 3, 2)
    ]
    reading = only(experiment(*blocks, mode="MAPDP", variables=(("Etch Time", "s"),)))
    assert reading.variables[-1].dimensions == ("etch_time", "pixel_y", "pixel_x", "kinetic_energy")
    assert reading["etch_time"].values.tolist() == [0, 30, 60]
    assert reading["intensity"].values[:, :, :, 1].tolist() == [
        [[100 * depth, 100 * depth + 1], [100 * depth + 2, 100 * depth + 3]] for depth in range(3)
    ]
    assert len(of(experiment(*blocks[:-1], mode="MAPDP", variables=(("Etch Time", "s"),)))) == 11


def test_places_that_repeat_are_not_put_together() -> None:
    blocks = [block(without=IN_MAPS, part_10=[1, 1]) for _ in range(3)]
    assert len(of(experiment(*blocks, mode="MAP"))) == 3


@pytest.mark.parametrize("sign", [1, -1])
def test_parts_that_later_blocks_leave_out_come_from_the_first(sign: int) -> None:
    left_out = tuple(n for n in range(1, 41) if n not in {11, 29, 30})
    listed = tuple(-n for n in left_out) if sign < 0 else (11, 29, 30)
    text = experiment(
        block(without=ORDINARY),
        block((1, 2, 3), without=ORDINARY, leave_out=left_out, part_29=["C"]),
        block((4, 5), without=ORDINARY, leave_out=left_out, part_29=["N"]),
        listed=listed,
    )
    readings = of(text)
    assert [r.metadata["species"] for r in readings] == ["O", "C", "N"]
    assert [len(r["intensity"]) for r in readings] == [4, 3, 2]
    for reading in readings:
        assert reading["kinetic_energy"].values[:2].tolist() == [948.5, 949.0]
        assert reading.metadata["pass_energy"] == Measured(20.0, "eV")
        assert reading.started_at == datetime(2023, 8, 24, 14, 19, 47)


def test_entries_of_later_versions_are_kept_as_written() -> None:
    text = experiment(
        block(without=ORDINARY, future=("one", "2")),
        block(without=ORDINARY, future=("three", "4")),
        future=(("a", "b", "c"), 2),
    )
    readings = of(text)
    assert readings[0].header["future upgrade experiment entries"] == ["a", "b", "c"]
    assert readings[1].header["future upgrade block entries"] == ["three", "4"]
    assert readings[1]["intensity"].values.tolist() == [13, 0, 144, 7]


@pytest.mark.parametrize(
    ("offset", "zone"), [(0, None), (9, timezone(timedelta(hours=9))), (-5.5, timezone(-timedelta(hours=5.5)))]
)
def test_an_offset_of_zero_states_no_zone(offset: float, zone: timezone | None) -> None:
    reading = only(experiment(block(without=ORDINARY, part_7=[offset])))
    assert reading.started_at == datetime(2023, 8, 24, 14, 19, 47, tzinfo=zone)


@pytest.mark.parametrize("change", [{"part_1": [-1]}, {"part_2": [0]}, {"part_3": ["1E+37"]}, {"part_7": [99]}])
def test_a_time_that_is_not_known_is_left_out(change: dict[str, list[object]]) -> None:
    assert only(experiment(block(without=ORDINARY, **change))).started_at is None


def test_what_casaxps_adds_is_kept_and_said() -> None:
    casa = [
        "Casa Info Follows",
        0,
        0,
        "Calib M = 281 A = 284.8 BE ADD",
        0,
        "CASA region (*O 1s*) (*Shirley*) 532 528",
    ]
    reading = only(experiment(block(without=ORDINARY, part_8=[len(casa), *casa])))
    assert reading.metadata["energy_calibration"] == "Calib M = 281 A = 284.8 BE ADD"
    assert "which is not applied to the axis" in reading.doubts[0]
    assert reading.header["block comment"] == [str(line) for line in casa]
    text = PLAIN.replace("1\na comment\n", "2\nCasa Info Follows CasaXPS Version 2.3.25\nCreated by Prodigy 4.1\n")
    assert only(text).metadata["software"] == "Prodigy 4.1, then CasaXPS Version 2.3.25"


@pytest.mark.parametrize("label", ["None", "Not Specified", "Exp Variable", ""])
def test_an_experimental_variable_without_a_name_says_nothing(label: str) -> None:
    reading = only(experiment(block(without=ORDINARY, part_11=[3.0]), variables=((label, "d"),)))
    assert not [value for value in reading.metadata.values() if isinstance(value, Measured) and value.value == 3.0]
    assert reading.header["experimental variables"] == [[label, "d"]]
    named = only(experiment(block(without=ORDINARY, part_11=[3.0]), variables=(("Slice", "d"),)))
    assert named.metadata["slice"] == Measured(3.0, "")


def test_extremes_that_the_points_do_not_have_are_doubted() -> None:
    reading = only(experiment(block(without=ORDINARY, extremes=(0, 150))))
    assert reading.doubts == ("The file states 150 as maximum of Intensity; that of its points is 144.",)
    assert only(experiment(block(without=ORDINARY, extremes=(0, 1)))).doubts == ()


def test_values_that_are_not_known_are_missing() -> None:
    reading = only(experiment(block((1.5, 1e37, 3.5), without=ORDINARY, extremes=(1.5, 3.5))))
    assert np.isnan(reading["intensity"].values).tolist() == [False, True, False]


def test_empty_blocks_are_told() -> None:
    text = experiment(block(without=ORDINARY), block((), name="nothing", without=ORDINARY, extremes=(0, 0)))
    assert only(text).doubts == ("1 blocks hold no points: nothing.",)
    with pytest.raises(NothingMeasured):
        of(experiment(block((), without=ORDINARY, extremes=(0, 0))))
    with pytest.raises(NothingMeasured):
        of(experiment())


def test_experiments_that_follow_one_another() -> None:
    readings = of(PLAIN + "\n" + SIMS + "\n\n")
    assert [r.technique for r in readings] == ["xps", "secondary_ion_mass_spectrometry"]
    assert readings[1]["mass"].unit == "dalton"
    assert readings[1].metadata["beam_current"] == Measured(2.5, "nA")
    assert "pass_energy" not in readings[1].metadata


def test_a_file_without_its_end_is_doubted() -> None:
    assert "ends without 'end of experiment'" in only(experiment(block(without=ORDINARY), end="")).doubts[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (experiment(block(without=ORDINARY, promised=9)), "9 is promised as number of ordinate values"),
        (experiment(block(without=ORDINARY, promised=6)), "number 5 of the ordinate values (from line 70 on)"),
        (experiment(block(without=ORDINARY, promised=2**31)), "2147483648 is promised as number of ordinate values"),
        (experiment(block(without=ORDINARY, promised=3)), "'end of experiment' was expected after 1 blocks"),
        (experiment(block(without=ORDINARY), block(without=ORDINARY), n_blocks=1), "'end of experiment' was expected"),
        (experiment(block(without=ORDINARY), n_blocks=2), "1 lines were expected as year"),
        (PLAIN.replace("\n144\n", "\n14x4\n"), "'14x4' was found"),
        (PLAIN.replace("\n144\n13\n0\n144\n", "\n144\n13\n0\ninf\n"), "'inf' was found"),
        (PLAIN.replace("\n144\n13\n0\n144\n", "\n144\n13\n0 1\n144\n"), "were expected as ordinate values"),
        (PLAIN.replace("\n144\n13\n0\n144\n", "\n144\n13\n\n144\n"), "were expected as ordinate values"),
        (PLAIN.replace("948.5\n0.5\n", "948.5\n0\n"), "are no axis"),
        (PLAIN.replace("948.5\n0.5\n", "1E+37\n0.5\n"), "a start and an increment were expected"),
        (PLAIN.replace("948.5\n0.5\n", "nan\n0.5\n"), "a start and an increment were expected"),
        (experiment(block((1, 2, 3), without=ORDINARY, part_32=[2, "a", "d", "b", "d"])), "cannot be shared out"),
        (experiment(block(without=ORDINARY, part_32=[0], extremes=(1, 2))), "cannot be shared out among 0"),
        (IRREGULAR.replace("\n949.0\n", "\nnan\n"), "points that are not known"),
        (experiment(block(without=(*ORDINARY, 31)), scan="IRREGULAR"), "at least one more variable"),
        (experiment(block(without=ORDINARY), listed=(-41,)), "part numbers from 1 to 40 were expected"),
        (PLAIN.replace("A. Person\nrun 7\n1\n", "A. Person\nrun 7\n999\n"), "999 is promised as number of lines"),
        (PLAIN.partition("XPS")[0], "the file ends"),
        ("something else\n" + PLAIN, "was expected; it begins otherwise"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


@pytest.mark.parametrize(("mode", "scan"), [("NORMAL", "REGULAR"), ("NORM", "SOMETIMES")])
def test_modes_that_the_standard_does_not_know_are_refused(mode: str, scan: str) -> None:
    with pytest.raises(UnsupportedVariant, match="was expected as"):
        of(experiment(block(without=ORDINARY), mode=mode, scan=scan))


@given(
    counts=st.lists(st.integers(0, 10**6), min_size=1, max_size=30),
    start=st.floats(-2000, 2000, allow_nan=False),
    step=st.floats(0.01, 10),
)
def test_what_is_written_is_read(counts: list[int], start: float, step: float) -> None:
    reading = only(
        experiment(block(tuple(counts), without=ORDINARY, part_31=["Kinetic Energy", "eV", repr(start), repr(step)]))
    )
    assert reading["intensity"].values.tolist() == counts
    np.testing.assert_allclose(reading["kinetic_energy"].values, start + step * np.arange(len(counts)))


def test_only_the_first_line_is_the_signature() -> None:
    claim = READER.recognise(Source(PLAIN.encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    assert READER.recognise(Source(b"# " + PLAIN.encode())) is None


def test_the_real_regular_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("xps/regular.vms")))
    assert choice.reader is READER
    assert reading.title == "1 as-loaded: Survey"
    energy = reading["kinetic_energy"].values
    assert (len(energy), energy[0], energy[1]) == (1351, 136.61, 137.61)
    assert energy[-1] == pytest.approx(1486.61)
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].values.max() == 10836.6
    assert reading["intensity"].uncertainty is None
    assert "not whole positive numbers" in reading.doubts[0]
    assert reading["transmission"].values[-1] == 23.5611
    assert reading.metadata["pass_energy"] == Measured(100.0, "eV")
    assert reading.started_at == datetime(2023, 8, 24, 14, 19, 47)


def test_the_real_irregular_file_has_the_same_points_per_second(shared: Callable[[str], Path]) -> None:
    _, (irregular,) = read(Source(shared("xps/irregular.vms")))
    _, (regular,) = read(Source(shared("xps/regular.vms")))
    assert irregular["kinetic_energy"].values[[0, -1]].tolist() == [136.61, 1486.61]
    np.testing.assert_allclose(irregular["kinetic_energy"].values, regular["kinetic_energy"].values)
    # The regular file has counts in 0.1 s, the irregular one counts per second without saying so.
    np.testing.assert_allclose(irregular["intensity"].values, 10 * regular["intensity"].values, rtol=1e-5)
    assert irregular["intensity"].unit == ""
    assert "whether they are counts per second" in irregular.doubts[0]


def test_the_real_file_of_kratos(shared: Callable[[str], Path]) -> None:
    _, readings = read(Source(shared("xps/mjr9_116a.vms")))
    names = ["Wide/2", "Wide/5", "O 1s/6", "N 1s/7", "C 1s/8", "S 2p/9", "Au 4f/10"]
    assert [r.title for r in readings] == names
    assert [len(r["intensity"]) for r in readings] == [1101, 601, 231, 211, 231, 181, 301]
    assert [r["kinetic_energy"].values[0] for r in readings[:4]] == [386.69, 886.69, 948.69, 1076.69]
    first = readings[0]
    assert first["intensity"].unit == "count"
    assert (first["intensity"].values.min(), first["intensity"].values.max()) == (47, 30809)
    assert first["intensity"].uncertainty is not None
    assert first.metadata["etch_time"] == Measured(0.0, "s")
    assert first.metadata["n_scans"] == 3
    assert first.sample_name is None
    assert first.started_at == datetime(2005, 9, 14, 10, 41, 24)
    assert all(r.doubts == () for r in readings)


@pytest.mark.parametrize("name", ["xps/regular.vms", "xps/mjr9_116a.vms"])
def test_another_library_reads_the_same_numbers(shared: Callable[[str], Path], name: str) -> None:
    vamas = pytest.importorskip("vamas")
    theirs = vamas.Vamas(shared(name)).blocks
    ours = READER.read(Source(shared(name)))
    assert len(ours) == len(theirs)
    for reading, other in zip(ours, theirs, strict=True):
        for n, variable in enumerate(reading.variables[1:]):
            np.testing.assert_array_equal(variable.series.values, other.corresponding_variables[n].y_values)
        assert reading["kinetic_energy"].values[0] == other.x_start
        assert reading["kinetic_energy"].values[1] - other.x_start == pytest.approx(other.x_step)


def test_utc_is_not_made_up() -> None:
    assert only(PLAIN).started_at != datetime(2023, 8, 24, 14, 19, 47, tzinfo=UTC)
