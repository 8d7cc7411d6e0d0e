"""LabSpec XML: the real files with the figures of the table, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, HostileFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.horiba_labspec_xml import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

Axis = tuple[str, str, Sequence[float]]
SHIFT: Axis = ("Spectr", "1/cm", (300.0, 200.0, 100.0))
X: Axis = ("X", "µm", (-2.0, 0.0, 2.0))
Y: Axis = ("Y", "µm", (-1.0, 1.0))


def lsx(identifier: str, content: str, form: int = 9, size: int | None = None) -> str:
    stated = "" if size is None else f' Size="{size}"'
    return f'<LSX Format="{form}" ID="{identifier}"{stated}>{content}</LSX>'


def listed(values: Sequence[float]) -> str:
    return "\n" + " ".join(f"{value:g}" for value in values) + " \n"


def extremes(values: Sequence[float]) -> str:
    pair = lsx("0x0", f"{min(values)}", 5) + lsx("0x1", f"{max(values)}", 5)
    return lsx("0x6D6174E3", lsx("0x696DDCE0", pair))


def setting(identifier: str, name: str, value: str, number: str = "") -> str:
    inner = lsx("0x6D6D616E", name, 7) + lsx("0x7D6C61DB", value, 7)
    return lsx(identifier, inner + (lsx("0x8736F70", number, 5) if number else ""))


SETTINGS = lsx(
    "0x6C62D4D9",
    lsx(
        "0x8716361",
        setting("0x6F707865", "Acq. time (s)", "3")
        + setting("0x7D6363CE", "Accumulations", "2")
        + setting("0xD9E15849", "Instrument", "LabRAM HR Evol")
        + setting("0x6D7361DE", "Laser (nm)", "633", "632.817")
        + setting("0x6FDAECD8", "StageXY", "Märzhauser B")
        + setting("0x8000078", "X (µm)", "-1263.95"),
    )
    + lsx("0x7C73E2D2", setting("0x786DC6DF", "Sample", "test") + setting("0x6C7469D9", "Title", "test_3s"))
    + lsx("0x7CECDBD7", setting("0x0", "Acquired", "19.08.2022 09:20:51")),
)


def document(*axes: Axis, data: Sequence[Sequence[float]], unit: str = "Cnt/sec", settings: str = SETTINGS) -> str:
    flat = [value for row in data for value in row] or [0.0]
    described = lsx("0x0", lsx("0x6D707974", "Intens", 7) + lsx("0x7C696E75", unit, 7) + extremes(flat))
    for n, (kind, of, values) in enumerate(axes, 1):
        described += lsx(
            f"0x{n}",
            lsx("0x7D6CD4DB", listed(values), 6, len(values))
            + lsx("0x6D707974", kind, 7)
            + lsx("0x7C696E75", of, 7)
            + extremes(values),
        )
    rows = "".join(
        f'<LSX_Row Format="6" Index="{n}" Size="{len(row)}">{listed(row)}</LSX_Row>' for n, row in enumerate(data)
    )
    tree = lsx("0x6D707974", "SpIm", 7) + lsx("0x6C7469D9", "file title", 8)
    tree += lsx("0x7A74D9D6", lsx("0x7B697861", described)) + settings
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<LSX_Data>\n<LSX_Tree Format="9" ID="0x69746164">'
        f'{tree}</LSX_Tree>\n<LSX_Matrix Format="6" ID="0x7D6CD4DB">{rows}</LSX_Matrix>\n</LSX_Data>\n'
    )


ROWS = [[10.0 * i, 10.0 * i + 1, 10.0 * i + 2] for i in range(1, 7)]
SINGLE = document(SHIFT, data=[[1.0, 2.5, 3.0]])
MAP = document(SHIFT, X, Y, data=ROWS)


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode(), name="x.xml"))
    return reading


class TestHoribaLabspecXml(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "single": SINGLE.encode(),
        "map": MAP.encode(),
        "line": document(SHIFT, Y, data=ROWS[:2]).encode(),
        "time series": document(SHIFT, ("Time", "s", (0.0, 5.0)), data=ROWS[:2]).encode(),
        "in nm": document(("Spectr", "nm", (500.0, 501.0, 502.0)), data=ROWS[:1]).encode(),
        "without settings": document(SHIFT, data=ROWS[:1], settings="").encode(),
        "stack of maps": document(SHIFT, X, Y, ("Z", "µm", (0.0, 1.0)), data=ROWS * 2).encode(),
    }


def test_a_spectrum_is_read_with_all_that_is_stated() -> None:
    reading = of(SINGLE)
    assert (reading.technique, reading.title, reading.sample_name) == ("raman", "test_3s", "test")
    assert reading["raman_shift"].values.tolist() == [300.0, 200.0, 100.0]
    assert reading["intensity"].values.tolist() == [1.0, 2.5, 3.0]
    assert reading["intensity"].unit == "count/s"
    assert reading.metadata == {
        "maker": "HORIBA",
        "exposure_time": Measured(3.0, "s"),
        "position_x": Measured(-1263.95, "um"),
        "n_scans": 2,
        "laser_wavelength": Measured(632.817, "nm"),
        "ended_at": datetime(2022, 8, 19, 9, 20, 51),
    }
    assert reading.header["Laser (nm)"] == "633"
    assert reading.header["StageXY"] == "Märzhauser B"
    assert reading.doubts == ()


def test_a_map_has_rows_and_columns() -> None:
    reading = of(MAP)
    assert [(v.name, v.series.shape) for v in reading.variables] == [
        ("raman_shift", (3,)),
        ("position_y", (2,)),
        ("position_x", (3,)),
        ("intensity", (2, 3, 3)),
    ]
    assert reading["intensity"].values[1, 0].tolist() == ROWS[3]
    assert reading.doubts == ()


def test_an_axis_of_one_point_is_no_dimension() -> None:
    reading = of(document(SHIFT, X, ("Y", "µm", (7.0,)), data=ROWS[:3]))
    assert reading["intensity"].shape == (3, 3)
    assert "position_y" not in reading


def test_without_settings_the_title_is_that_of_the_data() -> None:
    reading = of(document(SHIFT, data=ROWS[:1], settings=""))
    assert reading.title == "file title"
    assert reading.metadata == {"maker": "HORIBA"}


def test_other_extremes_than_stated_are_doubted() -> None:
    reading = of(SINGLE.replace("\n1 2.5 3 \n", "\n1 2.5 4 \n"))
    assert reading.doubts == ("The file states intensities from 1 to 3; they run from 1 to 4.",)


def test_spectra_of_zeros_are_doubted() -> None:
    reading = of(document(SHIFT, Y, data=[ROWS[0], [0.0, 0.0, 0.0]]))
    assert "1 of 2 spectra hold nothing but zeros" in reading.doubts[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (document(SHIFT, X, Y, data=ROWS[:5]), "the axes promise 6 spectra, numbered from 0; 5 rows follow"),
        (document(SHIFT, X, Y, data=[*ROWS, ROWS[0]]), "the axes promise 6 spectra"),
        (MAP.replace('Index="3"', 'Index="4"'), "the axes promise 6 spectra"),
        (SINGLE.replace("\n1 2.5 3 \n", "\n1 2.5 \n"), "spectrum 0 promises 3 points, 2 follow"),
        (document(SHIFT, data=[[1.0, 2.0]]), "spectra of 3 points were expected; they have 2"),
        (SINGLE.replace("300 200", "300 x"), "'x' was found"),
        (SINGLE.replace("300 200", "300 nan"), "points that are no numbers"),
        (SINGLE.replace("<LSX_Matrix", "<Matrix").replace("/LSX_Matrix", "/Matrix"), "0 matrices and 1 descriptions"),
        (SINGLE.replace("0x7B697861", "0x7B697862"), "0 are described"),
        (document(SHIFT, X, X, data=ROWS * 2), "axes of different kinds"),
        (SINGLE[:-20], "not well formed"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault


def test_empty_axes_are_nothing_measured_and_entities_hostile() -> None:
    with pytest.raises(NothingMeasured):
        of(SINGLE.replace('Size="3">\n300 200 100 \n', 'Size="0">\n\n', 1))
    with pytest.raises(HostileFile):
        of(SINGLE.replace("<LSX_Data>", '<!DOCTYPE a [<!ENTITY b "c">]><LSX_Data>', 1))


REAL = [
    ("jobinyvon_test_map_x3-y2.xml", "wavelength", (2, 3, 34), 295.5, (720.924, 771.797), "spectrum"),
    ("jobinyvon_test_spec.xml", "wavelength", (34,), 1496.0, (522.574, 537.361), "spectrum"),
    ("jobinyvon_test_spec_3s_cm-1.xml", "raman_shift", (34,), 166.333, (1930.57, 2844.97), "raman"),
]


@pytest.mark.parametrize(("name", "axis", "shape", "largest", "ends", "technique"), REAL, ids=[row[0] for row in REAL])
def test_the_real_files(
    shared: Callable[[str], Path],
    name: str,
    axis: str,
    shape: tuple[int, ...],
    largest: float,
    ends: tuple[float, float],
    technique: str,
) -> None:
    choice, [reading] = read(Source(shared(f"raman/{name}")))
    assert choice.reader is READER
    assert reading.technique == technique
    assert reading["intensity"].shape == shape
    assert reading["intensity"].values.max() == largest
    np.testing.assert_allclose(sorted(reading[axis].values[[0, -1]]), ends, rtol=1e-5)
    assert reading.metadata["laser_wavelength"] == Measured(632.817, "nm")
    assert reading.sample_name == "test"
    assert reading.doubts == ()


def test_the_real_map_lies_where_it_was_measured(shared: Callable[[str], Path]) -> None:
    _, [reading] = read(Source(shared("raman/jobinyvon_test_map_x3-y2.xml")))
    assert reading["position_x"].values.tolist() == [-2.0, 0.0, 2.0]
    assert reading["position_y"].values.tolist() == [-1.0, 1.0]
    assert reading["intensity"].values[0, :, 0].tolist() == [275.5, 295.5, 257.5]
