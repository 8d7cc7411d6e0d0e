"""Touchstone: real files of three analysers, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, KibanError, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.readers.touchstone import READER
from kiban.readers.touchstone_parts.comments import measured_at
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

ONE_PORT = """!Maker,V100,SN1,1.2
!Date: Tue Nov 15 12:05:26 2022
# Hz S RI R 50
100 0.5 -0.25
200 0.4 -0.35 ! inline
300 0.3 -0.45
"""
TWO_PORT = """! comment
# MHz S dB R 75
!
1.0 -1 10 -2 20 -3 30 -4 40
2.0 -1.5 11 -2.5 21 -3.5 31 -4.5 41
"""
DEFAULTS = "#\n1 0.9 -10 0.1 20 0.1 20 0.8 -30\n2 0.8 -11 0.2 21 0.2 21 0.7 -31\n"
NOISE = "# GHz S MA R 50\n2 .95 -26 3.57 157 .04 76 .66 -14\n22 .60 -144 1.30 40 .14 40 .56 -85\n\
4 .7 .64 69 .38\n18 2.7 .46 -33 .40\n"
FOUR_PORT = "# GHz S MA R 50\n" + "".join(
    f"{f} "
    + "\n   ".join(" ".join(f"0.{i}{j} {10 * i + j}" for j in range(1, 5)) + f" ! row {i}" for i in range(1, 5))
    + "\n"
    for f in (5.0, 6.0)
)
FIVE_PORT = "# kHz Z RI R 50\n" + "".join(
    f"{f} "
    + "\n".join(" ".join(f"{i}.{j} {j}.{i}" for j in range(1, 5)) + f"\n  {i}.5 5.{i}" for i in range(1, 6))
    + "\n"
    for f in (5, 6)
)
VERSION_2 = """! 2.0
[Version] 2.0
# GHz S RI R 50
[Number of Ports] 2
[Two-Port Data Order] 12_21
[Number of Frequencies] 2
[Number of Noise Frequencies] 1
[Reference] 50
 75
[Matrix Format] Full
[Begin Information]
anything [here] # goes
[End Information]
[Network Data]
1.0 1.1 0.11 1.2 0.12
2.1 0.21 2.2 0.22
2.0 3.1 0.31 3.2 0.32 4.1 0.41 4.2 0.42
[Noise Data]
1.0 0.7 0.64 69 19
[End]
"""
LOWER = """[Version] 2.1
# Hz Y RI
[Number of Ports] 3
[Number of Frequencies] 1
[Matrix Format] Lower
[Network Data]
1 1.1 0 2.1 0 2.2 0
3.1 0 3.2 0 3.3 0
[End]
"""


def many_ports(n: int, matrix: str = "Full") -> str:
    pairs = [(i, j) for i in range(1, n + 1) for j in range(1, n + 1) if matrix == "Full" or j >= i]
    head = f"[Version] 2.0\n# Hz S RI R 50\n[Number of Ports] {n}\n[Matrix Format] {matrix}\n[Network Data]\n"
    return head + "\n".join(f"{f} " + " ".join(f"{100 * i + j} {f}" for i, j in pairs) for f in (1, 2)) + "\n[End]\n"


def of(text: str, name: str = "dut.s2p") -> list[Reading]:
    return READER.read(Source(text.encode(), name=name))


def only(text: str) -> Reading:
    (reading,) = of(text)
    return reading


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "one port": ONE_PORT.encode(),
        "two ports, CRLF": TWO_PORT.replace("\n", "\r\n").encode(),
        "two ports, CR": TWO_PORT.replace("\n", "\r").encode(),
        "noise": NOISE.encode(),
        "four ports": FOUR_PORT.encode(),
        "five ports, wrapped": FIVE_PORT.encode(),
        "version 2": VERSION_2.encode(),
        "version 2, lower": LOWER.encode(),
        "twelve ports": many_ports(12).encode(),
        "ten ports, upper": many_ports(10, "Upper").encode(),
    }


def test_one_port_is_read_with_all_that_is_stated() -> None:
    reading = only(ONE_PORT)
    assert reading.technique == "network_analysis"
    assert reading.title == "dut: S-parameters, 1 port"
    assert [(v.name, v.role, v.series.unit) for v in reading.variables] == [
        ("frequency", Role.AXIS, "Hz"),
        ("s11_real", Role.SIGNAL, ""),
        ("s11_imaginary", Role.SIGNAL, ""),
    ]
    assert reading["s11_imaginary"].values.tolist() == [-0.25, -0.35, -0.45]
    assert reading.started_at == datetime(2022, 11, 15, 12, 5, 26)
    assert reading.instrument == "Maker V100"
    assert dict(reading.metadata) == {
        "maker": "Maker",
        "model": "V100",
        "serial_number": "SN1",
        "software": "1.2",
        "n_ports": 1,
        "reference_impedance": Measured(50.0, "ohm"),
    }
    assert reading.header["option_line"] == "# Hz S RI R 50"
    assert reading.header["comments"] == ["Maker,V100,SN1,1.2", "Date: Tue Nov 15 12:05:26 2022", "inline"]
    assert reading.doubts == ()


def test_two_ports_come_as_11_21_12_22() -> None:
    reading = only(TWO_PORT)
    assert {v.name: v.series.values.tolist() for v in reading.variables} == {
        "frequency": [1.0, 2.0],
        "s11_magnitude": [-1.0, -1.5],
        "s11_phase": [10.0, 11.0],
        "s21_magnitude": [-2.0, -2.5],
        "s21_phase": [20.0, 21.0],
        "s12_magnitude": [-3.0, -3.5],
        "s12_phase": [30.0, 31.0],
        "s22_magnitude": [-4.0, -4.5],
        "s22_phase": [40.0, 41.0],
    }
    assert reading["frequency"].unit == "MHz"
    assert reading["s11_magnitude"].unit == "dB"
    assert reading["s11_phase"].unit == "deg"
    assert reading.metadata["reference_impedance"] == Measured(75.0, "ohm")


def test_what_the_option_line_leaves_out_has_its_default() -> None:
    reading = only(DEFAULTS)
    assert reading["frequency"].unit == "GHz"
    assert reading["s11_magnitude"].unit == ""
    assert reading["s21_phase"].values.tolist() == [20.0, 21.0]
    assert READER.recognise(Source(DEFAULTS.encode())) is None  # a lone # is anybody's


def test_noise_data_are_a_second_reading() -> None:
    network, noise = of(NOISE)
    assert network["frequency"].values.tolist() == [2.0, 22.0]
    assert network["s21_magnitude"].values.tolist() == [3.57, 1.30]
    assert {v.name: v.series.values.tolist() for v in noise.variables} == {
        "frequency": [4.0, 18.0],
        "minimum_noise_figure": [0.7, 2.7],
        "optimum_reflection_magnitude": [0.64, 0.46],
        "optimum_reflection_phase": [69.0, -33.0],
        "noise_resistance": [0.38, 0.40],
    }
    assert noise["minimum_noise_figure"].unit == "dB"


def test_more_ports_come_row_by_row_and_wrapped() -> None:
    four = only(FOUR_PORT)
    assert len(four.variables) == 33
    assert four["s34_magnitude"].values.tolist() == [0.34, 0.34]
    assert four["s41_phase"].values.tolist() == [41.0, 41.0]
    five = only(FIVE_PORT)
    assert len(five.variables) == 51
    assert five["z25_real"].values.tolist() == [2.5, 2.5]
    assert five["z52_imaginary"].values.tolist() == [2.5, 2.5]
    assert five["z25_real"].unit == ""  # divided by the reference resistance
    assert five.title == "dut: Z-parameters, 5 ports"


def test_version_2_says_the_order_and_the_references() -> None:
    network, noise = of(VERSION_2)
    assert network["s12_real"].values.tolist() == [1.2, 3.2]
    assert network["s21_real"].values.tolist() == [2.1, 4.1]
    assert network.metadata["reference_impedances"] == "50 ohm, 75 ohm"
    assert network.metadata["format_version"] == "2.0"
    assert noise["noise_resistance"].values.tolist() == [19.0]
    other = of(VERSION_2.replace("12_21", "21_12"))[0]
    assert other["s21_real"].values.tolist() == [1.2, 3.2]


def test_triangular_matrices_name_what_they_hold() -> None:
    reading = only(LOWER)
    assert [v.name for v in reading.variables if v.name.endswith("real")] == [
        "y11_real", "y21_real", "y22_real", "y31_real", "y32_real", "y33_real",
    ]  # fmt: skip
    assert reading["y32_real"].values.tolist() == [3.2]
    assert reading["y32_real"].unit == "siemens"
    hybrid = only(VERSION_2.replace("GHz S", "GHz H").replace("[Number of Noise Frequencies] 1\n", "")
                  .replace("[Noise Data]\n1.0 0.7 0.64 69 19\n", ""))  # fmt: skip
    assert [hybrid[f"h{i}{j}_real"].unit for i in (1, 2) for j in (1, 2)] == ["ohm", "", "", "siemens"]


@pytest.mark.parametrize("matrix", ["Full", "Upper"])
def test_many_ports_are_two_arrays(matrix: str) -> None:
    reading = only(many_ports(12, matrix))
    assert [(v.name, v.dimensions) for v in reading.variables] == [
        ("frequency", ("frequency",)),
        ("s_real", ("frequency", "output_port", "input_port")),
        ("s_imaginary", ("frequency", "output_port", "input_port")),
    ]
    assert reading["s_real"].shape == (2, 12, 12)
    assert reading["s_real"].values[0, 2, 10] == 311
    assert reading["s_real"].values[0, 10, 2] == (1103 if matrix == "Full" else 311)
    assert np.all(reading["s_imaginary"].values[1] == 2)


@pytest.mark.parametrize(
    ("comment", "date"),
    [
        ("Date: Tue Nov 15 12:05:26 2022", datetime(2022, 11, 15, 12, 5, 26)),
        ("Date: Monday, September 07, 2020 12:03:03", datetime(2020, 9, 7, 12, 3, 3)),
        ("Created: UTC 12/24/2020, 5:20:26 PM", datetime(2020, 12, 24, 17, 20, 26, tzinfo=UTC)),
        ("3/19/2024   3:16:14 PM", datetime(2024, 3, 19, 15, 16, 14)),
        ("2003-07-07", datetime(2003, 7, 7)),
        ("3/9/2024   3:16:14 PM", None),
        ("Date: Tue Foo 15 12:05:26 2022", None),
        ("Date: Tue Nov 45 12:05:26 2022", None),
        ("no date", None),
    ],
)
def test_dates_in_comments(comment: str, date: datetime | None) -> None:
    assert measured_at([comment]) == date


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("# Hz S RI R 50\n", NothingMeasured, "no network data"),
        ("1 2 3\n# Hz S RI R 50\n", DamagedFile, "line 1: an option line # was expected"),
        (ONE_PORT.replace("R 50", "Q 50"), DamagedFile, "'q' has no meaning"),
        (ONE_PORT.replace("0.4", "0,4"), DamagedFile, "line 5: a number was expected; '0,4' was found"),
        (ONE_PORT.replace("200 0.4", "50 0.4"), DamagedFile, "the one at point 2 is lower"),
        (ONE_PORT.replace(" -0.35", ""), DamagedFile, "line 5: a frequency and pairs of numbers were expected"),
        (FOUR_PORT.replace("0.34 34", "0.34"), DamagedFile, "pairs of numbers were expected, 8 were found"),
        ("# Hz S RI R 50\n1 2 3 4 5 6 7\n", DamagedFile, "1, 4, 9, ... pairs of numbers were expected, 3 were found"),
        ("# Hz S RI R 50\n1 2\n", DamagedFile, "a frequency and pairs of numbers"),
        ("# Hz S RI R 50\n1\n", DamagedFile, "0 were found"),
        (NOISE.replace("18 2.7 .46 -33 .40", "18 2.7 .46"), DamagedFile, "5 numbers of noise data were expected, 3"),
        (VERSION_2.replace("[Number of Ports] 2\n", ""), DamagedFile, "[Number of Ports] was expected"),
        (VERSION_2.replace("Frequencies] 2", "Frequencies] 3"), DamagedFile, "3 frequencies with 9 numbers each"),
        (VERSION_2.replace("4.1 0.41 ", ""), DamagedFile, "16 numbers follow"),
        (VERSION_2.replace("Noise Frequencies] 1", "Noise Frequencies] 2"), DamagedFile, "2 noise points are promised"),
        (VERSION_2.replace(" 75\n", ""), DamagedFile, "2 reference impedances were expected, 1"),
        (VERSION_2.replace("Full", "Diagonal"), DamagedFile, "'diagonal' was found"),
        (VERSION_2.replace("Ports] 2", "Ports] x"), DamagedFile, "a count was expected after [number of ports]"),
        (VERSION_2.replace("Ports] 2", "Ports] 100000"), LimitExceeded, "at most 512"),
        (VERSION_2.replace("[Matrix", "[Mixed-Mode Order] D2,3\n[Matrix"), UnsupportedVariant, "mixed modes"),
    ],
)
def test_damage_is_named(text: str, error: type[KibanError], words: str) -> None:
    with pytest.raises(error) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_what_must_not_be_trusted_is_said() -> None:
    assert "several times" in only(ONE_PORT.replace("200 0.4", "100 0.4")).doubts[0]
    assert "without [End]" in of(VERSION_2.replace("[End]\n", ""))[0].doubts[0]
    # Two pairs of one port.
    reading = only("# MHZ S MA R 50\n3000 1.0 80.10 0.99 0.05\n3001 1.0 80.20 0.98 0.06\n")
    assert [v.name for v in reading.variables] == [
        "frequency", "s11_magnitude", "s11_phase", "pair_2_magnitude", "pair_2_phase",
    ]  # fmt: skip
    assert "two pairs" in reading.doubts[0]


def test_other_text_is_not_claimed() -> None:
    for text in (
        b"# Hz\n1 2 3\n",
        b"# s\n1 2\n",
        b"# time s\n1 2\n",
        b"[Header]\nx\n",
        b"#Spectrum : 1\n",
        b"# s h data\n",
    ):
        assert READER.recognise(Source(text)) is None
    for name in ("a.txt", "a.s1p"):
        assert choose(Source(TWO_PORT.encode(), name=name)).reader is READER


@given(st.integers(1, 4), st.integers(1, 5), st.randoms(use_true_random=False))
def test_every_number_comes_back(n: int, n_points: int, chance: object) -> None:
    rng = np.random.default_rng(n * 100 + n_points)
    table = rng.normal(size=(n_points, n, n, 2))
    order = [(i, j) for i in range(n) for j in range(n)] if n != 2 else [(0, 0), (1, 0), (0, 1), (1, 1)]
    lines = ["# GHz S RI R 50"]
    for k in range(n_points):
        numbers = [repr(float(x)) for i, j in order for x in table[k, i, j]]
        rows = [numbers] if n < 3 else [numbers[2 * n * i : 2 * n * (i + 1)] for i in range(n)]
        lines.append(f"{k + 1} " + "\n  ".join(" ".join(row) for row in rows))
    reading = only("\n".join(lines) + "\n")
    for i in range(n):
        for j in range(n):
            assert reading[f"s{i + 1}{j + 1}_real"].values.tolist() == table[:, i, j, 0].tolist()
            assert reading[f"s{i + 1}{j + 1}_imaginary"].values.tolist() == table[:, i, j, 1].tolist()


def test_a_cable_between_two_ports(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("transport/CABLE_3_5MM_1N_TYPE_CONNECTORS.S2P")))
    assert choice.reader is READER
    assert len(reading["frequency"]) == 95
    assert reading["s11_magnitude"].values[0] == -27.2796
    assert reading["s21_phase"].values[-1] == 144.9767
    assert reading["s22_phase"].values[-1] == 38.80808
    assert reading["s21_magnitude"].unit == "dB"
    assert reading.metadata["model"] == "E5061B"


def test_a_resonator_and_a_file_with_two_pairs(shared: Callable[[str], Path]) -> None:
    (resonator,) = READER.read(Source(shared("transport/Device_r_40um.s1p")))
    assert len(resonator["s11_real"]) == 94
    assert (resonator["s11_real"].values[0], resonator["s11_imaginary"].values[0]) == (0.9996352, -0.02935464)
    assert resonator.started_at == datetime(2020, 9, 7, 12, 3, 3)
    (pico,) = READER.read(Source(shared("transport/picovna.s1p")))
    assert len(pico["s11_magnitude"]) == 96
    assert (pico["s11_magnitude"].values[0], pico["s11_phase"].values[0]) == (1.00233, 80.10)
    assert pico["frequency"].unit == "MHz"
    assert "two pairs" in pico.doubts[0]


@given(
    st.lists(
        st.sampled_from(
            ["!", "! note # 1", "\r", "\n", "\r\n", " ", "\t", "\u3000", "\xa0", "\x1c", "\ufeff", "a", "1 2", "é"]
        ),
        max_size=8,
    ).map("".join),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp932", "cp1252"]),
)
def test_whatever_blanks_and_comments_come_first_in_whatever_encoding(above: str, encoding: str) -> None:
    content = f"{above}\n# GHz S MA R 50\n1 .95 -26\n".encode(encoding, "ignore")
    lines = decode(content)[0].lstrip("\ufeff").replace("\r", "\n").split("\n")
    first = next(text for line in lines if (text := line.partition("!")[0].strip()))
    assert (READER.recognise(Source(content)) is not None) == first.startswith("#")
