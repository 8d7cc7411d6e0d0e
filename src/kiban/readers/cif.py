"""Crystallographic Information Files: structures, powder patterns and other tables.

Instrument
----------
None of its own: programs that solve and refine crystal structures, databases (COD, CSD, ICSD, PDB), diffractometers.

What is read
------------
A block with a unit cell or with atoms gives a `crystal_structure`: `fract_x`, `fract_y`, `fract_z` (or `cartn_x`, ...,
angstrom), `occupancy`, `u_iso`, `b_iso` (angstrom²), `multiplicity` along the dimension `site`; `u_11`, ... along
`anisotropic_site`; `cell_length` (angstrom) and `cell_angle` (deg) along `cell_axis`. Labels and elements of the sites
stand in the header under `sites`. The metadata has the cell, volume, density, space group, formula, formula units,
temperature, pressure, wavelength and anode, and where the structure was published. A loop of a powder pattern gives an
`xrd` (a `table` if measured with neutrons) with `two_theta` (deg) or another axis, `intensity`, and processed,
calculated and background intensities. In a block without atoms every other loop with a column of numbers gives a
`table`.

Uncertainties
-------------
Digits in brackets, `5.5592(9)`, and columns whose tag ends in `_su` or `_esd` are standard uncertainties (origin
`file`). Counts without any get their square root (origin `estimate`, Poisson), as the powder dictionary has it.

What is left out
----------------
Nothing of a block: all its values and loops stand in the header, except loops of more than half a million values,
which a doubt names. Blocks without numbers of their own stand in the header of the first Reading under `other_blocks`.
Symmetry is not applied: the sites are those that are listed. Units of other tables are not looked up in dictionaries.
Dictionaries are not read, nor the lists and tables of CIF 2.0.

File structure
--------------
Text: blocks opened by `data_NAME`, in them `_tag value` and `loop_` with tags and rows; parsed by gemmi. Source: CIF
1.1 (International Tables for Crystallography, Volume G, chapter 2.2), the dictionaries cif_core.dic and cif_pow.dic.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kiban.errors import NothingMeasured
from kiban.readers.cif_parts.block import Block, dictionary, read_blocks
from kiban.readers.cif_parts.powder import powder_loops, read_pattern
from kiban.readers.cif_parts.structure import has_cell, has_sites, read_structure
from kiban.readers.cif_parts.tables import read_table, table_loops
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, Reading

# Possessive: what a blank or comment has taken it keeps, so that no hostile file makes it try every way to share.
_FIRST_TOKEN = re.compile(r"\ufeff?(?:\s++|#[^\n\r]*+)*+data_\S*+\s", re.IGNORECASE)
_TAG = re.compile(r"^[ \t]*(?:_\S+|loop_\s*$|save_\S+)", re.MULTILINE | re.IGNORECASE)
_KNOWN = re.compile(
    r"^[ \t]*_(?:cell|atom_site|symmetry|space_group|pd_|chemical|refln|diffrn|audit|entry|chem_comp|publ)",
    re.MULTILINE,
)
_MAGIC = "#\\#CIF_"
_ISOTHERM = re.compile(rb"_(?:ad|de)sorp_(?:pressure|amount)\b", re.IGNORECASE)
"""Adsorption isotherms use the syntax of CIF with words of their own, and have a reader of their own (AIF)."""
_BINARY = b"--CIF-BINARY-FORMAT-SECTION--"
"""Images in CIF, which have a reader of their own."""


class Cif:
    """CIF and mmCIF."""

    name = "cif"
    version = 2
    title = "CIF (Crystallographic Information File)"
    makers: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ("crystal_structure", "xrd", "table")
    suffixes: tuple[str, ...] = (".cif", ".mmcif", ".mcif", ".rtv", ".fcf")
    library = "gemmi"

    def recognise(self, source: Source) -> Recognition | None:
        """Look for a `data_` line before anything else, and a tag after it."""
        if b"data_" not in source.head_lower or b"\0" in source.head[:4096]:
            return None
        if _BINARY in source.head or _ISOTHERM.search(source.head):
            return None
        text = source.head_text
        opened = _FIRST_TOKEN.match(text)
        if opened is None or _TAG.search(text, opened.end() - 1) is None:
            return None
        if text.startswith(_MAGIC) or _KNOWN.search(text):
            return Recognition(Confidence.CERTAIN, "it opens a data_ block and uses tags of the CIF dictionaries")
        return Recognition(Confidence.LIKELY, "it opens a data_ block and goes on with _tags as CIF does")

    def read(self, source: Source) -> list[Reading]:
        """Read every block."""
        text, _ = decode(source.read())
        blocks = read_blocks(text.removeprefix("\ufeff"), name=source.name)
        if any(block.n_frames for block in blocks) or any(_defines(block) for block in blocks):
            raise dictionary(source.name)
        readings: list[Reading] = []
        others: list[Json] = []
        for block in blocks:
            found = _readings(block, source.name)
            readings += found
            if not found and (block.items or block.loops):
                others.append(block.header()[0])
        if not readings:
            raise NothingMeasured(
                f"{source.name} has {len(blocks)} data block{'s' if len(blocks) != 1 else ''} and in them no cell, no "
                "atoms and no table of numbers.",
                mend="If they were measured, export the structure again; the file is kept as it came.",
            )
        if others:
            readings[0] = replace(readings[0], header=dict(readings[0].header) | {"other_blocks": others})
        return readings


def _defines(block: Block) -> bool:
    """Say whether the block defines a tag: dictionaries of the first kind have a block for each."""
    return block.texts("_definition") is not None and block.texts("_name") is not None


def _readings(block: Block, name: str) -> list[Reading]:
    readings: list[Reading] = []
    if has_sites(block) or has_cell(block):
        readings.append(read_structure(block))
    readings += [read_pattern(block, loop, name=name) for loop in powder_loops(block)]
    if not has_sites(block):
        readings += [read_table(block, loop) for loop in table_loops(block)]
    return readings


READER = Cif()
