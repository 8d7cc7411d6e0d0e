"""The loops of numbers in a block that is neither a structure nor a pattern: each a table."""

from __future__ import annotations

import re

from kiban.readers.cif_parts.block import Block, Loop, spelled
from kiban.readers.cif_parts.metadata import read_metadata
from kiban.readers.cif_parts.numbers import is_numeric, read_series
from kiban.readers.cif_parts.powder import powder_loops
from kiban.readers.tables.column_headers import ColumnHeader, slug, unique
from kiban.records.reading import Reading, Variable

# Loops about the file, the paper or the symmetry: their numbers count or name things.
_NOT_DATA = re.compile(
    r"_(?:publ|audit|journal|citation|database|cod|symmetry|space_group|computing|exptl|software|entity|struct|pdbx"
    r"|ccdc|iucr|atom_type|geom|chemical|gsas|pd_|shelx|olex2|diffrn)"
)
_UNCERTAIN = re.compile(r"_(?:su|esd)$")
_IDENTIFIER = re.compile(r"(?:^|_)(?:id|ids|code|label|number|ordinal|serial|index_[hkl])$")


def table_loops(block: Block) -> list[Loop]:
    """The loops that have a column of numbers other than identifiers."""
    powder = powder_loops(block)
    return [
        loop
        for loop in block.loops
        if loop not in powder
        and not _NOT_DATA.match(loop.category)
        and any(_is_quantity(loop, j) for j in _columns(loop))
    ]


def _columns(loop: Loop) -> range:
    return range(len(loop.tags))


def _is_quantity(loop: Loop, j: int) -> bool:
    return not _IDENTIFIER.search(spelled(loop.tags[j])) and is_numeric(loop.columns[j])


def read_table(block: Block, loop: Loop) -> Reading:
    """Make the Reading of one loop; columns of words stand in the header with the rest of the loop."""
    header, doubts = block.header()
    category = loop.category
    by_tag = {spelled(tag): column for tag, column in zip(loop.tags, loop.columns, strict=True)}
    headers: list[ColumnHeader] = []
    columns: list[tuple[str, tuple[str, ...]]] = []
    for tag, column in by_tag.items():
        belongs = _UNCERTAIN.search(tag) is not None and _UNCERTAIN.sub("", tag) in by_tag
        if is_numeric(column) and not belongs:
            headers.append(ColumnHeader(name=slug(tag.removeprefix(category).strip("_")), label=tag))
            columns.append((tag, column))
    variables = [
        Variable(
            name=named.name,
            series=read_series(column, uncertainties=by_tag.get(f"{tag}_su") or by_tag.get(f"{tag}_esd")),
            dimensions=("row",),
            label=named.label,
        )
        for named, (tag, column) in zip(unique(headers), columns, strict=True)
    ]
    doubts.append("A CIF leaves the units of its numbers to dictionaries; those of this table were not looked up.")
    return Reading(
        technique="table",
        title=f"{block.name}: {category.strip('_')}",
        variables=tuple(variables),
        header=header,
        metadata=read_metadata(block),
        doubts=tuple(doubts),
    )
