"""Write docs/reference/real-files.md: what Kiban makes of every real file that its developers have.

    make reading-table      (or: python docs/make_reading_table.py [FOLDER])

FOLDER has a README.md with a table that says what a correct reading of each file gives, from other programs or by hand;
../shared/data unless given. Each row of the page says what was read, and whether it agrees with those figures.
`tests/docs/test_real_files.py` makes some rows anew and compares them.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.compute.archive import is_archive, members
from kiban.errors import KibanError, NothingMeasured, UnknownFormat
from kiban.quantity.measured import Measured
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import MetadataValue, Reading, Variable

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("KIBAN_TEST_DATA") or ROOT.parent / "shared" / "data")
PAGE = ROOT / "docs" / "reference" / "real-files.md"
_MARK = "<!-- Written by docs/make_reading_table.py: run `make reading-table`. -->"

_TOLD = (
    "sample_name", "wavelength", "anode", "laser_wavelength", "nucleus", "observe_frequency", "excitation_energy",
    "pass_energy", "chemical_formula", "molecular_formula", "technique_name", "instrument", "started_at", "operator",
)  # fmt: skip
"""Metadata worth a cell, the first four that a file has."""


EXPLAINED = {
    "chromatography/Cu-25p_v2.csv": "19 injections, in tables one below the other, which are given as they are",
    "chromatography/Cu-25p_v2.xlsx": "19 injections, in tables one below the other, which are given as they are",
    "microscopy/protochips_thermal.csv": "the file has 2587 rows; the other program leaves nine out, which hold notes",
    "uvvis/3DM_test01.Probe.Raw.asc": "the first of the 282 rows of numbers is a line of the header",
    "uvvis/KTF-D.Probe.Raw.asc": "the first of the 1002 rows of numbers is a line of the header",
    "microscopy/test_surface.sur": "counted from the Z offset, as the profile of the same measurement demands; the "
    "other program counts from the Z minimum, and then the two differ",
    "microscopy/test_profile.pro": "counted from the Z offset, as the surface of the same measurement demands; the "
    "other program counts from the Z minimum, and then the two differ",
    "transport/20230917-16-S07-temperature.picolog": "1406 times, 1405 values of each channel and a gap",
    "nmr/1h.dx": "the file itself states MINY -230707, as was read; the other program's -290590 is wrong",
}
"""Files whose figures are not of what a Reading holds, and why. Looked at one by one."""


@dataclass(frozen=True)
class Row:
    """What became of one file."""

    path: str
    reader: str
    technique: str
    points: str
    axis: str
    metadata: str
    figures: str
    """What comparing with the figures of others came to."""

    def line(self) -> str:
        """The row as Markdown."""
        cells = (f"`{self.path}`", self.reader, self.technique, self.points, self.axis, self.metadata, self.figures)
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def expectations(data: Path) -> dict[str, str]:
    """What a correct reading of each file gives, as the README beside the files says it."""
    found = {}
    for line in (data / "README.md").read_text(encoding="utf-8").splitlines():
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        if len(cells) == 7 and "/" in cells[0]:
            found[cells[0].strip()] = cells[6].strip().replace("\\|", "|")
    return found


def row(data: Path, path: str, expected: str) -> Row:
    """Read one file and judge it."""
    source = Source(data / path)
    try:
        choice, readings = read(source)
    except KibanError as error:
        return _unread(source, path, error)
    return Row(
        path=path,
        reader=f"`{choice.reader.name}`",
        technique=_runs([f"`{reading.technique}`" for reading in readings]),
        points=_runs([_shape(_main(reading)) for reading in readings]),
        axis=_axis(readings[0]),
        metadata=_told(readings[0]),
        figures=judged(path, readings, expected),
    )


def _unread(source: Source, path: str, error: KibanError) -> Row:
    if isinstance(error, UnknownFormat):
        if is_archive(source):
            return Row(path, "archive", "", "", "", _members(source), "kept; its files are read one by one")
        return Row(path, "none", "", "", "", "", "kept")
    verdict = "kept" if isinstance(error, NothingMeasured) else "refused"
    reader = f"`{getattr(error, 'reader', None) or 'none'}`"
    return Row(path, reader, "", "", "", "", f"{verdict}: {error.fault}")


def _members(source: Source) -> str:
    read_of: Counter[str] = Counter()
    for name, content in members(source):
        try:
            read_of[f"`{read(Source(content, name=name))[0].reader.name}`"] += 1
        except KibanError as error:
            read_of[error.name] += 1
    return ", ".join(f"{n} × {what}" for what, n in read_of.items())


def _runs(values: Sequence[str]) -> str:
    """`a, b, b` as `a, 2 × b`, and no more than four of them."""
    runs: list[list[str]] = []
    for value in values:
        if runs and runs[-1][0] == value:
            runs[-1].append(value)
        else:
            runs.append([value])
    shown = [f"{len(run)} × {run[0]}" if len(run) > 1 else run[0] for run in runs]
    return ", ".join(shown[:4]) + (f", … ({len(values)} Readings)" if len(shown) > 4 else "")


def _main(reading: Reading) -> Variable:
    return (*reading.signals, *reading.variables)[0]


def _shape(variable: Variable) -> str:
    return " × ".join(map(str, variable.series.shape))


def _axis(reading: Reading) -> str:
    axis = reading.axis
    if axis is None:
        return ""
    values = axis.series.values
    first, last = values.flat[0], values.flat[-1]
    return f"{axis.name} {first:.6g} … {last:.6g} {axis.series.unit}".rstrip()


def _told(reading: Reading) -> str:
    named: dict[str, MetadataValue | None] = {
        "sample_name": reading.sample_name,
        "instrument": reading.instrument,
        "operator": reading.operator,
        "started_at": reading.started_at,
    }
    known = {name: value for name, value in (named | dict(reading.metadata)).items() if value not in (None, "")}
    return "; ".join(f"{name} {_text(known[name])}" for name in [n for n in _TOLD if n in known][:4])


def _text(value: MetadataValue | None) -> str:
    if isinstance(value, Measured):
        return f"{value.value:.8g} {value.unit}".strip()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:39]}…"


_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_POINTS = re.compile(
    r"(?<![\w.,])(\d+) (?:pts|numeric rows|rows, columns|complex points|points)\b"
    r"|'(?:uts|elution_time|mass_to_charge|frequency)': (\d+)|\((\d+),\) (?:float|int|complex)"
    r"|(?<![\w.,])(\d+) x \d+ (?:pixel|points)"
)
_IMAGE = re.compile(r"\((\d+), (\d+)\) (?:u?int|float)\d+")
_ROWS = re.compile(r"(\d+) rows \(with header\)")
_EXTREME = re.compile(rf"\b(max|min|sum) ({_NUMBER})")
_RANGE = re.compile(rf"(?<![\w.])({_NUMBER}) ?\.\. ?({_NUMBER})(?![\w.])")
_CELL = re.compile(rf"a,b,c ({_NUMBER}),({_NUMBER}),({_NUMBER})")
_FIRST_ROW = re.compile(r"\b(first|last) '\s*([^' \t;,]+(?:,\d+E[-+]\d+|,\d+(?=[\t ;']))?)")


def judged(path: str, readings: Sequence[Reading], expected: str) -> str:
    """Compare with the figures that the text holds: numbers of points, ranges, extremes, sums, cells, first rows."""
    figures = list(_figures(expected))
    if not figures:
        return "read; no figure to compare"
    if path in EXPLAINED:
        return f"explained: {EXPLAINED[path]}"
    wrong = [text for text, holds in figures if not holds(readings)]
    if wrong:
        return f"**differs** in {', '.join(wrong)} of {len(figures)} figures"
    return f"right: {len(figures)} {'figure' if len(figures) == 1 else 'figures'}"


def _figures(expected: str) -> Iterator[tuple[str, object]]:
    for match in _POINTS.finditer(expected):
        n = int(next(group for group in match.groups() if group is not None))
        if n > 1:
            yield match[0], lambda found, n=n: _has_length(found, {n})
    for match in _IMAGE.finditer(expected):
        shape = (int(match[1]), int(match[2]))
        yield match[0], lambda found, shape=shape: _has_shape(found, shape)
    for match in _ROWS.finditer(expected):
        n = int(match[1])
        # A file without a line of names has as many rows as lines.
        yield match[0], lambda found, n=n: _has_length(found, {n, n - 1})
    for match in _EXTREME.finditer(expected):
        yield match[0], lambda found, match=match: any(_has_extreme(a, match[1], match[2]) for a in _arrays(found))
    for match in _RANGE.finditer(expected):
        yield match[0], lambda found, match=match: any(_spans(a, match[1], match[2]) for a in _arrays(found))
    for match in _CELL.finditer(expected):
        if match.groups() != ("1", "1", "1"):  # gemmi's word for "no cell"
            yield match[0], lambda found, match=match: any(_has_cell(r, match.groups()) for r in found)
    for match in _FIRST_ROW.finditer(expected):
        number = match[2].replace(",", ".")
        if re.fullmatch(_NUMBER, number) and "numeric rows" in expected:
            index = 0 if match[1] == "first" else -1
            yield (
                f"{match[1]} row {match[2]}",
                lambda found, number=number, index=index: any(
                    _is_near(float(v.series.values.real.flat[index]), number) for v in _all(found)
                ),
            )


def _all(readings: Sequence[Reading]) -> Iterator[Variable]:
    return (variable for reading in readings for variable in reading.variables)


def _arrays(readings: Sequence[Reading]) -> Iterator[NDArray[Any]]:
    """The real values of every variable, and of the first spectrum of each stack: figures are often of that alone."""
    for variable in _all(readings):
        values = variable.series.values
        values = np.abs(values) if np.iscomplexobj(values) else values
        yield values
        if values.ndim > 1:
            yield values[0]


def _has_length(readings: Sequence[Reading], wanted: set[int]) -> bool:
    totals = {sum(_main(r).series.values.size for r in readings), sum(_main(r).series.shape[0] for r in readings)}
    return bool(totals & wanted) or any(wanted & {*v.series.shape, v.series.values.size} for v in _all(readings))


def _has_shape(readings: Sequence[Reading], shape: tuple[int, int]) -> bool:
    """As an array of that shape, or its columns as variables of their own."""
    n_columns = max(sum(v.series.shape == shape[:1] for v in reading.variables) for reading in readings)
    return n_columns >= shape[1] or any(v.series.shape == shape for v in _all(readings))


def _has_extreme(values: NDArray[Any], kind: str, number: str) -> bool:
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return False
    # Sums of some thousand numbers and their rounding: the text has six digits of them.
    return _is_near(float({"max": finite.max, "min": finite.min, "sum": finite.sum}[kind]()), number)


def _spans(values: NDArray[Any], low: str, high: str) -> bool:
    if not np.isfinite(values).any():
        return False
    ends = (float(np.nanmin(values)), float(np.nanmax(values)))
    return any(_is_near(a, low) and _is_near(b, high) for a, b in (ends, ends[::-1]))


def _has_cell(reading: Reading, numbers: Sequence[str]) -> bool:
    cell = [reading.metadata.get(name) for name in "abc"]
    return all(isinstance(m, Measured) and _is_near(m.value, number) for m, number in zip(cell, numbers, strict=True))


def _is_near(value: float, written: str) -> bool:
    """Equal within the digits that are written; never closer than a float32 can tell."""
    number = float(written)
    mantissa, _, exponent = written.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    unit = 10.0 ** (int(exponent or 0) - decimals) if "." in mantissa or exponent else 0.0
    return abs(value - number) <= max(0.51 * unit, 2e-6 * abs(number), 1e-12)


def page(data: Path) -> str:
    """The whole page."""
    rows = [
        row(data, path, expected) for path, expected in sorted(expectations(data).items()) if (data / path).exists()
    ]
    verdicts = Counter(one.figures.split(":")[0].split(";")[0].split(" in ")[0].strip("*") for one in rows)
    n_read = sum(verdicts[verdict] for verdict in ("right", "read", "differs", "explained"))
    counts = (
        f"{len(rows)} files: {n_read} read, {verdicts['kept']} kept, {verdicts['refused']} refused. Of those that are\n"
        f"read, {verdicts['right']} agree with all figures that are known of them, {verdicts['differs']} differ, "
        f"{verdicts['explained']} are explained, and for\n{verdicts['read']} no figure is known."
    )
    parts = [f"# Real files\n\n{_MARK}\n\n{_INTRO.strip()}\n\n{counts}"]
    for folder in sorted({one.path.partition("/")[0] for one in rows}):
        lines = [one.line() for one in rows if one.path.partition("/")[0] == folder]
        parts.append(f"## {folder}\n\n{_HEAD}\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


_HEAD = (
    "| file | reader | technique | points | axis, first … last | metadata | compared with others' figures |\n"
    "|---|---|---|---|---|---|---|"
)
_INTRO = """
What Kiban makes of the files that its developers gathered from public repositories. They come from many instruments and
programs, and some are damaged or no measurements at all. They are not part of Kiban, because their licences differ.

What a correct reading of each gives is known from other programs, from the text export beside a binary file, or from
looking at it by hand. The last column says whether Kiban agrees:

- **right**: all figures that are known of the file (numbers of points, ranges, extremes, sums, lattice constants, first
  and last rows) are found in what was read, within the digits that are known.
- **differs**: some are not. That is a mistake of Kiban, or of the other program.
- **explained**: the figures are not of the same thing; why is said.
- **kept**: no reader claims it; it is kept byte for byte.
- **refused**: a reader claims it and says why it cannot be read.
"""


def main() -> None:
    """Write the page."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    if not (data / "README.md").exists():
        raise SystemExit(f"The real files are not in {data}.")
    PAGE.write_text(page(data), encoding="utf-8")
    sys.stderr.write(f"wrote {PAGE.name}\n")


if __name__ == "__main__":
    main()
