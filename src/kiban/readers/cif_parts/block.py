"""One data block of a CIF, its tags spelled one way whichever dictionary language they follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.cif_parts.numbers import Column, is_unknown, read_measured
from kiban.records.reading import Json

MOST_HEADER_CELLS = 500_000
_PLACE = re.compile(r"string:(\d+)(?::\d+\(\d+\))?")
_UNCERTAIN = ("_su", "_esd")
_MARKS = "'\""
_QUOTES = f"{_MARKS};"


def spelled(tag: str) -> str:
    """Spell a tag the older way in lower case: `_cell.length_a` and `_cell_length_a` are the same."""
    # The tags of the dictionaries occur in every file; a text as long as a file must not be remembered.
    return _remembered(tag) if len(tag) <= _LONGEST_REMEMBERED else _spelled(tag)


def _spelled(tag: str) -> str:
    return tag.lower().replace(".", "_")


_LONGEST_REMEMBERED = 80
_remembered = lru_cache(maxsize=1 << 12)(_spelled)


@dataclass(frozen=True, slots=True)
class Loop:
    """A table in a block."""

    tags: tuple[str, ...]
    """As written."""
    columns: tuple[Column, ...]
    _by_tag: dict[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for written, column in zip(self.tags, self.columns, strict=True):
            self._by_tag.setdefault(spelled(written), column)

    @property
    def n_rows(self) -> int:
        """How many rows."""
        return len(self.columns[0]) if self.columns else 0

    def column(self, tag: str) -> Column | None:
        """The column of that tag, in the older spelling."""
        return self._by_tag.get(tag)

    @property
    def category(self) -> str:
        """What all the tags have in front: `_atom_site`."""
        if all("." in tag for tag in self.tags):
            return self.tags[0].partition(".")[0].lower()
        parts = [spelled(tag).split("_") for tag in self.tags]
        n = 0
        while all(len(p) > n + 1 and p[n] == parts[0][n] for p in parts):
            n += 1
        return "_".join(parts[0][:n])


@dataclass(frozen=True, slots=True)
class Block:
    """A data block: single values and loops, all as text."""

    name: str
    items: dict[str, str]
    """By tag as written."""
    loops: tuple[Loop, ...]
    n_frames: int
    """Save frames: definitions of a dictionary."""
    _by_tag: dict[str, tuple[str, Column]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for written, value in self.items.items():
            self._by_tag.setdefault(spelled(written), (written, Column((value,))))
        for loop in self.loops:
            for written, column in zip(loop.tags, loop.columns, strict=True):
                self._by_tag.setdefault(spelled(written), (written, column))

    def texts(self, tag: str) -> Column | None:
        """The value or values of a tag, whether it stands alone or in a loop."""
        found = self._by_tag.get(tag)
        return found[1] if found else None

    def written(self, tag: str) -> str:
        """The tag as the file spells it."""
        found = self._by_tag.get(tag)
        return found[0] if found else tag

    def text(self, *tags: str) -> str | None:
        """The single value of the first of the tags that is given."""
        for tag in tags:
            found = self._by_tag.get(tag)
            if found is not None and len(found[1]) == 1 and not is_unknown(found[1][0]):
                return " ".join(found[1][0].split())
        return None

    def measured(self, unit: str, *tags: str) -> Measured | None:
        """The number of the first of the tags that has one, in the unit that the dictionary fixes for it."""
        for tag in tags:
            value = self.text(tag)
            if not value:
                continue
            apart = next((text for end in _UNCERTAIN if (text := self.text(tag + end))), "")
            number = read_measured(value, unit, uncertainty=apart)
            if number is not None:
                return number
        return None

    def uncertainties(self, tag: str) -> Column | None:
        """The column of standard uncertainties that belongs to a tag, where the file keeps them apart."""
        return next((found for end in _UNCERTAIN if (found := self.texts(tag + end)) is not None), None)

    def header(self) -> tuple[dict[str, Json], list[str]]:
        """The whole block as JSON values, and a doubt for each loop that is too large to be kept so."""
        doubts: list[str] = []
        loops: list[Json] = []
        for loop in self.loops:
            if loop.n_rows * len(loop.tags) > MOST_HEADER_CELLS:
                doubts.append(f"The loop {loop.category} has {loop.n_rows} rows and is not repeated in the header.")
                continue
            loops.append({tag: list(column) for tag, column in zip(loop.tags, loop.columns, strict=True)})
        return {"block": self.name, "items": dict(self.items), "loops": loops}, doubts


def read_blocks(text: str, *, name: str) -> list[Block]:
    """Parse a CIF.

    Raises
    ------
    NothingMeasured
        If it is a dictionary, whose syntax the parser may not know.
    UnsupportedVariant
        If it uses the lists or tables of CIF 2.0.
    DamagedFile
        If it is not well formed; the fault says where.
    """
    from gemmi import cif

    # gemmi raises ValueError for syntax and RuntimeError for repeated tags and missing values.
    try:
        document: Any = cif.read_string(text)
    except (ValueError, RuntimeError) as e:
        raise _fault(text, str(e), name) from e
    return [_block(block, cif.as_string) for block in document]


def _fault(text: str, said: str, name: str) -> DamagedFile | NothingMeasured | UnsupportedVariant:
    if re.search(r"^\s*_dictionary[._]title|^\s*_definition\.id", text, re.MULTILINE | re.IGNORECASE):
        return dictionary(name)
    where = _PLACE.search(said)
    said = _PLACE.sub(f"line {where[1]}", said) if where else said
    line = text.split("\n")[int(where[1]) - 1] if where and int(where[1]) <= text.count("\n") + 1 else ""
    if text.lstrip("\ufeff").startswith("#\\#CIF_2") and re.search(r"(?:^|\s)[\[{]", line):
        return UnsupportedVariant(
            f"{name}: {said}; lists and tables of CIF 2.0 are not read.",
            mend="Export the structure as CIF 1.1; the file is kept as it came.",
        )
    return DamagedFile(
        f"{name} is not a well-formed CIF: {said}.",
        mend="Correct the line, or export the structure again; the file is kept as it came.",
    )


def dictionary(name: str) -> NothingMeasured:
    """The error for a file that defines tags instead of using them."""
    return NothingMeasured(
        f"{name} is a dictionary that defines CIF's data names; it holds no data.",
        mend="Nothing is missing: it is kept as it came.",
    )


def _block(block: Any, as_string: Any) -> Block:
    items: dict[str, str] = {}
    loops: list[Loop] = []
    n_frames = 0
    for item in block:
        if item.pair is not None:
            items[item.pair[0]] = _text(item.pair[1], as_string)
        elif item.loop is not None:
            loops.append(_loop(item.loop.tags, item.loop.values, as_string))
        elif item.frame is not None:
            n_frames += 1
    return Block(block.name.strip(), items, tuple(loops), n_frames)


def _loop(tags: Sequence[str], values: Sequence[str], as_string: Any) -> Loop:
    width = len(tags)
    return Loop(tuple(tags), tuple(_column(values[j::width], as_string) for j in range(width)))


def _column(raw: Sequence[str], as_string: Any) -> Column:
    together = "".join(raw)
    if ";" in together or '"' in together or "'" in together:
        return Column([_text(value, as_string) if value[:1] in _QUOTES else value for value in raw])
    return Column(raw)


def _text(raw: str, as_string: Any) -> str:
    """Take off the quotation marks or semicolons; most values have none or marks around them, and need no call."""
    first = raw[:1]
    if first in _MARKS and first == raw[-1:] and len(raw) > 1:
        return raw[1:-1]
    return str(as_string(raw)) if first in _QUOTES else raw
