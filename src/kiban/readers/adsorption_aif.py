"""AIF, the Adsorption Information File: isotherms in the syntax of CIF.

Instrument
----------
Any: programs convert the files of adsorption instruments into it.

What is read
------------
One Reading of technique `gas_adsorption` for each block, shape (n_points,), along `pressure` in the unit that the file
states: `adsorbed_volume_stp` or `amount_adsorbed`, `saturation_pressure`, `enthalpy_of_adsorption` and other columns of
the loops. Both branches stand one after the other; `branch` is 0 for adsorption and 1 for desorption.

Uncertainties
-------------
None: the format has none.

What is left out
----------------
Nothing: all items stand in the header. Columns that the format does not define have no unit.

File structure
--------------
A CIF block with `_audit_aif_version`, `_exptl_...`, `_sample_...`, `_units_...` and loops of `_adsorp_pressure`,
`_adsorp_p0`, `_adsorp_amount` (or `_adsorp_loading`) and the same for `_desorp_`; parsed by gemmi. Described in J. D.
Evans et al., Langmuir 37, 4222 (2021). Worked out from 3 files.
"""

from __future__ import annotations

import re
from datetime import datetime

from kiban.errors import NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.adsorption.isotherm import BRANCHES, Branch, loading, variables_of
from kiban.readers.cif_parts.block import Block, Loop, read_blocks, spelled
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader, slug, unique
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import to_number
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import MetadataValue, Reading

_OWN = re.compile(r"^[ \t]*_(?:adsorp|desorp)_(?:pressure|amount|loading)\b", re.MULTILINE | re.IGNORECASE)
_OPEN = re.compile(r"\ufeff?(?:\s++|#[^\n\r]*+)*+data_\S*+\s", re.IGNORECASE)
_PREFIXES = {"adsorption": "_adsorp_", "desorption": "_desorp_"}
_NAMES = {"pressure": "pressure", "p0": "saturation_pressure", "enthalpy": "enthalpy_of_adsorption"}


class AdsorptionAif:
    """Reads adsorption information files."""

    name = "adsorption_aif"
    version = 1
    title = "Adsorption information file (AIF)"
    makers = ()
    techniques = ("gas_adsorption",)
    suffixes = (".aif",)
    library = "gemmi"

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that opens a data block and has pressures or amounts of adsorption or desorption."""
        if b"sorp_" not in source.head or b"\0" in source.head[:4096]:
            return None
        text, _ = decode(source.head)
        if _OPEN.match(text) and _OWN.search(text):
            return Recognition(Confidence.CERTAIN, "it opens a data_ block and has the loops of an adsorption isotherm")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read every block. Raises as the contract says."""
        text, _ = decode(source.read())
        blocks = read_blocks(text.removeprefix("\ufeff"), name=source.name)
        found = [block for block in blocks if any(_loop(block, prefix) for prefix in _PREFIXES.values())]
        if not found:
            raise NothingMeasured(
                f"{source.name} has no loop of adsorption or desorption.", mend="Export the isotherm again."
            )
        return [_reading(block, file=source.name) for block in found]


def _loop(block: Block, prefix: str) -> Loop | None:
    return next((loop for loop in block.loops if loop.column(f"{prefix}pressure") is not None), None)


def _reading(block: Block, *, file: str) -> Reading:
    doubts: list[str] = []
    pressure_unit = _unit(block, "_units_pressure", doubts)
    written = block.text("_units_loading") or ""
    name, unit = loading(written) if written else ("amount_adsorbed", None)
    if unit is None:
        doubts.append(
            f"The unit '{written[:40]}' of the loading is not understood." if written else "The loading has no unit."
        )
    branches = []
    for branch in BRANCHES:
        prefix = _PREFIXES[branch]
        loop = _loop(block, prefix)
        if loop is None:
            continue
        headers = []
        for tag in loop.tags:
            short = spelled(tag).removeprefix(prefix)
            if short in {"amount", "loading"}:
                headers.append(ColumnHeader(name=name, label=short, unit=unit or "", unit_as_written=written))
                continue
            is_pressure = short in {"pressure", "p0"}
            headers.append(
                ColumnHeader(
                    name=_NAMES.get(short) or slug(short) or "column",
                    label=short,
                    unit=pressure_unit if is_pressure else "",
                    unit_as_written=(block.text("_units_pressure") or "") if is_pressure else "",
                )
            )
        branches.append(Branch(branch, tuple(unique(headers)), loop.columns))
    header, more = block.header()
    sample = block.text("_sample_id", "_sample_material_id")
    material, adsorptive = block.text("_sample_material_id"), block.text("_exptl_adsorptive")
    return Reading(
        technique="gas_adsorption",
        title=" ".join(part for part in (sample or material, adsorptive) if part) or block.name or "Isotherm",
        variables=variables_of(branches, axis="pressure", place=f"{file}, {block.name}".rstrip(", ")),
        header={**header, "branches": list(BRANCHES)},
        metadata=_metadata(block),
        sample_name=sample,
        operator=block.text("_exptl_operator"),
        instrument=block.text("_exptl_instrument"),
        started_at=_date(block.text("_exptl_date") or ""),
        doubts=(*doubts, *more),
    )


def _unit(block: Block, tag: str, doubts: list[str]) -> str:
    written = block.text(tag)
    if written is None:
        doubts.append("The pressure has no unit.")
        return ""
    unit = read_unit(written)
    if unit is None:
        doubts.append(f"The unit '{written[:40]}' of the pressure is not understood.")
    return unit or ""


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return read_date(text)


def _metadata(block: Block) -> dict[str, MetadataValue]:
    texts = {
        "adsorptive": block.text("_exptl_adsorptive"),
        "method": block.text("_exptl_method"),
        "sample_id": block.text("_sample_material_id"),
        "software": block.text("_audit_creation_method"),
        "format_version": block.text("_audit_aif_version"),
    }
    metadata: dict[str, MetadataValue] = {name: text for name, text in texts.items() if text}
    for name, tag, unit_tag in (
        ("temperature", "_exptl_temperature", "_units_temperature"),
        ("sample_mass", "_exptl_sample_mass", "_units_mass"),
        ("sample_mass", "_adsnt_sample_mass", "_units_mass"),
    ):
        value = to_number(block.text(tag) or "")
        unit = read_unit({"C": "degC"}.get(block.text(unit_tag) or "", block.text(unit_tag) or ""))
        if value is not None and unit and abs(value) < float("inf"):
            metadata[name] = Measured(value, unit)
    return metadata


READER = AdsorptionAif()
