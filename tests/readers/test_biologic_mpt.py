"""BioLogic's text exports: real ones, and small ones written here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.unit import is_known
from kiban.readers import recognise
from kiban.readers.biologic_mpt import READER
from kiban.readers.contract import Confidence
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

Shared = Callable[[str], Path]

HEADER = (
    "",
    "Cyclic Voltammetry",
    "",
    "Run on channel : 3 (SN 4711)",
    "User : Sato",
    "Ewe ctrl range : min = -2.50 V, max = 2.50 V",
    "Safety Limits :",
    "\tDo not start on E overload",
    "Acquisition started on : 04/05/2023 13:14:15.250",
    "Saved on :",
    "\tFile : ferrocene.mpr",
    "Device : SP-150 (SN 0042)",
    "EC-Lab for windows v11.36 (software)",
    "Command interpretor v11.33 (firmware)",
    "Electrolyte : 0.1 M TBAPF6",
    "Comments : Sample: FC-12",
    "Comments : glassy carbon, 3 mm",
    "Reference electrode : Ag/AgCl (0.197 V)",
    "Electrode surface area : 0.071 cm²",
    "Characteristic mass : 0.001 g",
    "Cycle Definition : Charge/Discharge alternance",
    "Ei (V)              0.000               ",
    "vs.                 Eoc                 ",
    "dE/dt               50.000              ",
    "dE/dt unit          mV/s                ",
    "",
)
COLUMNS = ("mode", "ox/red", "error", "time/s", "control/V", "Ewe/V", "<I>/mA", "cycle number")
ROWS = (
    "2\t1\t0\t0.000000000000000E+000\t0.1000000E+000\t1.0012000E-001\t-2.500000000000000E-003\t1.000000000000000E+000",
    "2\t1\t0\t2.000000000000000E-002\t0.1010000E+000\t1.0112000E-001\t1.250000000000000E-003\t1.000000000000000E+000",
    "2\t0\t0\t4.000000000000000E-002\t0.1000000E+000\t1.0022000E-001\t-7.500000000000000E-003\t2.000000000000000E+000",
)


def mpt(
    rows: tuple[str, ...] = ROWS,
    *,
    columns: tuple[str, ...] = COLUMNS,
    header: tuple[str, ...] = HEADER,
    signature: str = "EC-Lab ASCII FILE",
    n_lines: int | None = None,
    comma: bool = False,
    end: str = "\r\n",
    encoding: str = "cp1252",
) -> bytes:
    n = len(header) + 3 if n_lines is None else n_lines
    head = [signature, f"Nb header lines : {n}".ljust(42), *header]
    body = ["\t".join(columns) + "\t", *rows]
    text = end.join([*head, *body]) + end
    if comma:
        text = (
            end.join([*(line.replace(".", ",") for line in head), body[0], *(r.replace(".", ",") for r in rows)]) + end
        )
        text = text.replace("13:14:15,250", "13:14:15.250")
    return text.encode(encoding)


def read(content: bytes) -> Reading:
    (reading,) = READER.read(Source(content, name="small.mpt"))
    return reading


BARE = ("\t".join(COLUMNS) + "\n" + "\n".join(ROWS) + "\n").encode()


class TestBiologicMpt(ReaderSuite):
    reader = READER
    examples = {  # noqa: RUF012
        "points, CRLF, CP1252": mpt(),
        "commas, LF": mpt(comma=True, end="\n"),
        "CR line ends": mpt(end="\r"),
        "UTF-8 with mark": mpt(encoding="utf-8-sig"),
        "BT-Lab": mpt(signature="BT-Lab ASCII FILE"),
        "tab at the end of each row": mpt(tuple(row + "\t" for row in ROWS)),
        "no header": mpt(header=(), n_lines=3),
        "nothing but columns and rows": BARE,
        "wrong count of header lines": mpt(n_lines=7),
        "times as dates": mpt(
            tuple(f"04/05/2023 13:15:{s:02d}.500\t{s / 10}" for s in range(5)), columns=("time/s", "Ewe/V")
        ),
        "loops": mpt(
            header=(
                *HEADER,
                "Number of loops : 2",
                "Loop 0 from point number 0 to 1",
                "Loop 1 from point number 2 to 2",
            )
        ),
    }


def test_columns_get_names_units_and_types() -> None:
    reading = read(mpt())
    assert [(v.name, v.series.unit, v.role.value) for v in reading.variables] == [
        ("time", "s", "axis"),
        ("current", "mA", "signal"),
        ("potential", "V", "signal"),
        ("mode", "", "auxiliary"),
        ("oxidation", "", "auxiliary"),
        ("error", "", "auxiliary"),
        ("control_potential", "V", "auxiliary"),
        ("cycle_number", "", "auxiliary"),
    ]
    assert reading["time"].values.tolist() == [0.0, 0.02, 0.04]
    assert reading["current"].values.tolist() == [-2.5e-3, 1.25e-3, -7.5e-3]
    assert reading["oxidation"].values.dtype == np.uint8
    assert all(v.dimensions == ("time",) for v in reading.variables)
    assert reading.technique == "cyclic_voltammetry"
    assert reading.doubts == ()


def test_header_becomes_metadata_and_is_kept() -> None:
    reading = read(mpt())
    assert reading.title == "Cyclic Voltammetry"
    assert reading.sample_name == "FC-12"
    assert reading.operator == "Sato"
    assert reading.instrument == "BioLogic SP-150 (SN 0042)"
    assert reading.started_at == datetime(2023, 4, 5, 13, 14, 15, 250_000)
    assert reading.metadata == {
        "maker": "BioLogic",
        "model": "SP-150",
        "serial_number": "0042",
        "software": "EC-Lab 11.36",
        "technique_name": "Cyclic Voltammetry",
        "channel": 3,
        "scan_speed": Measured(50.0, "mV/s"),
        "comment": "Sample: FC-12\nglassy carbon, 3 mm",
        "reference_electrode": "Ag/AgCl (0.197 V)",
        "electrode_area": Measured(0.071, "cm**2"),
        "electrolyte": "0.1 M TBAPF6",
    }
    assert reading.header["lines"][2:] == list(HEADER)  # type: ignore[index]
    assert reading.header["parameters"] == [
        ["Ei (V)", "0.000"],
        ["vs.", "Eoc"],
        ["dE/dt", "50.000"],
        ["dE/dt unit", "mV/s"],
    ]
    fields = reading.header["fields"]
    assert isinstance(fields, dict)
    assert fields["Comments"] == ["Sample: FC-12", "glassy carbon, 3 mm"]
    assert fields["File"] == "ferrocene.mpr"


@pytest.mark.parametrize("variant", [name for name in TestBiologicMpt.examples if name != "times as dates"])
def test_every_variant_gives_the_same_numbers(variant: str) -> None:
    reading, plain = read(TestBiologicMpt.examples[variant]), read(mpt())
    for variable in plain.variables:
        assert np.array_equal(reading[variable.name].values, variable.series.values), variable.name


def test_decimal_commas_are_read_in_the_header_too() -> None:
    metadata = read(mpt(comma=True)).metadata
    assert metadata["electrode_area"] == Measured(0.071, "cm**2")
    assert metadata["scan_speed"] == Measured(50.0, "mV/s")


def test_a_japanese_system_writes_its_own_letters() -> None:
    header = (*HEADER[:15], "Comments : 試料: 正極7", "Comments : 乾燥後", *HEADER[17:-2], "")
    header = tuple(line.replace("²", "2") for line in header)
    reading = read(mpt(header=header, encoding="cp932"))
    assert reading.sample_name == "正極7"
    assert reading.metadata["comment"] == "試料: 正極7\n乾燥後"
    assert reading.metadata["electrode_area"] == Measured(0.071, "cm**2")


def test_points_and_commas_together_are_refused() -> None:
    with pytest.raises(DamagedFile, match="decimal commas and numbers with decimal points"):
        read(mpt((ROWS[0], ROWS[1].replace(".", ","))))


@pytest.mark.parametrize("word", ["XXX", "", "1.#QNAN", "-1.#IND"])
def test_missing_values_are_nan(word: str) -> None:
    cells = ROWS[1].split("\t")
    cells[6] = word
    assert np.isnan(read(mpt((ROWS[0], "\t".join(cells), ROWS[2])))["current"].values[1])


def test_a_missing_time_is_damage() -> None:
    with pytest.raises(DamagedFile, match="time/s is not a number at point 2 of 3"):
        read(mpt((ROWS[0], ROWS[1].replace("2.000000000000000E-002", "XXX"), ROWS[2])))


def test_a_cut_row_is_damage() -> None:
    with pytest.raises(DamagedFile, match="row 3 of 3 has 5 cells, 8 were expected"):
        read(mpt((*ROWS[:2], "\t".join(ROWS[2].split("\t")[:5]))))


def test_a_word_among_the_numbers_is_damage() -> None:
    with pytest.raises(DamagedFile, match="a cell is no number"):
        read(mpt((ROWS[0], ROWS[1].replace("1.0112000E-001", "volts"), ROWS[2])))


def test_a_last_number_that_is_cut_is_a_doubt() -> None:
    reading = read(mpt(end="\n")[:-2])
    assert reading.doubts == ("The last row has no line end and its last number is short: the file may be cut there.",)


def test_fewer_points_than_the_loops_promise_are_damage() -> None:
    header = (*HEADER, "Number of loops : 2", "Loop 0 from point number 0 to 2", "Loop 1 from point number 3 to 5")
    with pytest.raises(DamagedFile, match="promises 6 points, 3 follow"):
        read(mpt(header=header))


def test_a_file_without_points_measured_nothing() -> None:
    with pytest.raises(NothingMeasured):
        read(mpt(()))


def test_a_header_without_columns_is_damage() -> None:
    with pytest.raises(DamagedFile, match="row of column labels was expected in line 29"):
        read("\n".join(["EC-Lab ASCII FILE", "Nb header lines : 29", *HEADER]).encode("cp1252"))


@pytest.mark.parametrize("n_lines", [1, 7, 10, 30, 900])  # line 10 is a header line with a tab
def test_a_wrong_count_of_header_lines_is_a_doubt(n_lines: int) -> None:
    reading = read(mpt(n_lines=n_lines))
    assert reading.doubts == (f"The header promises {n_lines} lines; the column row stands in line 29.",)
    assert len(reading["time"]) == 3


def test_times_as_dates_become_seconds_since_the_start() -> None:
    rows = tuple(f"04/05/2023 13:15:0{s}.500\t0.{s}" for s in range(3))
    reading = read(mpt(rows, columns=("time/s", "Ewe/V")))
    assert reading["time"].values.tolist() == [45.25, 46.25, 47.25]
    commas = tuple(row.replace("\t0.", "\t0,") for row in rows)
    assert read(mpt(commas, columns=("time/s", "Ewe/V")))["time"].values.tolist() == [45.25, 46.25, 47.25]


def test_times_as_dates_without_a_header_start_at_the_first_point() -> None:
    rows = "\n".join(f"4/5/2023 1:15:0{s} PM\t0.{s}" for s in range(3))
    reading = read(f"time/s\tEwe/V\n{rows}\n".encode())
    assert reading["time"].values.tolist() == [0, 1, 2]
    assert reading.started_at == datetime(2023, 4, 5, 13, 15, 0)


def test_loops_number_their_points() -> None:
    assert read(TestBiologicMpt.examples["loops"])["loop_index"].values.tolist() == [0, 0, 1]


def test_the_plain_export_is_likely_and_the_signed_one_certain() -> None:
    for content, confidence in ((BARE, Confidence.LIKELY), (mpt(), Confidence.CERTAIN)):
        claim = READER.recognise(Source(content))
        assert claim is not None
        assert claim.confidence == confidence
    assert READER.recognise(Source(b"time/s\tvoltage\n1\t2\n")) is None


@pytest.mark.parametrize("name", ["Linear Polarization", "Linear Sweep Voltammetry", "Tafel Plot"])
def test_linear_sweeps_by_whatever_name(name: str) -> None:
    header = tuple(name if line == "Cyclic Voltammetry" else line for line in HEADER)
    assert name in header
    assert read(mpt(header=header)).technique == "linear_sweep_voltammetry"


def test_a_mean_potential_goes_before_that_of_the_cell() -> None:
    rows = ("0\t1.5\t0.2", "1\t2.5\t0.3")
    reading = read(mpt(rows, columns=("time/s", "<Ewe/V>", "Ewe-Ece/V")))
    assert reading["potential"].values.tolist() == [1.5, 2.5]
    assert reading["cell_potential"].values.tolist() == [0.2, 0.3]


@pytest.mark.parametrize(
    ("label", "name", "unit"),
    [
        ("<Ewe>/V", "potential", "V"),
        ("<Ewe/V>", "potential", "V"),
        ("I/A", "current", "A"),
        ("Q charge/discharge/mA.h", "half_cycle_charge", "mA*h"),
        ("Q discharge/mA.h", "discharge_capacity", "mA*h"),
        ("Capacitance charge/µF", "charge_capacitance", "uF"),
        ("Capacitance charge/μF", "charge_capacitance", "uF"),
        ("Capacitance charge/uF", "charge_capacitance", "uF"),
        ("Re(Y)/Ohm-1", "admittance_real", "1/ohm"),
        ("-Im(Zwe-ce)/Ohm", "cell_impedance_imaginary_negative", "ohm"),
        ("|Z12|/Ohm", "element_12_impedance_modulus", "ohm"),
        ("Phase(Zce)/deg", "counter_phase", "deg"),
        ("|I h3|/A", "current_harmonic_3", "A"),
        ("NSR Ece/%", "nsr_counter_potential", "percent"),
        ("Cs-2/µF-2", "series_capacitance_to_minus_2", "1/uF**2"),
        ("Capacity/mA.h/g", "capacity", "mA*h/g"),
        ("I/mA/cm²", "current", "mA/cm**2"),
        ("Temperature/°C", "temperature", "degC"),
        ("Analog IN 2/V", "analog_input_2", "V"),
        ("Re(Conductivity)/mS/cm", "re_conductivity", "mS/cm"),
        ("2nd thing", "column_2nd_thing", ""),
    ],
)
def test_labels(label: str, name: str, unit: str) -> None:
    reading = read(mpt(("0\t1.5", "1\t2.5"), columns=("time/s", label), encoding="utf-8"))
    assert reading[name].values.tolist() == [1.5, 2.5]
    assert reading[name].unit == unit
    assert is_known(unit)


def test_german_export_equals_the_english_one(shared: Shared) -> None:
    (german,) = READER.read(Source(shared("echem/mb.issue_95.de.mpt")))
    (english,) = READER.read(Source(shared("echem/mb.issue_95.mpt")))
    assert len(english["time"]) == 33
    assert english["potential"].values[-1] == 2.3260789
    for variable in english.variables:
        assert np.array_equal(german[variable.name].values, variable.series.values), variable.name
    assert german.metadata == english.metadata
    assert german.started_at == english.started_at == datetime(2022, 12, 8, 14, 36, 53, 355_000)


@pytest.mark.parametrize(
    ("name", "n_points", "first", "last"),
    [
        ("ca.issue_149", 80, ("time", 2.065059947832196e1), ("time", 6.299353971363016e2)),
        ("cp", 121, ("time", 3.283641917048226e2), ("control_current", -100.0)),
        ("gcpl.issue_149", 132, ("time", 3.015299923827115e1), ("time", 6.599857963771647e2)),
        ("mb.issue_95", 33, ("time", 0.0), ("time", 3.000019924211665e1)),
        ("ocv", 602, ("potential", 2.5594452e-1), ("potential", 4.4194466e-1)),
        ("ocv.old", 602, ("potential", 2.5594452e-1), ("potential", 4.4194466e-1)),
        ("peis", 32, ("frequency", 1.9999814e5), ("impedance_real", 1.8024315e1)),
        ("vsp_ocv_with", 13, ("time", 5.387692099403695e4), ("potential", 1.0600461e-4)),
    ],
)
def test_real_files_give_the_rows_read_by_hand(
    shared: Shared, name: str, n_points: int, first: tuple[str, float], last: tuple[str, float]
) -> None:
    choice, (reading,) = recognise.read(Source(shared(f"echem/{name}.mpt")))
    assert choice.reader.name == "biologic_mpt"
    assert {len(variable.series) for variable in reading.variables} == {n_points}
    assert reading[first[0]].values[0] == first[1]
    assert reading[last[0]].values[-1] == last[1]
    for variable in reading.variables:
        assert is_known(variable.series.unit), variable.name


def test_impedance_has_frequency_as_its_axis(shared: Shared) -> None:
    (reading,) = READER.read(Source(shared("echem/peis.mpt")))
    assert [v.name for v in reading.variables if v.role is Role.AXIS] == ["frequency"]
    assert [v.name for v in reading.signals][:2] == ["impedance_real", "impedance_imaginary_negative"]
    assert reading.metadata["reference_electrode"] == "SCE Saturated Calomel Electrode (0.241 V)"


def test_an_export_without_header_names_what_it_lacks(shared: Shared) -> None:
    (reading,) = READER.read(Source(shared("echem/vsp_ocv_with.mpt")))
    assert reading.technique == "open_circuit_voltage"
    assert reading.started_at is None
    assert len(reading.doubts) == 3
