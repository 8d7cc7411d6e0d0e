"""The lists of numbers of a result, as Readings' variables: those of one length side by side, the first as the axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from kiban.quantity.series import Series
from kiban.readers.maiml_parts.names import free_name, name_of, scale_doubt
from kiban.readers.maiml_parts.values import Value, numbers
from kiban.records.reading import Role, Variable


@dataclass(slots=True, kw_only=True)
class Found:
    """Variables that belong together, and what to doubt of them."""

    called: str
    """The group of the document that they stand in; empty for the result itself."""
    variables: list[Variable] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def arrays(values: tuple[Value, ...], *, file: str, above: tuple[str, ...] = ()) -> Iterator[Found]:
    """The lists of one group of values, then those of the groups inside it.

    Raises
    ------
    DamagedFile
        If a list has not the numbers that it promises.
    """
    lists = [v for v in values if v.tag == "content" and v.is_numeric]
    by_length: dict[int, list[Value]] = {}
    for value in lists:
        by_length.setdefault(sum(len(text.split()) for text in value.texts), []).append(value)
    for members in by_length.values():
        yield _side_by_side(members, file, above)
    for value in values:
        if value.tag != "uncertainty":
            yield from arrays(value.inner, file=file, above=(*above, value.key))


def _side_by_side(members: list[Value], file: str, above: tuple[str, ...]) -> Found:
    found = Found(called=above[-1] if above else "")
    taken: set[str] = set()
    read = [(value, numbers(value, file=file)) for value in members]
    first = read[0][1]
    has_axis = len(read) > 1 and first.dtype.kind != "b" and bool(np.all(np.isfinite(first)))
    dimension = "point"
    for i, (value, array) in enumerate(read):
        named = name_of(value)
        name = free_name(named.name, taken)
        is_axis = has_axis and i == 0
        if is_axis:
            dimension = name
        found.variables.append(
            Variable(
                name=name,
                series=Series(array, named.unit),
                dimensions=(dimension,),
                role=Role.AXIS if is_axis else Role.SIGNAL,
                label=named.label,
                unit_as_written=named.unit_as_written,
            )
        )
        found.doubts += [doubt for doubt in (named.doubt, scale_doubt(value)) if doubt]
        if any(inner.tag == "uncertainty" for inner in value.inner):
            found.doubts.append(
                f"{value.key} comes with an uncertainty of a kind that is not stated; it is in the header."
            )
    return found
