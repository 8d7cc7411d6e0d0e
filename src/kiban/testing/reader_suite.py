"""What every reader must pass, whatever its format.

class TestMyReader(ReaderSuite):
    reader = READER
    examples = {"plain": b"...", "two scans": b"..."}   # small sound files that the test writes itself
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from kiban.errors import KibanError
from kiban.readers.contract import Reader, Recognition
from kiban.readers.recognise import choose
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.records.technique import TECHNIQUES

_HEADINGS = ("Instrument", "What is read", "Uncertainties", "What is left out", "File structure")


class ReaderSuite:
    """Subclass it; pytest runs the inherited tests."""

    reader: ClassVar[Reader]
    examples: ClassVar[Mapping[str, bytes]]
    """Small sound files of each variant of the format, by a name that says which variant."""
    n_mutations: ClassVar[int] = 300

    def test_it_describes_itself(self) -> None:
        assert isinstance(self.reader, Reader)
        assert self.reader.name.isidentifier()
        assert self.reader.version >= 1
        assert set(self.reader.techniques) <= set(TECHNIQUES)
        module = __import__(type(self.reader).__module__, fromlist=["__doc__"])
        for heading in _HEADINGS:
            assert f"\n{heading}\n" in (module.__doc__ or ""), f"the module docstring lacks the heading {heading}"

    def test_it_is_chosen_by_content_alone(self) -> None:
        for variant, content in self.examples.items():
            choice = choose(Source(content, name="file.bin"))
            assert choice.reader.name == self.reader.name, variant
            assert choice.why, variant

    def test_its_examples_give_sound_readings(self) -> None:
        for variant, content in self.examples.items():
            readings = self.reader.read(Source(content, name="file.bin"))
            assert readings, variant
            for reading in readings:
                check_sound(reading)

    def test_the_same_bytes_give_the_same_reading(self) -> None:
        for variant, content in self.examples.items():
            one, other = (self.reader.read(Source(content, name="file.bin")) for _ in range(2))
            assert len(one) == len(other), variant
            for a, b in zip(one, other, strict=True):
                assert [v.name for v in a.variables] == [v.name for v in b.variables], variant
                for v, w in zip(a.variables, b.variables, strict=True):
                    assert np.array_equal(v.series.values, w.series.values, equal_nan=True), variant

    def test_foreign_bytes_are_not_claimed_for_certain(self) -> None:
        for foreign in (
            b"",
            b"\0" * 4096,
            b"hello world\n" * 20,
            b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
            b"PK\x05\x06" + b"\0" * 18,
        ):
            claim = self.reader.recognise(Source(foreign, name="x"))
            assert claim is None or isinstance(claim, Recognition)
            assert claim is None or claim.confidence < 3

    def test_a_file_cut_anywhere_gives_a_sound_reading_or_a_clear_error(self) -> None:
        for content in self.examples.values():
            for cut in sorted({len(content) * i // 40 for i in range(40)} | {len(content) - 1}):
                self._read_or_refuse(content[:cut])

    def test_mutated_bytes_give_a_sound_reading_or_a_clear_error(self) -> None:
        chance = random.Random(20261122)  # noqa: S311  no secret: the same mutations at each run
        contents = list(self.examples.values())
        for _ in range(self.n_mutations):
            content = bytearray(chance.choice(contents))
            for _ in range(chance.randint(1, 6)):
                where = chance.randrange(len(content))
                match chance.randrange(4):
                    case 0:
                        content[where] = chance.randrange(256)
                    case 1:
                        del content[where : where + chance.randint(1, 20)]
                    case 2:
                        content[where:where] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
                    case _:
                        content[where:where] = content[: chance.randint(1, 200)]
                if not content:
                    break
            self._read_or_refuse(bytes(content))

    def _read_or_refuse(self, content: bytes) -> None:
        source = Source(content, name="file.bin")
        self.reader.recognise(source)
        refusal: KibanError | None = None
        try:
            readings = self.reader.read(source)
        except KibanError as error:
            refusal, readings = error, []
        if refusal is not None:
            assert refusal.fault
            assert refusal.mend
        for reading in readings:
            check_sound(reading)


def check_sound(reading: Reading) -> None:
    """Assert what must hold of any Reading: axes finite, points there, header and doubts that can be kept as JSON."""
    import json

    assert reading.title
    for variable in reading.variables:
        assert variable.series.values.size > 0
        if variable.role == "axis" and variable.series.values.dtype.kind == "f":
            assert np.all(np.isfinite(variable.series.values)), f"the axis {variable.name} has gaps"
    json.dumps(dict(reading.header), allow_nan=False)
    assert all(isinstance(doubt, str) and doubt for doubt in reading.doubts)
