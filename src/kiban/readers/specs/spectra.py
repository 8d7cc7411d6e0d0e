"""From blocks of numbers to Readings: one for each region, with cycles, curves and scans as dimensions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.number_list import optional_number, rows
from kiban.readers.specs.lines import MEND, Block, Kind, Region
from kiban.readers.specs.metadata import date, metadata, technique
from kiban.readers.spectra.count_rates import rate_uncertainty
from kiban.readers.spectra.energy_axis import axis_name, unit_and_words
from kiban.readers.tables.column_headers import slug
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, Reading, Role, Variable

_PRECISION = 1e-6
_LEVELS = ("cycle", "curve", "scan", "channel")
_BRACKET = re.compile(r"(?P<words>[^\[]*)\[(?P<unit>[^\]]*)\](?P<more>.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The numbers of a block, by column.

    Parameters
    ----------
    labels : tuple of str
        As many as there are columns; the energy first.
    values : array, shape (n, n_columns)
    """

    block: Block
    labels: tuple[str, ...]
    values: NDArray[np.float64]


def readings(region: Region, settings: Mapping[str, Json], file: str) -> list[Reading]:
    """Make Readings of a region: of its spectra, of external channels that do not go with them, and of results.

    Raises
    ------
    DamagedFile
        If a block has other columns or another number of rows than promised.
    """
    place = f"{file}, region {region.name}"
    tables = [_table(block, region, place) for block in region.blocks if block.lines or block.kind is Kind.SPECTRUM]
    tables = [table for table in tables if len(table.values)]
    spectra = [table for table in tables if table.block.kind is Kind.SPECTRUM]
    others = [table for table in tables if table.block.kind is not Kind.SPECTRUM]
    maker = _Maker(region, settings)
    levels = _grid(spectra)
    if levels is None:
        return [maker.single(table) for table in tables]
    channels = _channels(others, spectra)
    taken = {id(table) for group in channels.values() for table in group}
    made = [maker.stacked(spectra, levels, channels)] if spectra else []
    return made + [maker.single(table) for table in others if id(table) not in taken]


def _table(block: Block, region: Region, place: str) -> Table:
    values = rows(block.lines, what="data", file=place, first_line=block.first_line)
    promised = optional_number(block.text("Values/Curve") or region.text("Values/Curve"))
    if block.kind is Kind.SPECTRUM and promised is not None and promised != len(values):
        raise DamagedFile(f"{place}: {promised:g} values for each curve are promised, {len(values)} follow.", mend=MEND)
    labels = _labels(block, values.shape[1], place) if len(values) else ()
    return Table(block=block, labels=labels, values=values)


def _labels(block: Block, width: int, place: str) -> tuple[str, ...]:
    written = block.text("ColumnLabels")
    if width < 2:
        raise DamagedFile(f"{place}: rows of at least two numbers were expected; they have {width}.", mend=MEND)
    if block.kind is not Kind.SPECTRUM and width == 2:
        return ("energy", block.name)
    labels = tuple(written.split()) if written else ("energy", "", "")[:width]
    if len(labels) != width:
        raise DamagedFile(
            f"{place}: {len(labels)} columns are labelled ('{written[:60]}'), the rows have {width}.", mend=MEND
        )
    return labels


def _grid(tables: Sequence[Table]) -> dict[str, list[int]] | None:
    """The numbers along each level; `None` where blocks are missing or differ in energies or columns."""
    if not tables:
        return {level: [0] for level in _LEVELS}
    first = tables[0]
    for table in tables[1:]:
        if table.labels != first.labels or not np.array_equal(table.values[:, 0], first.values[:, 0]):
            return None
    places = _places(tables)
    levels = {level: sorted({place[n] for place in places}) for n, level in enumerate(_LEVELS)}
    n = 1
    for numbers in levels.values():
        n *= len(numbers)
    return levels if n == len(tables) == len(set(places)) else None


def _places(tables: Sequence[Table]) -> list[tuple[int, int, int, int]]:
    """Cycle, curve, scan and channel of each block; scans, whose numbers may run on, are counted anew in each cycle."""
    seen: dict[tuple[int, int, int], list[int]] = {}
    places = []
    for table in tables:
        cycle, curve, scan, channel = (table.block.place.get(level, 0) for level in _LEVELS)
        scans = seen.setdefault((cycle, curve, channel), [])
        if scan not in scans:
            scans.append(scan)
        places.append((cycle, curve, scans.index(scan), channel))
    return places


def _channels(others: Sequence[Table], spectra: Sequence[Table]) -> dict[str, list[Table]]:
    """External channels that were measured with every spectrum, at the same energies."""
    named: dict[str, list[Table]] = {}
    for table in others:
        if table.block.kind is Kind.EXTERNAL:
            named.setdefault(table.block.name, []).append(table)
    return {
        name: group
        for name, group in named.items()
        if len(group) == len(spectra)
        and all(
            table.block.place == spectrum.block.place
            and np.array_equal(table.values[:, 0], spectrum.values[:, 0])
            and table.values.shape[1] == 2
            for table, spectrum in zip(group, spectra, strict=True)
        )
    }


class _Maker:
    """Makes Readings of one region's tables."""

    def __init__(self, region: Region, settings: Mapping[str, Json]) -> None:
        self.region = region
        self.settings = settings
        self.energy = _energy_axis(settings)
        self.are_scans_separate = settings.get("Separate Scan Data") == "yes"

    def stacked(
        self, tables: Sequence[Table], levels: Mapping[str, list[int]], channels: Mapping[str, list[Table]]
    ) -> Reading:
        """One Reading of all spectra, in the order of the levels."""
        places = _places(tables)
        order = sorted(range(len(tables)), key=lambda n: places[n])
        ordered = [tables[n] for n in order]
        steps = [level for level in _LEVELS if len(levels[level]) > 1]
        shape = tuple(len(levels[level]) for level in steps)
        axes = [self._axis(level, ordered, levels) for level in steps]
        dimensions = (*(axis[0].dimensions[0] for axis in axes), self.energy)
        columns = np.stack([table.values for table in ordered]).reshape(*shape, *ordered[0].values.shape)
        made = [variable for axis in axes for variable in axis]
        made += self._columns(ordered[0], columns, dimensions, self._counting_time())
        for name, group in channels.items():
            values = np.stack([group[n].values[:, 1] for n in order]).reshape(*shape, -1)
            made.append(_external(name, values, dimensions, made))
        return self._reading(ordered, made, "")

    def single(self, table: Table) -> Reading:
        """One Reading of one table."""
        what = table.block.name
        if table.block.kind is Kind.SPECTRUM:
            what = ", ".join(f"{level} {n}" for level, n in table.block.place.items())
        if table.block.kind is Kind.SPECTRUM or len(table.labels) > 2:
            made = list(self._columns(table, table.values, (self.energy,), self._counting_time()))
        else:
            made = [self._energy(table.values[:, 0])]
            made.append(_external(table.block.name or "result", table.values[:, 1], (self.energy,), made))
        return self._reading([table], made, what)

    def _energy(self, values: NDArray[np.float64]) -> Variable:
        return Variable(
            name=self.energy, series=Series(values, "eV"), dimensions=(self.energy,), role=Role.AXIS, label="energy"
        )

    def _columns(
        self, table: Table, columns: NDArray[np.float64], dimensions: tuple[str, ...], time_s: float | None
    ) -> Iterator[Variable]:
        """Energy, intensity and what other columns there are; a column of errors is the uncertainty."""
        yield self._energy(table.values[:, 0])
        errors = next((n for n, label in enumerate(table.labels) if n > 1 and "error" in label.lower()), None)
        names = [self.energy]
        for n, label in enumerate(table.labels[1:], 1):
            if n == errors:
                continue
            values = columns[..., n]
            unit = read_unit(label) or ""
            name = "intensity" if n == 1 else _distinct(slug(label) or f"column_{n + 1}", names)
            names.append(name)
            doubt: Uncertainties | None = None
            if n == 1 and errors is not None and bool(np.all(columns[..., errors] >= 0)):
                doubt = Uncertainties(
                    values=columns[..., errors], origin=Origin.FILE, distribution=Distribution.UNKNOWN
                )
            elif n == 1 and unit == "count":
                doubt = counting_uncertainty(values)
            elif n == 1 and unit == "count/s":
                doubt = rate_uncertainty(values, time_s, relative_precision=_PRECISION)
            yield Variable(
                name=name,
                series=Series(values, unit, doubt),
                dimensions=dimensions,
                role=Role.SIGNAL if n == 1 else Role.AUXILIARY,
                label=label,
                unit_as_written=label if unit else "",
            )

    def _counting_time(self) -> float | None:
        dwell = optional_number(self.region.text("Dwell Time"))
        n = 1 if self.are_scans_separate else self._n_scans()
        return None if dwell is None or n is None else dwell * n

    def _n_scans(self) -> int | None:
        n = optional_number(self.region.text("Number of Scans"))
        return int(n) if n is not None and n >= 1 and n % 1 == 0 else None

    def _axis(self, level: str, tables: Sequence[Table], levels: Mapping[str, list[int]]) -> list[Variable]:
        """What was stepped along a level: a parameter that the file states, else the number of the step."""
        found: list[Variable] = []
        if level == "curve":
            found = _stepped(level, levels[level], tables, {"NonEnergyOrdinate": _ordinate}, [self.energy])
        elif level == "cycle":
            names = dict.fromkeys(name for table in tables for name in table.block.parameters)
            getters = {name: _parameter(name) for name in names}
            found = _stepped(level, levels[level], tables, getters, [self.energy, "intensity"])
        leading = next((v for v in found if _is_ordered(v.series.values)), None)
        if leading is None:
            name = f"{level}_number"
            leading = Variable(name=name, series=Series(levels[level]), dimensions=(name,), role=Role.AXIS)
        along = (leading.name,)
        return [
            replace(leading, dimensions=along, role=Role.AXIS),
            *(replace(v, dimensions=along, role=Role.AUXILIARY) for v in found if v.name != leading.name),
        ]

    def _reading(self, tables: Sequence[Table], variables: list[Variable], what: str) -> Reading:
        region = self.region
        block = tables[0].block
        title = ": ".join(t for t in (region.group, region.name, what) if t)
        texts = {
            key: value for key, value in {**region.group_settings, **region.settings}.items() if isinstance(value, str)
        }
        header: dict[str, Json] = {
            **self.settings,
            "Group": region.group,
            "group": dict(region.group_settings),
            "Region": region.name,
            "region": dict(region.settings),
            "blocks": [
                {**table.block.settings, **({"parameters": dict(p)} if (p := table.block.parameters) else {})}
                for table in tables[:1000]
            ],
        }
        return Reading(
            technique=technique(region.text("Analysis Method")),
            title=title or "SPECS",
            variables=tuple(variables),
            header=header,
            metadata=metadata(texts, self._n_scans()),
            instrument=region.text("Analyzer") or None,
            started_at=date(block.text("Acquisition Date") or region.text("Acquisition Date")),
            doubts=tuple(self._doubts(tables, variables)),
        )

    def _doubts(self, tables: Sequence[Table], variables: Sequence[Variable]) -> Iterator[str]:
        if self.energy == "energy":
            yield "Whether the energies are kinetic or binding energies is not stated."
        promised = optional_number(self.region.text("Curves/Scan"))
        found = len({table.block.place.get("curve", 0) for table in tables})
        if promised is not None and promised != found and tables[0].block.kind is Kind.SPECTRUM and len(tables) > 1:
            yield f"{promised:g} curves for each scan are promised, {found} were found."
        for variable in variables:
            if variable.name == "intensity" and not variable.series.unit and variable.role is Role.SIGNAL:
                yield "The unit of the intensity is not stated."
            elif variable.name == "intensity" and variable.series.unit == "count" and not variable.series.uncertainty:
                yield (
                    "The file calls the intensities counts, but they are not whole positive numbers: they were "
                    "averaged or corrected after counting, so no counting uncertainty is given."
                )


def _energy_axis(settings: Mapping[str, Json]) -> str:
    """Name the energy as the export settings say; SpecsLab 2 states only whether it is kinetic energy."""
    given = settings.get("Energy Axis")
    if isinstance(given, str):
        return axis_name(given, otherwise="energy")
    is_kinetic = settings.get("Kinetic Energy Axis")
    return {"yes": "kinetic_energy", "no": "binding_energy"}.get(str(is_kinetic), "energy")


_Getter = Callable[[Block], float | None]


def _ordinate(block: Block) -> float | None:
    return optional_number(block.text("NonEnergyOrdinate"))


def _parameter(name: str) -> _Getter:
    return lambda block: optional_number(block.parameters.get(name))


def _stepped(
    level: str, numbers: Sequence[int], tables: Sequence[Table], getters: Mapping[str, _Getter], taken: Sequence[str]
) -> list[Variable]:
    """Variables of what the file states for each step of a level, is the same in all of its blocks, and changes."""
    found: list[Variable] = []
    for label, getter in getters.items():
        by_number: dict[int, set[float | None]] = {number: set() for number in numbers}
        for table in tables:
            by_number[table.block.place.get(level, 0)].add(getter(table.block))
        values = [next(iter(of)) if len(of) == 1 else None for of in by_number.values()]
        there = [value for value in values if value is not None]
        if len(there) < len(values) or len(set(there)) < 2:
            continue
        unit, words = unit_and_words(label)
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", words or label)
        name = _distinct(axis_name(spaced, otherwise="parameter"), [*taken, *(v.name for v in found)])
        found.append(Variable(name=name, series=Series(np.array(there), unit), dimensions=(name,), label=label))
    return found


def _is_ordered(values: NDArray[np.float64]) -> bool:
    steps = np.diff(values)
    return bool(np.all(steps > 0)) or bool(np.all(steps < 0))


def _external(
    name: str, values: NDArray[np.float64], dimensions: tuple[str, ...], taken: Sequence[Variable]
) -> Variable:
    """A variable of an external channel or a result; `Sample temperature [K] (Laser heater)` has its unit inside."""
    match = _BRACKET.fullmatch(name)
    words = f"{match['words']} {match['more']}".strip() if match is not None else name
    unit = (read_unit(match["unit"]) or "") if match is not None else ""
    return Variable(
        name=_distinct(slug(words) or "channel", [variable.name for variable in taken]),
        series=Series(values, unit),
        dimensions=dimensions,
        role=Role.AUXILIARY if taken and any(v.role is Role.SIGNAL for v in taken) else Role.SIGNAL,
        label=name,
        unit_as_written=match["unit"] if match is not None else "",
    )


def _distinct(name: str, taken: Sequence[str]) -> str:
    return next(n for n in (name, *(f"{name}_{i}" for i in range(2, len(taken) + 3))) if n not in taken)
