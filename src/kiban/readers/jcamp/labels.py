"""JCAMP-DX, the outer shape: labelled data records, the blocks they stand in, comments and numbers.

A record is `##LABEL= text`, its text going on until the next label. Labels are compared without regard to case,
blanks, dashes, slashes and underscores. `$$` begins a comment that goes to the end of the line. A block runs from
`##TITLE=` to `##END=`; a LINK block holds other blocks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest

from kiban.errors import HostileFile
from kiban.readers import text as texts

TABLES = frozenset({"XYDATA", "XYPOINTS", "PEAKTABLE", "PEAKASSIGNMENTS", "PEAKASSIGNMENT", "RADATA", "DATATABLE"})
"""Labels whose text is numbers, not words; only their first line goes into the header."""

_DEEPEST = 50
_LABEL = re.compile(r"##([^=\r\n]*)(=?)")
_COMMENT = re.compile(r"\$\$.*")
_IGNORED = re.compile(r"[\s\-/_]")
_IGNORED_OF_ASCII = str.maketrans(dict.fromkeys("".join(filter(_IGNORED.match, map(chr, range(128))))))
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[EeDd][+-]?\d{1,3})?(?![.,]?\d)")
_BLANK_AFTER_POINT = re.compile(r"(?<=\d\.)[ \t]+(?=\d)")
_PAIR = re.compile(r"\s*[+-]?[\d.]+(?:[Ee][+-]?\d+)?(?:\s*[,;]\s*|\s+)[+-]?[\d.]+(?:[Ee][+-]?\d+)?\s*")
_THOUSANDS_COMMA = re.compile(r"(?<=\d),(?=\d{3}\b)")
_ONE = re.compile(r"1\.0*")
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+(?:[EeDd][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?=\.\d|,?\s|$)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the header, with the size of one unit of its last written digit."""

    value: float
    digit: float


@dataclass(frozen=True, slots=True)
class Record:
    """One labelled data record."""

    label: str
    """As written, without `##` and `=`."""
    key: str
    """The label as it is compared: `XUNITS`, `.OBSERVEFREQUENCY`, `$SWP`."""
    text: str
    """All that follows the equals sign, with comments and line ends."""
    line: int
    """Where in the file it begins, counted from 1."""

    @property
    def value(self) -> str:
        """The text without comments; a line that ends in `=` goes on in the next one."""
        text = self.text.strip()
        if "\n" not in text and "$$" not in text and not text.endswith("="):
            return text
        lines = [line.strip() for line in without_comments(self.text).split("\n")]
        return re.sub(r"=\n", "", "\n".join(lines)).strip()

    @property
    def comment(self) -> str:
        """The comment on the record's first line."""
        return self.text.partition("\n")[0].partition("$$")[2].strip()


@dataclass(slots=True)
class Block:
    """The records from a `##TITLE=` to its `##END=`, and the blocks inside."""

    records: list[Record] = field(default_factory=list)
    """In the order of the file; `add` makes it longer."""
    children: list[Block] = field(default_factory=list)
    ended: bool = False
    """Whether its `##END=` was found."""
    tables: list[Record] = field(default_factory=list)
    """Those of the records that hold numbers."""
    _by_key: dict[str, list[Record]] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Put a record behind the others."""
        self.records.append(record)
        self._by_key.setdefault(record.key, []).append(record)
        if record.key in TABLES:
            self.tables.append(record)

    def pop(self) -> Record:
        """Take the last record out again."""
        record = self.records.pop()
        self._by_key[record.key].pop()
        if record.key in TABLES:
            self.tables.pop()
        return record

    def __contains__(self, key: str) -> bool:
        return bool(self._by_key.get(key))

    def all(self, key: str) -> Sequence[Record]:
        """The records under a key, in the order of the file."""
        return self._by_key.get(key, ())

    def find(self, *keys: str) -> Record | None:
        """The last record under one of the keys, the first key that has one."""
        for key in keys:
            if found := self._by_key.get(key):
                return found[-1]
        return None

    def value(self, *keys: str) -> str:
        """The text under one of the keys without comments; empty where there is none."""
        for key in keys:
            record = self.find(key)
            if record is not None and (value := record.value):
                return value
        return ""

    @property
    def has_data(self) -> bool:
        """Whether it holds numbers to be read."""
        return bool(self.tables)

    def walk(self) -> Iterator[tuple[Block, tuple[Block, ...]]]:
        """Give this block and all inside it, each with the blocks it stands in."""
        waiting: list[tuple[Block, tuple[Block, ...]]] = [(self, ())]
        while waiting:
            block, above = waiting.pop()
            yield block, above
            waiting.extend((child, (*above, block)) for child in reversed(block.children))


def normalise(label: str) -> str:
    """Write a label as it is compared."""
    return (label.translate(_IGNORED_OF_ASCII) if label.isascii() else _IGNORED.sub("", label)).upper()


def without_comments(text: str) -> str:
    """Take `$$` comments out; line ends stay, so that lines can still be counted."""
    return _COMMENT.sub("", text) if "$$" in text else text


def decode(content: bytes) -> str:
    """Turn the bytes into text with plain line ends, without the end-of-file marks and padding of old disks."""
    text, _ = texts.decode(content.rstrip(b"\0\x1a") if not content.startswith((b"\xff\xfe", b"\xfe\xff")) else content)
    return plain_line_ends(text).replace("\0", "\ufffd")


def plain_line_ends(text: str) -> str:
    """One line feed for each line end, whether LF, CR or CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def labels_in(text: str) -> Iterator[str]:
    """Give the labels as they are compared, one after the other; the text may have any line ends."""
    return (normalise(match[1]) for _, match in _labels(text) if match[2])


def _labels(text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Find `##` with nothing but blanks before it on its line; give where that line begins too."""
    for match in _LABEL.finditer(text):
        begin = match.start()
        while begin and text[begin - 1] in " \t":
            begin -= 1
        if not begin or text[begin - 1] in "\r\n":
            yield begin, match


def records(text: str) -> Iterator[Record]:
    """Cut the text into records. Words before the first label are passed over."""
    found = ((begin, match, normalise(match[1])) for begin, match in _labels(text))
    labels = [each for each in found if each[1][2] or each[2] in {"END", "ENDNTUPLES"}]
    line, counted = 1, 0
    for (begin, here, key), after in zip_longest(labels, labels[1:]):
        line += text.count("\n", counted, begin)
        counted = begin
        end = after[0] if after else len(text)
        yield Record(here[1].strip(), key, text[here.end() : end], line)


def blocks(text: str) -> list[Block]:
    """Sort the records into blocks.

    Returns
    -------
    list of Block
        The outermost blocks: one for most files, several where spectra were written one after the other without
        a LINK block around them.

    Raises
    ------
    HostileFile
        If they are nested deeper than anybody means.
    """
    outermost: list[Block] = []
    open_blocks: list[Block] = []

    def start() -> None:
        if len(open_blocks) >= _DEEPEST:
            raise HostileFile(
                f"More than {_DEEPEST} JCAMP-DX blocks stand one inside the other.",
                mend="No program nests spectra like this. If it is meant, split the file; it is kept as it came.",
            )
        block = Block()
        (open_blocks[-1].children if open_blocks else outermost).append(block)
        open_blocks.append(block)

    for record in records(text):
        if record.key == "END":
            if open_blocks:
                open_blocks.pop().ended = True
            continue
        if record.key == "TITLE":
            # A title inside a block that already has its numbers: that block's ##END= is missing.
            while open_blocks and open_blocks[-1].has_data:
                open_blocks.pop()
            start()
        elif not open_blocks:
            start()
        open_blocks[-1].add(record)
    return outermost


def label_table(block: Block) -> bool:
    """Give a table that follows the last statement without a label of its own the label it should have.

    Some programs write the statements of JCAMP-DX and then two plain columns.

    Returns
    -------
    bool
        Whether there was such a table; then the block now ends in XYPOINTS.
    """
    if block.has_data or block.children or "XUNITS" not in block:
        return False
    last = block.records[-1]
    first, _, rest = last.text.partition("\n")
    lines = [line for line in rest.split("\n") if line.strip()]
    if len(lines) < 2 or not all(_PAIR.fullmatch(line) for line in lines):
        return False
    block.pop()
    block.add(Record(last.label, last.key, first, last.line))
    block.add(Record("XYPOINTS", "XYPOINTS", f"(XY..XY)\n{rest}", last.line))
    return True


def number(text: str) -> Number | None:
    """Read the number that a header text begins with, `None` where it begins with none.

    A blank after the decimal point (`0. 4491E+01`), a decimal comma, commas between thousands (where only they can
    be meant: `1,234.5`) and FORTRAN's `D` exponent are understood.
    """
    return _number(text[:100])


# What the header says of a table is asked for in several places.
@lru_cache(maxsize=512)
def _number(text: str) -> Number | None:
    start = _BLANK_AFTER_POINT.sub("", text.lstrip())
    if (thousands := _THOUSANDS.match(start)) and (
        start[thousands.end() :].startswith(".") or thousands[0].count(",") > 1
    ):
        start = thousands[0].replace(",", "") + start[thousands.end() :]
    match = _NUMBER.match(start)
    if match is None:
        return None
    mantissa, _, exponent = match[0].upper().replace("D", "E").replace(",", ".").partition("E")
    value = float(f"{mantissa}E{exponent or 0}")
    power = int(exponent or 0) - len(mantissa.partition(".")[2])
    if not math.isfinite(value) or abs(power) > 300:
        return None
    return Number(value, 10.0**power)


def count(text: str) -> int | None:
    """Read a number of points, `None` where there is none; `1,024` is a thousand and 24."""
    stated = number(_THOUSANDS_COMMA.sub("", text[:100]) if "," in text else text)
    return round(stated.value) if stated is not None and 0 <= stated.value < 1e15 else None


def has_decimal_comma(block: Block, *keys: str) -> bool:
    """Say whether the numbers under the given keys are written with a decimal comma, all of them that have a fraction.

    A list of numbers is separated by commas too, so only labels that hold one number can tell. A factor `1.0` cannot:
    programs of Ocean Optics write it so whatever the language of the computer.
    """
    values = [value for key in keys if (value := block.value(key)) and not _ONE.fullmatch(value)]
    with_comma = [v for v in values if "," in v and _WITH_COMMA.fullmatch(v)]
    return bool(with_comma) and not any("." in v for v in values)
