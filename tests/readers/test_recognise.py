"""Who gets a file, also where a reader of another package does not keep its contract."""

from __future__ import annotations

import pytest

from kiban.errors import UnknownFormat
from kiban.readers import recognise
from kiban.readers.contract import Confidence, Reader, Recognition, lacks
from kiban.readers.rigaku_ras import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading

TABLE = b"Temperature (K),Resistance (ohm)\n1,2\n2,3\n3,4\n4,5\n"


class Other:
    """A reader of another package that would be sound."""

    name = "other"
    version = 1
    title = "Other"
    makers = ("Maker",)
    techniques = ("table",)
    suffixes = (".csv",)

    def recognise(self, source: Source) -> Recognition | None:
        if not source.head.startswith(b"OTHER"):
            return None
        return Recognition(Confidence.CERTAIN, "it begins with OTHER")

    def read(self, source: Source) -> list[Reading]:
        raise NotImplementedError


class Fails(Other):
    name = "fails"

    def recognise(self, source: Source) -> Recognition | None:
        raise ValueError("no idea")


def _with(monkeypatch: pytest.MonkeyPatch, *readers: Reader) -> None:
    installed = (*recognise.readers(), *readers)
    monkeypatch.setattr(recognise, "readers", lambda: installed)


def test_a_reader_that_fails_when_asked_is_passed_over_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, Fails())
    choice = recognise.choose(Source(TABLE, name="a.csv"))
    assert choice.reader.name == "delimited_text"
    assert choice.why.endswith("(The reader fails failed when it was asked (ValueError: no idea).)")
    with pytest.raises(UnknownFormat, match="The reader fails failed when it was asked"):
        recognise.choose(Source(b"\x00\x01\x02", name="a.bin"))


def test_a_file_of_its_own_goes_to_the_reader_of_another_package(monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, Other())
    assert recognise.choose(Source(b"OTHER 1\n" + TABLE, name="a.csv")).reader.name == "other"


@pytest.mark.parametrize(
    ("attribute", "value", "why"),
    [
        ("version", "1", "its version must be a whole number"),
        ("version", True, "its version must be a whole number"),
        ("title", None, "its name and title must be texts"),
        ("suffixes", ".csv", "its suffixes must be a tuple of texts"),
        ("makers", ["Maker"], "its makers must be a tuple of texts"),
        ("techniques", ("xrdd",), "there is no technique 'xrdd'"),
    ],
)
def test_what_a_reader_lacks_is_said_before_it_is_asked(attribute: str, value: object, why: str) -> None:
    reader = Other()
    assert lacks(reader) is None
    setattr(reader, attribute, value)
    assert lacks(reader) == why


def test_ours_lack_nothing() -> None:
    assert all(lacks(reader) is None for reader in recognise.readers())
    assert lacks(type(READER)) is not None
    assert lacks(object()) == "it has no name"
