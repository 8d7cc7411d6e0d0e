"""All atoms of the unit cell, cell volume and density of a crystal structure.

*What it needs*: a Reading of technique `crystal_structure` with a cell, fractional coordinates, and symmetry: triplets
in the header, or a space group whose name is known.

*What it does*: applies the symmetry to each listed site, joins what lies on one place (mixed occupation), counts the
atoms and compares them with the stated formula. Gives lattice parameters and cell volume as facts, and the density that
follows from the atoms in the cell, or where some have no place (hydrogen that was not located) from the stated formula
and its number of units.

*Uncertainties*: those of the cell as stated. That of the density combines those of the volume and the atomic weights;
without a stated uncertainty of the volume it has none.

*Left out*: structures with Cartesian coordinates only; cells of more than 5000 sites, of which no table is kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from kiban.analysis.contract import Finding, check_options
from kiban.analysis.crystal.cell_contents import ListedSite, fill_cell
from kiban.analysis.crystal.elements_of_sites import element_of
from kiban.analysis.crystal.symmetry import operations
from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.records.matter.crystal import Crystal, UnitCell
from kiban.records.matter.crystal_rows import COLUMNS, rows_of
from kiban.records.matter.formula import Formula, formula_of
from kiban.records.matter.molar_mass import molar_mass
from kiban.records.property import Property
from kiban.records.reading import Reading

_MOST_SITES = 5000
_MOST_LISTED = 2000
_AGREEMENT = 0.02
"""Part of the amount, and atoms in a formula unit: formulas are rounded (In0.07 for an occupancy of 0.0625)."""
_FULL = 1.001
_CELL = {
    "a": "lattice_parameter_a",
    "b": "lattice_parameter_b",
    "c": "lattice_parameter_c",
    "alpha": "lattice_angle_alpha",
    "beta": "lattice_angle_beta",
    "gamma": "lattice_angle_gamma",
}
_PER_MOLE = 6.02214076e23 * 1e-24
"""Avogadro's number times the cm³ in an Å³ (exact, SI 2019)."""


class CrystalStructure:
    """Fills the unit cell."""

    name = "crystal_structure"
    version = 1
    title = "Atoms in the unit cell"
    techniques = ("crystal_structure",)
    options: tuple[str, ...] = ()

    def applies(self, reading: Reading) -> bool:
        """Say whether there is a cell."""
        return reading.technique in self.techniques and all(
            isinstance(reading.metadata.get(name), Measured) for name in _CELL
        )

    def analyse(self, reading: Reading, *, options: Mapping[str, object]) -> Finding:
        """Fill the cell. Raises InvalidSetting for any option, InvalidValue where the cell or the atoms cannot be."""
        check_options(self.name, self.options, options)
        cell = _cell(reading)
        formula = _formula(reading)
        crystal, doubts = _crystal(reading, cell, formula)
        volume = _volume(reading, cell)
        density = _density(reading, crystal, formula, volume)
        return Finding(
            analysis=self.name,
            version=self.version,
            summary=_summary(reading, crystal, volume, density),
            properties=self._properties(reading, volume, density),
            columns=COLUMNS if crystal is not None else (),
            units=("",) * len(COLUMNS) if crystal is not None else (),
            rows=rows_of(crystal) if crystal is not None else (),
            doubts=doubts,
        )

    def _properties(self, reading: Reading, volume: Measured, density: Measured | None) -> tuple[Property, ...]:
        method = f"{self.name}/{self.version}"
        stated = ((term, reading.metadata[name]) for name, term in _CELL.items())
        found = [
            Property(term=term, value=value, method=method) for term, value in stated if isinstance(value, Measured)
        ]
        found.append(Property(term="unit_cell_volume", value=volume, method=method))
        if density is not None:
            found.append(Property(term="theoretical_density", value=density, method=method))
        return tuple(found)


def _cell(reading: Reading) -> UnitCell:
    a, b, c, alpha, beta, gamma = (v.value for name in _CELL if isinstance(v := reading.metadata[name], Measured))
    if (a, b, c) == (1.0, 1.0, 1.0):
        raise InvalidValue(
            "The cell of 1 Å by 1 Å by 1 Å stands for no cell.", mend="Nothing: it is a molecule without a crystal."
        )
    return UnitCell(lengths=(a, b, c), angles=(alpha, beta, gamma))


def _formula(reading: Reading) -> Formula | None:
    text = reading.metadata.get("chemical_formula")
    try:
        return formula_of(text) if isinstance(text, str) else None
    except InvalidValue:
        return None  # the reader keeps it as written; names of moieties are none


def _crystal(reading: Reading, cell: UnitCell, formula: Formula | None) -> tuple[Crystal | None, tuple[str, ...]]:
    if "fract_x" not in reading:
        return None, ()
    try:
        symmetry = operations(reading)
        if symmetry is None:
            return None, ("The file states no symmetry that is understood, so that the atoms are not counted.",)
        listed, n_unplaced = _listed(reading, formula)
        n_most = len(symmetry[0]) * len(listed)
        if len(listed) > _MOST_LISTED or n_most > 40 * _MOST_SITES:
            return None, (f"{len(listed)} sites are listed; cells with so many are not filled.",)
        sites = fill_cell(listed, symmetry, cell)
        if not sites or len(sites) > _MOST_SITES:
            return None, (f"The cell holds {len(sites)} sites; a table is kept of 1 to {_MOST_SITES}.",)
    except InvalidValue as e:
        return None, (f"The atoms in the cell were not counted: {e.fault}",)
    text = formula.text if formula is not None else ""
    crystal = Crystal(cell=cell, sites=sites, formula=text, has_unplaced_atoms=n_unplaced > 0)
    missing, doubts = _compare(reading, crystal, formula)
    if missing:
        crystal = Crystal(cell=cell, sites=sites, formula=text, has_unplaced_atoms=True)
    return crystal, doubts


def _listed(reading: Reading, formula: Formula | None) -> tuple[list[ListedSite], int]:
    axes = [np.asarray(reading[f"fract_{axis}"].values, dtype=np.float64) for axis in "xyz"]
    occupancy = (
        np.asarray(reading["occupancy"].values, dtype=np.float64) if "occupancy" in reading else np.ones_like(axes[0])
    )
    names = _names(reading, len(axes[0]))
    expected = frozenset(formula.elements) if formula is not None else frozenset[str]()
    listed, n_unplaced = [], 0
    for (label, symbol), x, y, z, n in zip(names, *axes, occupancy, strict=True):
        # The dictionary's value for what is not stated is 1.
        held = 1.0 if math.isnan(n) else min(float(n), 1.0) if n <= _FULL else float(n)
        if not all(map(math.isfinite, (x, y, z))):
            n_unplaced += 1
        elif held > 0:
            element = element_of(symbol, expected=expected)
            place = (float(x), float(y), float(z))
            listed.append(ListedSite(label=label, element=element, occupancy=held, fraction=place))
    return listed, n_unplaced


def _names(reading: Reading, n: int) -> Sequence[tuple[str, str]]:
    """Label and symbol of each site; what stands for the element is the type symbol, else the label."""
    sites = reading.header.get("sites")
    named: Mapping[str, object] = sites if isinstance(sites, Mapping) else {}
    labels, symbols = named.get("label"), named.get("element")
    labels = labels if isinstance(labels, list) and len(labels) == n else None
    symbols = symbols if isinstance(symbols, list) and len(symbols) == n else None
    if labels is None and symbols is None:
        raise InvalidValue("The sites have no names.", mend="Label each atom in the file.")
    first, second = labels or symbols or [], symbols or labels or []
    return [
        (str(label), str(s) if str(s) not in {"?", "."} else str(label)) for label, s in zip(first, second, strict=True)
    ]


def _compare(reading: Reading, crystal: Crystal, formula: Formula | None) -> tuple[bool, tuple[str, ...]]:
    """Whether atoms of the formula have no place, and what does not fit."""
    if formula is None:
        return False, ()
    placed, stated = crystal.contents, formula.elements
    units = reading.metadata.get("formula_units")
    shared = [element for element in stated if element in placed]
    if not shared:
        return True, ("None of the elements of the stated formula is among the atoms.",)
    # Without a number of units: as many as the element of which most was placed allows.
    n = float(units) if isinstance(units, int) and units > 0 else max(placed[e] / stated[e] for e in shared)
    missing = [
        e
        for e, amount in stated.items()
        if placed.get(e, 0.0) < n * min(amount * (1 - _AGREEMENT), amount - _AGREEMENT)
    ]
    excess = [
        e
        for e, amount in placed.items()
        if amount > n * max((a := stated.get(e, 0.0)) * (1 + _AGREEMENT), a + _AGREEMENT)
    ]
    doubts = []
    if excess:
        doubts.append(f"The cell holds more {', '.join(sorted(excess))} than {n:g} times {formula.text}.")
    if missing:
        doubts.append(f"Of {n:g} times {formula.text}, some {', '.join(sorted(missing))} has no place in the cell.")
    return bool(missing), tuple(doubts)


def _volume(reading: Reading, cell: UnitCell) -> Measured:
    stated = reading.metadata.get("volume")
    if isinstance(stated, Measured) and abs(stated.value - cell.volume) <= 0.005 * cell.volume:
        return stated
    return Measured(cell.volume, "angstrom**3")


def _density(reading: Reading, crystal: Crystal | None, formula: Formula | None, volume: Measured) -> Measured | None:
    """Mass of the atoms in the cell over its volume."""
    units = reading.metadata.get("formula_units")
    try:
        if crystal is not None and not crystal.has_unplaced_atoms:
            mass = molar_mass("".join(f"{e}{n:.6f}" for e, n in crystal.contents.items()))
        elif formula is not None and isinstance(units, int) and units > 0:
            one = molar_mass(formula)
            doubt = one.uncertainty.standard if one.uncertainty is not None else None
            mass = Measured(one.value * units, one.unit, _standard(None if doubt is None else doubt * units))
        else:
            return None
    except InvalidValue:
        return None  # an element without a standard atomic weight
    value = mass.value / (volume.value * _PER_MOLE)
    u_volume = volume.uncertainty.standard if volume.uncertainty is not None else None
    u_mass = mass.uncertainty.standard if mass.uncertainty is not None else 0.0
    if u_volume is None or u_mass is None:
        return Measured(value, "g/cm**3")
    return Measured(value, "g/cm**3", _standard(value * math.hypot(u_volume / volume.value, u_mass / mass.value)))


def _standard(value: float | None) -> Uncertainty | None:
    return Uncertainty(value=value, origin=Origin.FILE) if value else None


def _summary(reading: Reading, crystal: Crystal | None, volume: Measured, density: Measured | None) -> str:
    said = [str(name)] if (name := reading.metadata.get("space_group")) else []
    if crystal is not None:
        said.append(
            f"{len(crystal.sites)} sites in the cell"
            + (", some shared or partly empty" if crystal.is_disordered else "")
        )
    said.append(f"V = {_as_text(volume)}")
    if density is not None:
        said.append(f"calculated density {_as_text(density)}")
    return ", ".join(said) + "."


def _as_text(value: Measured) -> str:
    return str(value).replace("angstrom", "Å").replace("**3", "³")


ANALYSIS = CrystalStructure()
