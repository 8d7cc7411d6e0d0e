"""JCAMP-DX, the NTUPLES class: several variables declared in columns, and pages that hold their numbers.

Three arrangements come out of the pages:

- each dependent variable on a page of its own over one abscissa (real and imaginary part): one-dimensional variables;
- the same variable on many pages over one abscissa (two-dimensional NMR, series in time): two-dimensional ones;
- pages whose abscissas differ (mass spectra at several times): one after the other, each point with its page.

Source: JCAMP-DX 5.00 for NMR, Appl. Spectrosc. 47, 1093 (1993); JCAMP-DX for mass spectrometry,
Appl. Spectrosc. 48, 1545 (1994); JCAMP-DX 6.00 (draft of 2002).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.series import Series
from kiban.readers.jcamp import tuples as jcamp_tuples
from kiban.readers.jcamp import words as jcamp_words
from kiban.readers.jcamp.abscissa import Promise
from kiban.readers.jcamp.labels import Block, Number, Record, count, number
from kiban.readers.jcamp.tables import Where, check_first, read_groups, read_incremented
from kiban.readers.jcamp.variables import Column, axis_variable, doubt_percent, signal_variable, unique
from kiban.records.reading import Json, Role, Variable

_KEPT = "It is kept as it came; export the measurement again."
_COLUMNS = ("VARNAME", "SYMBOL", "VARTYPE", "VARDIM", "UNITS", "FIRST", "LAST", "FACTOR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One variable as the columns declare it; empty where they do not say."""

    symbol: str
    name: str
    kind: str
    unit: str
    unit_as_written: str
    first: Number | None
    last: Number | None
    factor: Number | None
    n_points: int | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Page:
    """The numbers of one DATA TABLE."""

    values: dict[str, float]
    """The variables that are constant on the page, by symbol: `{"T": 272.0}`."""
    columns: tuple[Column, ...]
    step: float | None


def variables(
    block: Block, technique: str, where: Where
) -> tuple[list[tuple[tuple[Variable, ...], float | None]], list[str]]:
    """Read all pages of an NTUPLES block.

    Returns
    -------
    (list of (tuple of Variable, float or None), list of str)
        For each Reading its variables, axes first, and the constant step of its first axis; doubts of them all.

    Raises
    ------
    DamagedFile, NothingMeasured, UnsupportedVariant
    """
    declared = _declared(block, technique, where.name)
    doubts: list[str] = []
    pages = _pages(block, declared, where, doubts)
    readings = [_arrange(group, declared, technique) for group in _groups(pages)]
    for made, _ in readings:
        doubts += doubt_percent(made)
        doubts += [f"The unit of {v.name} is not stated." for v in made[:2] if not v.unit_as_written]
    return readings, list(dict.fromkeys(doubts))


def page_headers(block: Block) -> list[Json]:
    """Give the statements of each page as written."""
    found: list[dict[str, Json]] = []
    for record in block.records:
        if record.key == "PAGE":
            found.append({})
        if found and record.key != "ENDNTUPLES":
            text = record.text.partition("\n")[0] if record.key == "DATATABLE" else record.text
            found[-1][record.label] = text.strip()
    return list(found)


def _declared(block: Block, technique: str, name: str) -> dict[str, Declared]:
    heads: dict[str, list[str]] = {}
    for record in block.records:
        if record.key in {"PAGE", "DATATABLE"}:
            break
        if record.key in _COLUMNS:
            heads[record.key] = [part.strip() for part in record.value.replace("\n", " ").split(",")]
    symbols = [s.upper() for s in heads.get("SYMBOL", [])]
    named = [s for s in symbols if s]
    if not named or len(set(named)) != len(named):
        raise DamagedFile(f"{name}: an NTUPLES block does not declare its variables (SYMBOL).", mend=_KEPT)

    def cell(key: str, i: int) -> str:
        cells = heads.get(key, [])
        return cells[i] if i < len(cells) else ""

    made = {}
    for i, symbol in enumerate(symbols):
        if not symbol:
            continue
        made[symbol] = Declared(
            symbol=symbol,
            name=cell("VARNAME", i),
            kind=cell("VARTYPE", i).upper(),
            unit=jcamp_words.unit(cell("UNITS", i), technique)[0],
            unit_as_written=cell("UNITS", i),
            first=number(cell("FIRST", i)),
            last=number(cell("LAST", i)),
            factor=number(cell("FACTOR", i)),
            n_points=count(cell("VARDIM", i)),
        )
    return made


def _pages(block: Block, declared: dict[str, Declared], where: Where, doubts: list[str]) -> list[Page]:
    pages: list[Page] = []
    values: dict[str, float] = {}
    own: dict[str, Record] = {}
    for record in block.records:
        if record.key == "PAGE":
            values, own = _page_values(record, declared, where.name), {}
        elif record.key == "DATATABLE":
            page = _read_page(record, values, own, declared, where, doubts)
            y = page.columns[-1]
            if y.values.size and all(y.symbol != each.columns[-1].symbol for each in pages):
                about = declared[y.symbol]
                doubts += check_first(about.first, y.values, about.factor, record.line)
            pages.append(page)
        else:
            own[record.key] = record
    if not any(column.values.size for page in pages for column in page.columns):
        raise NothingMeasured(
            f"{where.name}: the pages of an NTUPLES block hold no points.",
            mend="If points were measured, export the file again; it is kept as it came.",
        )
    return pages


def _page_values(record: Record, declared: dict[str, Declared], name: str) -> dict[str, float]:
    values = {}
    for part in record.value.split(","):
        symbol, equals, text = part.rpartition("=")
        stated = number(text)
        if stated is None or (equals and symbol.strip().upper() not in declared):
            raise DamagedFile(
                f"{name}, line {record.line}: the page {record.value[:40]!r} is not declared.", mend=_KEPT
            )
        values[symbol.strip().upper()] = stated.value
    return values


def _read_page(
    record: Record,
    values: dict[str, float],
    own: dict[str, Record],
    declared: dict[str, Declared],
    where: Where,
    doubts: list[str],
) -> Page:
    form = jcamp_tuples.form(record.text, tuple(declared))
    if (
        form is None
        or form.has_words
        or len(form.symbols) < 2
        or any(symbol not in declared for symbol in form.symbols)
    ):
        raise UnsupportedVariant(
            f"{where.name}, line {record.line}: the page has the form {record.text.partition(chr(10))[0][:40]!r}, "
            "which does not go with the declared variables.",
            mend="Export the measurement as (X++(Y..Y)) or (XY..XY). The file is kept as it came.",
        )
    # A page without its symbol is numbered by the variable that its table leaves over.
    left_over = [s for s, d in declared.items() if s not in form.symbols and d.kind != "DEPENDENT"]
    values = {(s or (left_over[0] if left_over else "PAGE")): v for s, v in values.items()}
    stated = count(own["NPOINTS"].value) if "NPOINTS" in own else None
    x, y = declared[form.symbols[0]], declared[form.symbols[-1]]
    if form.is_incremented:
        firsts = dict(zip(declared, own["FIRST"].value.split(","), strict=False)) if "FIRST" in own else {}
        promise = Promise(
            first=number(firsts.get(x.symbol, "")) or x.first,
            last=x.last,
            factor=x.factor.value if x.factor is not None else 1.0,
            n_points=stated if stated is not None else x.n_points if x.n_points is not None else y.n_points,
        )
        content = read_incremented(form, form.body, record.line, promise, y.factor, where)
        doubts += check_first(number(firsts.get(y.symbol, "")), content.columns[1].values, y.factor, record.line)
    else:
        content = read_groups(form, form.body, record.line, [declared[s].factor for s in form.symbols], where)
        n_found = content.columns[0].values.size
        if stated is not None and stated != n_found:
            raise DamagedFile(
                f"{where.name}, line {record.line}: the page promises {stated} points, {n_found} follow.", mend=_KEPT
            )
    doubts += content.doubts
    return Page(values=values, columns=content.columns, step=content.step)


def _groups(pages: Sequence[Page]) -> list[list[Page]]:
    """Put pages of the same abscissa symbol together, or all pages where points are listed in groups."""
    by_axis: dict[str, list[Page]] = {}
    for page in pages:
        by_axis.setdefault(page.columns[0].symbol, []).append(page)
    groups = []
    for same in by_axis.values():
        counts = [sum(1 for _ in run) for _, run in groupby(sorted(c.symbol for p in same for c in p.columns[1:]))]
        if max(counts) > 1:
            groups.append(same)
            continue
        # Each variable once: those over one abscissa belong together.
        rest = list(same)
        while rest:
            groups.append([p for p in rest if _same_axis(p, rest[0])])
            rest = [p for p in rest if not _same_axis(p, rest[0])]
    return groups


def _same_axis(one: Page, other: Page) -> bool:
    a, b = one.columns[0].values, other.columns[0].values
    return (
        one.columns[0].symbol == other.columns[0].symbol and a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9))
    )


def _arrange(
    pages: list[Page], declared: dict[str, Declared], technique: str
) -> tuple[tuple[Variable, ...], float | None]:
    """Choose among the three arrangements."""
    columns: dict[str, list[tuple[dict[str, float], Column]]] = {}
    for page in pages:
        for column in page.columns[1:]:
            columns.setdefault(column.symbol, []).append((page.values, column))
    axis = declared[pages[0].columns[0].symbol]
    x_name = _axis_name(axis, declared, technique)
    x = axis_variable(x_name, pages[0].columns[0], axis.unit, axis.name, axis.unit_as_written)
    counts = {len(same) for same in columns.values()}
    if len(counts) > 1 or not all(_same_axis(page, pages[0]) for page in pages):
        return _concatenate(pages, x, declared, technique), None
    if counts == {1}:
        single = [column for ((_, column),) in columns.values()]
        made = [x, *_signals(single, (x.name,), declared, [x])]
        if all(page.values == pages[0].values for page in pages):
            # One page at one time or temperature: that is told beside it. A mere page number tells nothing.
            told = {
                s: v for s, v in pages[0].values.items() if s in declared and declared[s].kind != "PAGE" and s != "N"
            }
            made += [replace(v, role=Role.AUXILIARY) for v in _page_axes([told], declared, technique, made)]
        return tuple(made), pages[0].step
    return _stack(list(columns.values()), x, declared, technique), pages[0].step


def _axis_name(axis: Declared, declared: dict[str, Declared], technique: str) -> str:
    name = jcamp_words.axis_name(axis.unit, technique, axis.symbol, axis.name)
    if axis.kind == "PAGE" or (axis.symbol == "N" and not axis.unit):
        return "page"
    alike = [d for d in declared.values() if d.kind != "DEPENDENT" and d.unit == axis.unit]
    digit = re.search(r"\d$", axis.symbol)
    return f"{name}_{digit[0]}" if digit and len(alike) > 1 and not name.endswith(digit[0]) else name


def _signals(
    columns: Sequence[Column], dimensions: tuple[str, ...], declared: dict[str, Declared], others: Sequence[Variable]
) -> list[Variable]:
    made: list[Variable] = []
    for column in columns:
        about = declared[column.symbol]
        name = jcamp_words.signal_name(about.unit, about.name)
        if re.search(r"REAL", about.name.upper()) or column.symbol == "R":
            name += "_real"
        elif re.search(r"IMAG", about.name.upper()) or column.symbol == "I":
            name += "_imaginary"
        role = Role.AUXILIARY if about.kind in {"INDEPENDENT", "PAGE"} else Role.SIGNAL
        made.append(
            signal_variable(
                unique(name, [*others, *made]),
                column,
                about.unit,
                dimensions,
                label=about.name,
                written=about.unit_as_written,
                role=role,
            )
        )
    return made


def _page_axes(
    values: Sequence[dict[str, float]], declared: dict[str, Declared], technique: str, others: Sequence[Variable]
) -> list[Variable]:
    """Make variables along the pages: the first gives the dimension its name."""
    made: list[Variable] = []
    for symbol in dict.fromkeys(symbol for each in values for symbol in each):
        numbers = np.array([each.get(symbol, np.nan) for each in values], dtype=np.float64)
        about = declared.get(symbol)
        name = unique(_axis_name(about, declared, technique) if about else "page", [*others, *made])
        is_axis = not made and bool(np.all(np.isfinite(numbers)))
        made.append(
            Variable(
                name=name,
                series=Series(numbers, about.unit if about else ""),
                dimensions=(made[0].dimensions[0] if made else name,),
                role=Role.AXIS if is_axis else Role.AUXILIARY,
                label=about.name if about else "",
                unit_as_written=about.unit_as_written if about else "",
            )
        )
    return made


def _stack(
    columns: Sequence[Sequence[tuple[dict[str, float], Column]]],
    x: Variable,
    declared: dict[str, Declared],
    technique: str,
) -> tuple[Variable, ...]:
    made = [x]
    values = [[page for page, _ in same] for same in columns]
    if all(each == values[0] for each in values):
        made += _page_axes(values[0], declared, technique, made)
    # Pages that are merely numbered through have different numbers for the real and the imaginary part.
    down = made[1].dimensions[0] if len(made) > 1 else unique("page", made)
    for same in columns:
        joined = replace(same[0][1], values=np.stack([column.values for _, column in same]))
        made += _signals([joined], (down, x.name), declared, made)
    return tuple(made)


def _concatenate(pages: list[Page], x: Variable, declared: dict[str, Declared], technique: str) -> tuple[Variable, ...]:
    symbols = list(dict.fromkeys(column.symbol for page in pages for column in page.columns))
    lengths = [page.columns[0].values.size for page in pages]
    joined = []
    for symbol in symbols:
        parts = []
        for page, length in zip(pages, lengths, strict=True):
            found = next((c.values for c in page.columns if c.symbol == symbol), None)
            parts.append(found if found is not None else np.full(length, np.nan))
        quanta = {c.quantum for page in pages for c in page.columns if c.symbol == symbol}
        joined.append(
            Column(symbol=symbol, values=np.concatenate(parts), quantum=quanta.pop() if len(quanta) == 1 else None)
        )
    made = [axis_variable(x.name, joined[0], x.series.unit, x.label, x.unit_as_written)]
    made += _signals(joined[1:], (x.name,), declared, made)
    made += _page_axes([page.values for page in pages], declared, technique, made)
    made.append(
        Variable(
            name=unique("page_number", made),
            series=Series(np.repeat(np.arange(len(pages)), lengths)),
            dimensions=(x.name,),
            role=Role.AUXILIARY,
        )
    )
    return tuple(made)
