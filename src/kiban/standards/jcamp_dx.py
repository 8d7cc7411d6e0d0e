"""JCAMP-DX, the exchange format of spectroscopy, one block for each signal.

What is carried
---------------
Each signal along the first axis of one dimension, with the axis: numbers, units, names and labels; complex numbers as
an NTUPLES block with a page for the real and one for the imaginary part; several signals as a compound (LINK) file. The
rights in the record: the holder as OWNER (where none is stated, the operator), the licence, and all of them as JSON
under `##$KIBAN RIGHTS=`. Title, technique, sample, instrument, operator, time, all metadata (under the standard's
labels where it has them, else under labels of the user's kind, `##$WAVELENGTH=`), doubts as comments.

An axis is given by its ends and the number of points where it is evenly spaced within a millionth of a step; otherwise
each point has its abscissa. Ordinates are written so that the same numbers are read back: whole numbers, and multiples
of a stated resolution, as differences (DIFDUP), others in full (AFFN).

What is lost
------------
Other variables, such as those of two dimensions; uncertainties (but for the steps that a factor implies); the header of
the raw file; analyses and properties; which type numbers had. What is neither a number nor missing (infinite) becomes
missing. Texts go on one line; those beyond ASCII are written in UTF-8, which the standard does not provide for.

Source
------
R. S. McDonald, P. A. Wilks, Appl. Spectrosc. 42, 151 (1988) (JCAMP-DX 4.24); A. N. Davies, P. Lampen, Appl. Spectrosc.
47, 1093 (1993) (5.00, NTUPLES); P. Lampen et al., Pure Appl. Chem. 71, 1549 (1999) (5.01, LONG DATE).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import kiban
from kiban.errors import NotExportable
from kiban.quantity.uncertainty import Kind
from kiban.records.measurement import Measurement, VariableSummary
from kiban.records.reading import Reading, Role, Variable
from kiban.records.rights.json_text import rights_text
from kiban.records.rights.lines import holder_line
from kiban.standards.contract import Exportable, Exported
from kiban.standards.jcamp_numbers import (
    Ordinates,
    departure,
    grouped,
    incremented,
    number_text,
    ordinate_texts,
    ordinates,
)
from kiban.standards.jcamp_words import data_type, dates, metadata_labels, plain, unit_text

_EVEN = 1e-6
"""Of a step: an axis that departs less from an evenly spaced one is written as such."""
_MEND = "Export it as another standard: nexus and maiml carry every measurement."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Axis:
    variable: Variable
    values: NDArray[np.float64]
    is_even: bool


@dataclass(frozen=True, slots=True)
class JcampDxExport:
    """Writes JCAMP-DX."""

    name: str = "jcamp_dx"
    title: str = "JCAMP-DX"
    suffix: str = ".jdx"
    media_type: str = "chemical/x-jcamp-dx"
    needs_raw: bool = False

    def obstacle(self, measurement: Measurement) -> str | None:
        """It has a place for signals along one axis of one dimension."""
        axis = next((v for v in measurement.variables if v.role == "axis" and len(v.shape) == 1), None)
        if axis is None:
            return "JCAMP-DX needs an axis of one dimension, and there is none."
        if not any(_is_along(v, axis) for v in measurement.variables):
            return f"JCAMP-DX needs a signal along {axis.name} alone, and there is none."
        return None

    def export(self, given: Exportable) -> Exported:
        """Write it. Raises NotExportable."""
        if (obstacle := self.obstacle(given.measurement)) is not None:
            raise NotExportable(obstacle, mend=_MEND)
        reading = given.reading
        axis = _axis(reading)
        signals = [v for v in reading.signals if v.dimensions == axis.variable.dimensions]
        losses = list(_losses(given, axis, signals))
        blocks = [list(_block(given, axis, signal, losses)) for signal in signals]
        lines = blocks[0] if len(blocks) == 1 else list(_linked(given, blocks))
        content = "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n"
        if not content.isascii():
            losses.append("Texts beyond ASCII are written in UTF-8, which JCAMP-DX does not provide for.")
        return Exported(content=content, losses=tuple(dict.fromkeys(losses)))


def _is_along(variable: VariableSummary, axis: VariableSummary) -> bool:
    return variable.role == "signal" and variable.dimensions == axis.dimensions


def _axis(reading: Reading) -> _Axis:
    variable = next(v for v in reading.variables if v.role is Role.AXIS and v.series.values.ndim == 1)
    values = variable.series.values
    if values.dtype.kind == "c" or not bool(np.all(np.isfinite(values))):
        raise NotExportable(
            f"The axis {variable.name} has gaps, or is complex; JCAMP-DX has no place for it.", mend=_MEND
        )
    wide = values.astype(np.float64)
    away = departure(wide)
    return _Axis(variable=variable, values=wide, is_even=away is not None and away <= _EVEN)


def _losses(given: Exportable, axis: _Axis, signals: Sequence[Variable]) -> Iterator[str]:
    reading = given.reading
    left_out = [v.name for v in reading.variables if v is not axis.variable and all(v is not s for s in signals)]
    if left_out:
        yield f"These variables are not in the file: {', '.join(left_out)}."
    doubted = [
        v.name
        for v in (axis.variable, *signals)
        if v.series.uncertainty is not None and (v is axis.variable or not _has_step(v))
    ]
    if doubted:
        yield f"The uncertainties of {', '.join(doubted)} are not in the file."
    if axis.is_even and not np.array_equal(np.linspace(axis.values[0], axis.values[-1], axis.values.size), axis.values):
        away = departure(axis.values) or 0.0
        yield f"{axis.variable.name} is given by its ends; its values come back within {away:.1g} of a step."
    if reading.header:
        yield "The header of the raw file is not in the file."
    if given.measurement.analyses or given.facts:
        yield "The results of analyses are not in the file."
    if any(getattr(value, "uncertainty", None) is not None for value in reading.metadata.values()):
        yield "The uncertainties of the metadata are not in the file."
    yield "The record's history, its tier and the terms of access are not in the file."


def _has_step(signal: Variable) -> bool:
    """The signal's uncertainty is a step, and the file says it as its factor."""
    quantum = _quantum(signal)
    return (
        quantum is not None
        and signal.series.values.dtype.kind != "c"
        and (ordinates(signal.series.values, quantum).factor == quantum)
    )


def _linked(given: Exportable, blocks: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"##TITLE= {plain(given.reading.title) or 'untitled'}"
    yield f"##JCAMP-DX= 4.24 $$ Kiban {kiban.__version__}"
    yield "##DATA TYPE= LINK"
    yield f"##BLOCKS= {len(blocks) + 1}"
    yield f"##ORIGIN= Kiban {given.record.pid}"
    yield f"##OWNER= {_owner(given)}"
    for block in blocks:
        yield from block
    yield "##END="


def _owner(given: Exportable) -> str:
    """The standard's word is for whose the spectrum is; who measured it stands there where nobody has said."""
    holder = given.rights.rights_holder if given.rights is not None else None
    return plain(holder.name if holder is not None else given.reading.operator or "") or "anonymous"


def _rights(given: Exportable) -> Iterator[tuple[str, str]]:
    if (rights := given.rights) is None:
        return
    if rights.licence:
        yield "$LICENCE", rights.licence
    if rights.rights_holder is not None:
        yield "$RIGHTS HOLDER", plain(holder_line(rights.rights_holder))
        if given.reading.operator:
            yield "$OPERATOR", plain(given.reading.operator)
    if rights.citation:
        yield "$CITATION", plain(rights.citation)
    yield "$KIBAN RIGHTS", rights_text(rights)


def _block(given: Exportable, axis: _Axis, signal: Variable, losses: list[str]) -> Iterator[str]:
    values = signal.series.values
    is_complex = values.dtype.kind == "c"
    parts = (values.real, values.imag) if is_complex else (values,)
    written = [ordinates(part, _quantum(signal)) for part in parts]
    n_missing = sum(each.n_missing for each in written)
    if n_missing:
        n_infinite = int(sum(np.count_nonzero(np.isinf(part)) for part in parts if part.dtype.kind == "f"))
        if n_infinite:
            losses.append(f"{n_infinite} infinite numbers of {signal.name} are given as missing.")
    if is_complex:
        losses.append(f"The complex numbers of {signal.name} are two columns in the file.")
    yield from _head(given, axis, signal, "5.01" if is_complex else "4.24")
    if is_complex:
        yield from _ntuples(given, axis, signal, written, parts)
    else:
        yield from _table(given, axis, signal, written[0])
    yield "##END="


def _quantum(signal: Variable) -> float | None:
    """The step between two possible values of a signal, where its uncertainty is such a step."""
    doubt = signal.series.uncertainty
    if doubt is None or doubt.kind is not Kind.RESOLUTION or doubt.values.size != 1:
        return None
    step = float(doubt.values[0])
    return step if np.isfinite(step) and step > 0.0 else None


def _head(given: Exportable, axis: _Axis, signal: Variable, version: str) -> Iterator[str]:
    reading = given.reading
    is_nmr = reading.technique == "nmr"
    yield f"##TITLE= {plain(reading.title) or 'untitled'}"
    yield f"##JCAMP-DX= {version} $$ Kiban {kiban.__version__}"
    yield f"##DATA TYPE= {data_type(reading.technique, is_over_time=axis.variable.series.unit in _TIMES)}"
    if version != "4.24":
        yield "##DATA CLASS= NTUPLES"
    yield f"##ORIGIN= Kiban {given.record.pid}"
    yield f"##OWNER= {_owner(given)}"
    labels: list[tuple[str, str]] = []
    if reading.instrument:
        labels.append(("SPECTROMETER/DATA SYSTEM", plain(reading.instrument)))
    if reading.sample_name:
        labels.append(("SAMPLE DESCRIPTION", plain(reading.sample_name)))
    if reading.started_at is not None:
        labels += dates(reading.started_at)
    for name, value in reading.metadata.items():
        labels += metadata_labels(name, value, axis.variable.series.unit, is_nmr=is_nmr)
    labels += _rights(given)
    labels += [
        ("$KIBAN TECHNIQUE", reading.technique),
        ("$KIBAN AXIS", axis.variable.name),
        ("$KIBAN SIGNAL", signal.name),
        ("$KIBAN SOURCE", f"{plain(given.measurement.file_name)}, SHA-256 {given.measurement.file_checksum}"),
    ]
    for label, text in dict(labels).items():
        yield f"##{label}= {text}"
    for doubt in reading.doubts:
        yield f"$$ Please check: {plain(doubt)}"


_TIMES = frozenset({"s", "ms", "us", "ns", "min", "h"})


def _table(given: Exportable, axis: _Axis, signal: Variable, y: Ordinates) -> Iterator[str]:
    x = axis.values
    values = signal.series.values
    statements: dict[str, str] = {
        "XUNITS": unit_text(axis.variable.series.unit),
        "YUNITS": unit_text(signal.series.unit),
        "XLABEL": plain(axis.variable.label) or axis.variable.name,
        "YLABEL": plain(signal.label) or signal.name,
        "FIRSTX": number_text(float(x[0])),
        "LASTX": number_text(float(x[-1])),
        "MINX": number_text(float(x.min())),
        "MAXX": number_text(float(x.max())),
        **_limits(values, "Y"),
        "XFACTOR": "1",
        "YFACTOR": number_text(y.factor),
        "NPOINTS": str(x.size),
    }
    if axis.is_even:
        statements["DELTAX"] = number_text(float((x[-1] - x[0]) / (x.size - 1)))
    for label, text in statements.items():
        yield f"##{label}= {text}"
    if axis.is_even:
        yield "##XYDATA= (X++(Y..Y))"
        yield from incremented(x, y)
        return
    # Sticks of a mass spectrum are what the standard calls a peak table.
    yield "##PEAK TABLE= (XY..XY)" if given.reading.technique == "mass_spectrometry" else "##XYPOINTS= (XY..XY)"
    yield from grouped(axis.variable.series.values, ordinate_texts(y))


def _limits(values: NDArray[Any], letter: str) -> dict[str, str]:
    """The first, lowest and highest ordinate, where they are numbers."""
    finite = values[np.isfinite(values)]
    limits: dict[str, str] = {}
    if finite.size:
        limits = {f"MIN{letter}": _plain_number(finite.min()), f"MAX{letter}": _plain_number(finite.max())}
    if np.isfinite(values[0]):
        limits[f"FIRST{letter}"] = _plain_number(values[0])
    return limits


def _plain_number(value: Any) -> str:
    return _edge(value) if isinstance(value, np.floating) else str(int(value))


def _ntuples(
    given: Exportable,
    axis: _Axis,
    signal: Variable,
    written: Sequence[Ordinates],
    parts: Sequence[NDArray[Any]],
) -> Iterator[str]:
    x, unit = axis.values, unit_text(axis.variable.series.unit)
    what = "FID" if given.reading.technique == "nmr" and axis.variable.series.unit in _TIMES else "SPECTRUM"
    y_unit = unit_text(signal.series.unit)
    rows: Mapping[str, Sequence[str]] = {
        "VAR_NAME": (axis.variable.name.upper(), f"{what}/REAL", f"{what}/IMAG", "PAGE NUMBER"),
        "SYMBOL": ("X", "R", "I", "N"),
        "VAR_TYPE": ("INDEPENDENT", "DEPENDENT", "DEPENDENT", "PAGE"),
        "VAR_FORM": ("AFFN", "ASDF", "ASDF", "AFFN"),
        "VAR_DIM": (str(x.size), str(x.size), str(x.size), "2"),
        "UNITS": (unit, y_unit, y_unit, ""),
        "FIRST": (number_text(float(x[0])), *(_edge(part[0]) for part in parts), "1"),
        "LAST": (number_text(float(x[-1])), *(_edge(part[-1]) for part in parts), "2"),
        "MIN": (number_text(float(x.min())), *(_edge(_lowest(part)) for part in parts), "1"),
        "MAX": (number_text(float(x.max())), *(_edge(_highest(part)) for part in parts), "2"),
        "FACTOR": ("1", *(number_text(each.factor) for each in written), "1"),
    }
    yield f"##NTUPLES= {data_type(given.reading.technique, is_over_time=what == 'FID')}"
    for label, cells in rows.items():
        yield f"##{label}= {', '.join(cells)}"
    for page, (symbol, y) in enumerate(zip("RI", written, strict=True), start=1):
        yield f"##PAGE= N={page}"
        yield f"##NPOINTS= {x.size}"
        if axis.is_even:
            yield f"##DATA TABLE= (X++({symbol}..{symbol})), XYDATA"
            yield from incremented(x, y)
        else:
            yield f"##DATA TABLE= (X{symbol}..X{symbol}), PEAKS"
            yield from grouped(axis.variable.series.values, ordinate_texts(y))
    yield "##END NTUPLES= NMR SPECTRUM" if given.reading.technique == "nmr" else "##END NTUPLES="


def _edge(value: Any) -> str:
    return "" if not np.isfinite(value) else number_text(value)


def _lowest(values: NDArray[Any]) -> Any:
    finite = values[np.isfinite(values)]
    return finite.min() if finite.size else np.nan


def _highest(values: NDArray[Any]) -> Any:
    finite = values[np.isfinite(values)]
    return finite.max() if finite.size else np.nan


EXPORT = JcampDxExport()
