"""Descriptors of words as a table: a row for each level, a column for each number that describes it."""

from __future__ import annotations

from collections.abc import Sequence

from kiban.errors import InvalidValue
from kiban.planning.campaign.candidate_table import Rows
from kiban.planning.campaign.nimo_cells import number_in


def descriptors_in(
    name: str, levels: Sequence[str], headers: Sequence[str], rows: Rows, *, source: str
) -> dict[str, list[float]]:
    """Read what describes the levels of a categorical parameter.

    Parameters
    ----------
    name : str
        Of the parameter.
    levels : sequence of str
        The order in which numbers are given back.
    headers : sequence of str
        Of the column of levels, which is the first, and of the descriptors.
    rows : sequence of (int, sequence of str)
        Each with its number in the file. Rows of other levels are passed over, so that one table serves many campaigns.
    source : str
        What the table is called.

    Raises
    ------
    InvalidValue
        If a level has no row or two, or a cell holds no number; the fault names row and column.
    """
    descriptors = [header.strip() for header in headers[1:]]
    if not descriptors or "" in descriptors or len(set(descriptors)) != len(descriptors):
        raise InvalidValue(
            f"{source} has the columns {', '.join(headers)}.",
            mend="Give the levels in the first column, and one or more columns of numbers with different names.",
        )
    found: dict[str, list[float]] = {}
    for number, cells in rows:
        level = cells[0].strip() if cells else ""
        if level not in levels:
            continue
        if level in found:
            raise InvalidValue(f"{source}, row {number}: '{level[:80]}' stands there twice.", mend="Name each once.")
        found[level] = []
        for at, descriptor in enumerate(descriptors, start=1):
            text = cells[at].strip() if at < len(cells) else ""
            value = number_in(text)
            if value is None:
                raise InvalidValue(
                    f"{source}, row {number}, column {descriptor}: '{text[:60]}' is no number.",
                    mend="Give one finite number for each level.",
                )
            found[level].append(value)
    if missing := [level for level in levels if level not in found]:
        raise InvalidValue(
            f"{source} has no row for '{missing[0][:80]}', a level of {name}.",
            mend="Give one row for each level, with its name in the first column.",
        )
    return {descriptor: [found[level][at] for level in levels] for at, descriptor in enumerate(descriptors)}
