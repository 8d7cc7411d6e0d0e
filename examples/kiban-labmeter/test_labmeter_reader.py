from pathlib import Path

import pytest
from labmeter_reader import READER

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.source import Source
from kiban.testing.reader_suite import ReaderSuite

HEADER = b"LABMETER 2\nsample: film-07\nstarted: 2026-03-02 10:15:00\naccuracy: 0.1 %\n"
FILE = HEADER + b"points: 3\ncolumns: temperature/K resistance/kohm\n300.0 102.4\n310.0 104.1\n320.0 105.9\n"


def read(content: bytes):
    [reading] = READER.read(Source(content, name="film.lab"))
    return reading


class TestLabMeter(ReaderSuite):
    reader = READER
    examples = {
        "whole": FILE,
        "without optional lines": b"LABMETER 2\ncolumns: temperature/K resistance/ohm\n300.0 102.4\n310.0 104.1\n",
        "CRLF, Celsius": FILE.replace(b"\n", b"\r\n").replace(b"/K ", b"/degC "),
        "CP932": FILE.replace(b"film-07", "薄膜７".encode("cp932")),
    }


def test_the_numbers_are_those_of_the_display():
    reading = read(FILE)
    assert reading["resistance"].values.tolist() == [102.4, 104.1, 105.9]
    assert reading["resistance"].in_unit("ohm")[0] == pytest.approx(102400)
    assert reading.sample_name == "film-07"
    assert reading.started_at.isoformat() == "2026-03-02T10:15:00"


def test_the_uncertainty_is_half_of_the_stated_accuracy():
    assert read(FILE)["resistance"].uncertainty.standard == pytest.approx([0.0512, 0.05205, 0.05295])
    without = read(FILE.replace(b"accuracy: 0.1 %\n", b""))
    assert without["resistance"].uncertainty is None


def test_a_low_battery_is_a_doubt():
    assert "battery" in read(FILE.replace(b"points", b"battery: low\npoints")).doubts[0]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"320.0 105.9\n", b"", "promises 3 points, 2 rows"),
        (b"105.9", b"nan", "finite numbers"),
        (b"105.9", b"105,9", "rows of two numbers"),
        (b"/kohm", b"", "a line 'columns: "),
    ],
)
def test_what_contradicts_itself_is_refused(old, new, fault):
    with pytest.raises(DamagedFile, match=fault):
        read(FILE.replace(old, new))


def test_another_firmware_is_not_guessed_at():
    with pytest.raises(UnsupportedVariant, match="LABMETER 3"):
        read(FILE.replace(b"METER 2", b"METER 3"))


def test_the_real_file():
    reading = READER.read(Source(Path(__file__).with_name("film-07.lab")))[0]
    assert len(reading["temperature"]) == 6
    assert reading["resistance"].values[-1] == 111.0
