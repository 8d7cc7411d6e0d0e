"""In which order answers come: by what each record answers for one path. Pure; both catalogs sort by these keys.

Of several values the least counts where the least comes first, else the greatest. Numbers come before texts, and
numbers of one SI unit together: usual units first, in the order of `kiban.query.si_units`, then others by their names.
Whoever answers nothing, or nothing that the asker may see, comes last, in either direction; among equals the newest
comes first.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from kiban.errors import InvalidQuestion, InvalidValue, UnknownUnit
from kiban.query import vocabulary
from kiban.query.answers import Answer, Number
from kiban.query.path_errors import check_path
from kiban.query.paths import way
from kiban.query.si_units import USUAL
from kiban.query.vocabulary import SHIPPED, Vocabulary
from kiban.query.words import as_written

UNUSUAL, TEXTS = "1", "2"
"""How groups of numbers in other units begin, and the group of texts."""
COMPARED = 200
"""Texts are compared by so many of their first characters."""
FIELDS = frozenset(
    {"title", "started", "created", "kind", "technique", "sample", "file", "instrument", "operator", "reader"}
)
"""Fields of a record that answers can be sorted by."""
LONGEST_MARK = 1200
LONGEST_SORT = 300

Key: TypeAlias = "Number | str | datetime"
"""What a record is sorted by; `None` stands beside it where nothing is known."""


@dataclass(frozen=True, slots=True)
class Order:
    """By what answers are sorted.

    Parameters
    ----------
    paths : tuple of str
        All that ask for the same, the one that was named first.
    is_descending : bool
        The greatest first.
    unit : str, optional
        The SI unit that numbers must have, as of a property term; `None` takes all there are.
    """

    paths: tuple[str, ...]
    is_descending: bool = False
    unit: str | None = None

    @property
    def path(self) -> str:
        """What was named."""
        return self.paths[0]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in an order: its key, and its identifier among equals."""

    key: Key | None
    id: UUID


def read_order(text: str, known: Vocabulary = SHIPPED) -> Order | None:
    """Read how to sort: a path or a name of one, the greatest first with `-` before it; nothing means newest first.

    Raises
    ------
    InvalidQuestion
        If answers cannot be sorted by it.
    """
    asked = text.strip()
    name = asked.lstrip("-−").strip()
    if not name:
        return None
    if len(name) > LONGEST_SORT:
        raise InvalidQuestion("What to sort by is too long.", mend="Name one path, such as hardness.")
    path = known.path(name)
    check_sortable(path, known)
    is_descending = asked[0] in "-−"
    if not vocabulary.is_term(path):
        return Order((path,), is_descending)
    others = (name for name in known.names(path) if name != path)
    return Order((path, *others), is_descending, _unit_of(path, known))


def check_sortable(path: str, known: Vocabulary) -> None:
    """Refuse what answers cannot be sorted by. Raises InvalidQuestion."""
    check_path(path, known)
    if way(path) is not None:
        raise InvalidQuestion(
            f"{path} is asked of other records, and answers are sorted by what they say themselves.",
            mend="Sort by a field, an entry or a property of the record.",
        )
    if vocabulary.is_term(path) or vocabulary.is_entry(path) or vocabulary.is_number_of_sample(path) or path in FIELDS:
        return
    raise InvalidQuestion(
        f"Answers cannot be sorted by {path}.",
        mend=f"Sort by a property, an entry such as metadata.wavelength, or one of: {', '.join(sorted(FIELDS))}.",
    )


def _unit_of(path: str, known: Vocabulary) -> str | None:
    from kiban.quantity.unit import si_unit

    term = known.terms.get(path)
    if term is None or term.has_any_unit:
        return None
    try:
        return si_unit(term.unit)
    except UnknownUnit:
        return None


def best(said: Iterable[Answer | datetime], order: Order) -> Key | None:
    """What a record that answers all this is sorted by."""
    of_unit = [v for v in said if order.unit is None or (isinstance(v, Number) and v.unit == order.unit)]
    keys: list[Key] = [as_written(v)[:COMPARED] if isinstance(v, str) else v for v in of_unit]
    if not keys:
        return None
    first = min(map(group_of, keys))
    of_group = [key for key in keys if group_of(key) == first]
    return (max if order.is_descending else min)(of_group, key=_value)


def group_of(key: Key) -> str:
    """What keys are sorted by before their value: numbers by unit, then texts; times stand alone."""
    if isinstance(key, Number):
        return group_of_unit(key.unit)
    return TEXTS if isinstance(key, str) else ""


def group_of_unit(unit: str) -> str:
    """The group of numbers of a unit."""
    return f"0{USUAL.index(unit) + 1:03d}" if unit in USUAL else f"{UNUSUAL}{unit}"


def unit_of_group(group: str) -> str:
    """The unit of a group of numbers."""
    return group[1:] if group.startswith(UNUSUAL) else USUAL[int(group[1:]) - 1]


def _value(key: Key) -> Any:
    return key.si if isinstance(key, Number) else key


def in_order(places: Iterable[Place], order: Order, after: Place | None = None) -> list[Place]:
    """Sort; what does not come after that place is left out."""
    newest = sorted(places, key=lambda place: place.id, reverse=True)
    groups: dict[str, list[tuple[Any, Place]]] = {}
    for place in newest:
        if place.key is not None:
            groups.setdefault(group_of(place.key), []).append((_value(place.key), place))
    # Sorting keeps the order of equals, also the other way round.
    for group in groups.values():
        group.sort(key=lambda each: each[0], reverse=order.is_descending)
    placed = [place for name in sorted(groups) for _, place in groups[name]]
    placed += [place for place in newest if place.key is None]
    return placed if after is None else [place for place in placed if comes_after(place, after, order)]


def comes_after(place: Place, other: Place, order: Order) -> bool:
    """Whether one place comes after another."""
    if place.key is None or other.key is None:
        return place.id < other.id if place.key is other.key else place.key is None
    groups = group_of(place.key), group_of(other.key)
    if groups[0] != groups[1]:
        return groups[0] > groups[1]
    one, two = _value(place.key), _value(other.key)
    if one == two:
        return place.id < other.id
    return bool((one > two) is not order.is_descending)


def write_mark(place: Place) -> str:
    """The mark by which an answer goes on after a place."""
    match place.key:
        case None:
            said = ""
        case Number(si, unit):
            said = f"n{si.hex()}~{_packed(unit)}"
        case str() as text:
            said = f"t{_packed(text)}"
        case moment:
            said = f"m{moment.isoformat()}"
    return f"{place.id}~{said}"


def read_mark(mark: str | None, order: Order) -> Place | None:
    """Read what `write_mark` wrote. Raises InvalidValue if it is no mark in this order."""
    if mark is None:
        return None
    written, _, said = mark.partition("~")
    try:
        place = Place(_read_key(said), UUID(written))
        if place.key is not None and not _fits(place.key, order):
            raise ValueError("of another order")
        return place
    except (ValueError, OverflowError, binascii.Error) as e:
        raise InvalidValue(
            f"'{mark[:80]}' is no mark of where a sorted answer goes on.", mend="Use the one that the last page gave."
        ) from e


def _fits(key: Key, order: Order) -> bool:
    path = order.path
    if path in vocabulary.TIMES:
        return isinstance(key, datetime)
    if path in FIELDS:
        return isinstance(key, str)
    if isinstance(key, Number):
        return order.unit is None or key.unit == order.unit
    return isinstance(key, str) and vocabulary.is_entry(path)


def _read_key(said: str) -> Key | None:
    if not said:
        return None
    kind, rest = said[0], said[1:]
    if kind == "n":
        number, _, unit = rest.partition("~")
        si = float.fromhex(number)
        if not math.isfinite(si):
            raise ValueError("not finite")
        return Number(si, _unpacked(unit))
    if kind == "t":
        return _unpacked(rest)
    moment = datetime.fromisoformat(rest)
    if kind != "m" or moment.tzinfo is None:
        raise ValueError("no key")
    return moment


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "replace")).decode().rstrip("=")


def _unpacked(text: str) -> str:
    read = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    if len(read) > COMPARED or "\0" in read:
        raise ValueError("no text that was sorted by")
    return read
