"""The rows above a table: which name its columns, which give their units, and which are about something else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiban.errors import UnsupportedVariant
from kiban.readers.tables.column_headers import ColumnHeader, is_unit, read_label, slug, unique
from kiban.readers.tables.found_table import Table
from kiban.readers.tables.mixed_tables import HEADINGS
from kiban.readers.tables.number_columns import DATE, NUMBER, TEXT, is_missing, kind_of
from kiban.readers.tables.text_rows import BLANKS, Row, split
from kiban.readers.words import header_fields, quantity_words
from kiban.readers.words.unit_words import QUANTITY_WORDS, read_unit

_MOST_ROWS = 5
_LABELS = re.compile(r"^(?:column ?labels?|columns?|fields|labels?|data columns?)\s*[:=]\s*", re.IGNORECASE)
# The option line of Touchstone files: unit of frequency, parameter, format, reference resistance.
_NOT_NAMES = re.compile(r"[kMG]?Hz\s+[SYZGH]\s+(?:MA|DB|RI)\b.*", re.IGNORECASE)
_COMMON = frozenset(
    {"angle", "intensity", "energy", "time", "temperature", "voltage", "current", "wavelength", "depth", "resistance"}
    | {"wave", "frequency", "position", "signal", "field", "pressure", "mass", "stress", "strain", "channel", "volume"}
    | {"absorbance", "transmittance", "wavenumber", "potential", "index", "force", "load", "displacement", "moment"}
    | {"error", "thickness", "distance", "counts", "sigma", "reflectance", "length", "weight", "power", "concentration"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the rows above a table say of its columns."""

    columns: tuple[ColumnHeader, ...]
    """One for each column, no two of the same name."""
    preamble: tuple[Row, ...]
    """The rows that are not about the columns."""
    doubts: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether any column has a label or a unit of its own."""
        return any(column.label or column.unit for column in self.columns)


@dataclass(slots=True)
class _Candidate:
    row: Row
    cells: list[str]
    index: int
    n_extra: int = 0
    """Names beyond the last column."""
    is_told: bool = False
    """The line says itself that it names the columns."""
    is_loose: bool = False
    """Its words are parted by single blanks only, as in any sentence."""
    follows_pair: bool = False
    """The line above it has two cells too."""


def read_heading(table: Table, *, delimiter: str, name: str = "") -> Heading:
    """Read the rows above a table.

    Raises
    ------
    UnsupportedVariant
        If the names are fewer than the columns and that can come from commas which are decimal marks as well as
        delimiters.
    """
    candidates = _candidates(table, delimiter, name)
    units = _units_row(candidates)
    names = _names_row(candidates, units, table.width)
    remarks = [c for c in candidates if units is not None and c.index > units.index]
    used = {c.index for c in (units, names, *remarks) if c is not None}
    groups = _group_rows(candidates, names, table.width)
    used |= {group.index for group in groups}
    preamble = tuple(row for i, row in enumerate(table.above) if i not in used)
    if names is None and units is None:
        told = header_fields.axis_columns(header_fields.read_fields(preamble, delimiter), table.width)
        columns = told or [read_label("") for _ in range(table.width)]
    else:
        columns = _columns(names, units, groups, remarks, table.width)
    return Heading(columns=tuple(unique(columns)), preamble=preamble, doubts=_doubts(names, table.width))


def stand_up(table: Table) -> Table:
    """Turn a table that lies on its side: each row begins with a name and a unit, and no row names the columns."""
    rows = table.rows
    if table.matrix is not None or table.first_row is not None or len(rows) < 2:
        return table
    if any(row.kinds[0] != TEXT or TEXT in row.kinds[1:] or not read_label(row.cells[0]).unit for row in rows):
        return table
    number = rows[0].number
    names = Row(number, "", [row.cells[0] for row in rows], TEXT * len(rows))
    turned = [
        Row(number, "", [row.cells[j] for row in rows], "".join(row.kinds[j] for row in rows))
        for j in range(1, table.width)
    ]
    return Table(width=len(rows), rows=turned, above=[*table.above, names], below=table.below)


def _columns(
    names: _Candidate | None,
    units: _Candidate | None,
    groups: Sequence[_Candidate],
    remarks: Sequence[_Candidate],
    width: int,
) -> list[ColumnHeader]:
    labels = _padded(names.cells if names else [], width)
    unit_texts = _aligned(units, names, width) if units else [""] * width
    heads = [_filled(group.cells, width) for group in groups]
    tails = [_padded(remark.cells, width) for remark in remarks]
    repeated = len(set(labels)) < len(labels)
    columns = []
    for j, (label, unit_text) in enumerate(zip(labels, unit_texts, strict=True)):
        header = read_label("" if is_missing(label) and not label.isalpha() else label, unit_text=unit_text)
        above = " ".join(dict.fromkeys(head[j] for head in heads if head[j] and head[j] != label))
        below = " ".join(tail[j] for tail in tails if tail[j])
        if above or below:
            name = slug(f"{above} {header.name or label} {below}") if repeated else header.name
            header = replace(header, name=name, label=f"{above} {header.label} {below}".strip())
        columns.append(header)
    return columns


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _filled(cells: Sequence[str], width: int) -> list[str]:
    """A group's name stands above the first of its columns only."""
    out: list[str] = []
    for cell in _padded(cells, width):
        out.append(cell or (out[-1] if out else ""))
    return out


def _candidates(table: Table, delimiter: str, name: str) -> list[_Candidate]:
    """Collect, from the table upwards, the neighbouring rows that could name its columns."""
    found: list[_Candidate] = []
    n_blank = 0
    for i in range(len(table.above) - 1, -1, -1):
        row = table.above[i]
        words = header_fields.comment_text(row.text) if row.is_comment else row.text
        if row.is_blank or (row.is_comment and not re.search(r"\w", words)):
            n_blank += row.is_blank
            if n_blank > 2 or (found and row.is_blank):
                break
            continue
        if not found and table.width > 1 and row.text.strip() == str(table.n_rows):
            continue  # how many rows follow, between the names and the rows
        candidate = _candidate(row, words, i, table, delimiter, name, is_nearest=not found)
        if candidate is None:
            # A units row may have fewer cells than there are columns: its place tells which it belongs to.
            candidate = _sparse_units(row, i, table.width) if delimiter == BLANKS and not found else None
        if candidate is None or len(found) == _MOST_ROWS:
            break
        found.append(candidate)
    return found


def _candidate(
    row: Row, words: str, index: int, table: Table, delimiter: str, name: str, *, is_nearest: bool
) -> _Candidate | None:
    width = table.width
    if _NOT_NAMES.fullmatch(words.strip()) or re.fullmatch(r"\[[^\[\]]*\]", words.strip()):
        return None
    told = _LABELS.match(words)
    words = words[told.end() :] if told else words
    for cells, is_loose in _ways_to_split(row, words, delimiter):
        if len(cells) == width and _are_names(cells, width, is_told=bool(told)):
            follows_pair = index > 0 and _is_pair(table.above[index - 1])
            return _Candidate(row, cells, index, is_told=bool(told), is_loose=is_loose, follows_pair=follows_pair)
    if row.is_comment or delimiter == BLANKS:
        is_short = len(row.cells) == width - 1 and _are_names(row.cells, width, is_told=False)
        return _Candidate(row, ["", *row.cells], index) if is_short and is_nearest and _is_row_name(table) else None
    cells = _without_empty_end(row.cells)
    if row.cells[:1] and row.cells[0].lower() in HEADINGS and len(row.cells) == width:
        return _Candidate(row, list(row.cells), index)
    if len(cells) < 2 or not _are_names(cells, len(cells), is_told=False):
        return None
    if len(row.cells) == width:
        return _Candidate(row, _padded(cells, width), index)
    if width < len(cells) <= width + 2:
        return _Candidate(row, cells[:width], index, n_extra=len(cells) - width)
    if len(cells) < width and is_nearest:
        return _too_few(row, cells, index, table, delimiter, name)
    return None


def _is_pair(row: Row) -> bool:
    """Say whether the line has the form `key,value`, or is a comment of that form."""
    if row.is_comment:
        return len(re.split(r"[\t,;]", header_fields.comment_text(row.text))) > 1
    return len(_without_empty_end(row.cells)) == 2


def _too_few(row: Row, cells: list[str], index: int, table: Table, delimiter: str, name: str) -> _Candidate | None:
    """Names for fewer columns than the rows have: an unnamed first column, decimal commas, or not names at all."""
    width = table.width
    if len(cells) == width - 1 and _is_row_name(table):
        return _Candidate(row, ["", *cells], index)
    body = [cell for r in table.rows[:200] for cell in r.cells]
    if delimiter == "," and width <= 2 * len(cells) and body and not any("." in cell for cell in body):
        raise UnsupportedVariant(
            f"{name}: line {row.number} names {len(cells)} columns, the rows below have {width} and no decimal point.",
            mend="If the commas are decimal marks too, export with semicolons or tabs between the columns.",
        )
    return _Candidate(row, cells, index) if len(cells) >= 3 and 2 * len(cells) > width else None


def _is_row_name(table: Table) -> bool:
    """The first column counts the rows or names them, as R and pandas write it without a heading."""
    first = [row.cells[0] for row in table.rows[:50]]
    counts = any(first == [str(i) for i in range(start, start + len(first))] for start in (0, 1))
    return bool(first) and (counts or all(row.kinds[0] == TEXT for row in table.rows[:50]))


def _ways_to_split(row: Row, words: str, delimiter: str) -> list[tuple[list[str], bool]]:
    """The ways in which a line can be taken apart, each with whether single blanks part its words."""
    if not row.is_comment and delimiter != BLANKS:
        return [(row.cells, False), (_without_empty_end(row.cells), False)]
    signs = [sign for sign in ("\t", ";", ",") if sign in words]
    ways = [([cell.lstrip("#").strip() for cell in split(words, sign)], False) for sign in signs]
    for gap in (r"\t+", r"\s{2,}|\t"):
        ways.append(([cell.lstrip("#").strip() for cell in re.split(gap, words.strip())], False))
    by_blanks = split(words, BLANKS)
    ways.append(([cell.lstrip("#") for cell in by_blanks], not all(cell.startswith("#") for cell in by_blanks[1:])))
    return ways


def _without_empty_end(cells: Sequence[str]) -> list[str]:
    n = len(cells)
    while n and not cells[n - 1]:
        n -= 1
    return list(cells[:n])


def _are_names(cells: Sequence[str], width: int, *, is_told: bool) -> bool:
    """Say whether the cells can be names or units: no numbers or dates, not `key: value`, enough of them there."""
    kinds = [kind_of(cell) for cell in cells]
    present = [cell for cell in cells if cell]
    if not present or NUMBER in kinds or DATE in kinds or any(len(cell) > 200 for cell in present):
        return False
    if is_told:
        return True
    is_section = len(present) == 1 and width > 1 and re.match(r"\[[^\]]*\]$", cells[0]) is not None
    is_pair = width == 2 and any(re.search(r"\w\s*=\s*$|^\s*=\s*\w", cell) for cell in present)
    return not (re.search(r"[:=]$", cells[0]) or is_section or is_pair)


def _sparse_units(row: Row, index: int, width: int) -> _Candidate | None:
    tokens = row.text.split()
    if 0 < len(tokens) < width and all(re.fullmatch(r"[(\[].*[)\]]", t) and read_unit(t) is not None for t in tokens):
        return _Candidate(row, tokens, index)
    return None


def _units_row(candidates: Sequence[_Candidate]) -> _Candidate | None:
    """The nearest row whose cells are units, with names above it."""
    for below, above in itertools.pairwise(candidates[:3]):
        headed = len(below.cells) != len(above.cells) or all(
            name or not unit for unit, name in zip(below.cells, above.cells, strict=True)
        )
        if headed and _are_units(below.cells) and not _are_units(above.cells):
            return below
    return None


def _are_units(cells: Sequence[str]) -> bool:
    """Say whether the cells are units, or most of them are and could not be names (`NO., Time, ms, degC, degC`)."""
    present = [cell for cell in cells if cell]
    units = [cell for cell in present if is_unit(cell)]
    real = [cell for cell in units if cell.lower() not in QUANTITY_WORDS]
    bracketed = bool(present) and all(re.fullmatch(r"[(\[{<].*[)\]}>]", cell) for cell in present)
    if bracketed or (real and len(units) == len(present)):
        return True
    many = 4 * len(units) >= 3 * len(present) or sum(len(cell) > 1 for cell in real) >= 2
    return len(real) >= 2 and many and 2 * len(units) >= len(present)


def _names_row(candidates: Sequence[_Candidate], units: _Candidate | None, width: int) -> _Candidate | None:
    rest = [c for c in candidates if c is not units and (units is None or c.index < units.index)]
    for candidate in rest:
        n_named = sum(bool(cell) for cell in candidate.cells)
        if n_named * 2 < width:
            continue
        return candidate if units is not None or candidate.is_told or _is_trusted(candidate, width) else None
    return None


def _is_trusted(candidate: _Candidate, width: int) -> bool:
    """Say whether words above the columns are their names.

    Two words above two columns can as well be one more line `key,value` of several, and as many words as there are
    columns can be a remark; then the words must be such as name quantities.
    """
    known = [_is_quantity(cell) for cell in candidate.cells if cell]
    if candidate.is_loose:
        return 2 * sum(known) >= len(known) if width > 2 else all(known)
    return all(known) if width == 2 and candidate.follows_pair else True


def _is_quantity(cell: str) -> bool:
    header = read_label(cell)
    if header.unit or quantity_words.by_word(cell) or _COMMON & set(header.name.split("_")):
        return True
    return (len(cell) <= 3 and not cell.islower()) or (len(cell) == 1 and cell not in "aI")


def _group_rows(candidates: Sequence[_Candidate], names: _Candidate | None, width: int) -> list[_Candidate]:
    """The rows above the names that head several columns at once: they have gaps or repeat themselves."""
    groups: list[_Candidate] = []
    if names is None or width < 3:
        return groups
    for candidate in candidates:
        if candidate.index >= names.index:
            continue
        cells = _padded(candidate.cells, width)
        present = [cell for cell in cells if cell]
        has_late = any(cells[2:])
        if candidate.row.is_comment != names.row.is_comment or not has_late or not 1 < len(set(present)) < width:
            break
        groups.insert(0, candidate)
    return groups


def _aligned(units: _Candidate, names: _Candidate | None, width: int) -> list[str]:
    """Units by column; where there are fewer than columns, by where they stand below the names."""
    if len(units.cells) == width or names is None:
        return _padded(units.cells, width)
    ends = [match.end() for match in re.finditer(r"\S+", names.row.text)]
    out = [""] * width
    if len(ends) != width:
        return out
    for match in re.finditer(r"\S+", units.row.text):
        out[min(range(width), key=lambda j: abs(ends[j] - match.end()))] = match.group()
    return out


def _doubts(names: _Candidate | None, width: int) -> tuple[str, ...]:
    if names is None:
        return ()
    if names.n_extra:
        return (f"Line {names.row.number} names {width + names.n_extra} columns, the rows have {width}.",)
    if len(names.cells) < width:
        return (f"Line {names.row.number} names {len(names.cells)} columns, the rows have {width}.",)
    return ()
