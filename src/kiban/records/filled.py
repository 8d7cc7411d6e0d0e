"""Values checked against a template: what a record will hold, and everything that is wrong, at once and by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kiban.errors import InvalidForm, KibanError
from kiban.records.field import Field, FieldKind, Need
from kiban.records.field_value import value_of

_MOST_ROWS = 100_000
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong in one place of a form."""

    path: tuple[str | int, ...]
    """Keys, and places in lists from 0: `("steps", 2, "temperature")`."""
    fault: str
    mend: str

    @property
    def place(self) -> str:
        """The path as people read it, counting from 1: `steps[3].temperature`."""
        shown = ""
        for part in self.path:
            shown += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if shown else part
        return shown

    def under(self, part: str) -> Problem:
        """The same in a larger form, in which this one stands under a key."""
        return replace(self, path=(part, *self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What came of a form."""

    values: dict[str, Any]
    """By key, in the template's order; places with a problem are left out."""
    problems: tuple[Problem, ...] = ()
    missed: tuple[str, ...] = ()
    """Recommended fields in which nothing stands."""

    def sound(self) -> dict[str, Any]:
        """The values, where nothing is wrong with them.

        Raises
        ------
        InvalidForm
            Naming every place that has a problem.
        """
        refuse(self.problems)
        return self.values


def refuse(problems: Sequence[Problem]) -> None:
    """Refuse a form that has problems.

    Raises
    ------
    InvalidForm
        If there are any. Its fault names the first eight of them, its `places` all.
    """
    if not problems:
        return
    named = [f"{problem.place}: {problem.fault}" for problem in problems[:_MOST_NAMED]]
    if (more := len(problems) - _MOST_NAMED) > 0:
        named.append(f"{more} more.")
    mends = dict.fromkeys(problem.mend for problem in problems[:_MOST_NAMED])
    places = {problem.place: f"{problem.fault} {problem.mend}" for problem in problems}
    raise InvalidForm(" ".join(named), mend=" ".join(mends), places=places)


def fill(fields: Iterable[Field], given: Mapping[str, Any]) -> Filled:
    """Check values against fields.

    Parameters
    ----------
    given : mapping of key to value
        As typed (text) or sent by a program. `None`, empty texts and empty lists count as nothing.

    Returns
    -------
    Filled
        Never raises for what is wrong in `given`: all of it is told in `problems`.
    """
    problems: list[Problem] = []
    missed: list[str] = []
    values = _fields(tuple(fields), given, (), problems, missed)
    return Filled(values=values, problems=tuple(problems), missed=tuple(missed))


def _fields(
    fields: tuple[Field, ...],
    given: Mapping[str, Any],
    path: tuple[str | int, ...],
    problems: list[Problem],
    missed: list[str],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    known = {each.key for each in fields}
    for name in given:
        if name not in known:
            mend = f"Its fields are: {', '.join(sorted(known))[:500]}."
            problems.append(Problem(path=(*path, str(name)), fault="The template has no such field.", mend=mend))
    for each in fields:
        here = (*path, each.key)
        if is_nothing(found := given.get(each.key)):
            if each.need is Need.REQUIRED:
                problems.append(Problem(path=here, fault="Nothing stands here.", mend="It must be filled in."))
            elif each.need is Need.RECOMMENDED:
                missed.append(Problem(path=here, fault="", mend="").place)
            continue
        value = _many(each, found, here, problems, missed)
        if not is_nothing(value):
            values[each.key] = value
    return values


def is_nothing(value: Any) -> bool:
    """Whether nothing stands there."""
    return value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == {}


def _many(field: Field, found: Any, path: tuple[str | int, ...], problems: list[Problem], missed: list[str]) -> Any:
    is_list = field.many or field.kind is FieldKind.TABLE
    if not is_list:
        return _one(field, found, path, problems, missed)
    if not isinstance(found, list | tuple):
        found = [found]
    if len(found) > _MOST_ROWS:
        fault = f"{len(found)} values stand here; at most {_MOST_ROWS} are kept in a record."
        problems.append(Problem(path=path, fault=fault, mend="Deposit a table of this size as a file."))
        return None
    values = []
    for number, one in enumerate(found):
        value = None if is_nothing(one) else _one(field, one, (*path, number), problems, missed)
        # An empty row keeps its place: the rows after it would be others otherwise.
        if value is not None or field.kind is FieldKind.TABLE:
            values.append(value if value is not None else {})
    while values and values[-1] == {}:
        values.pop()
    return values


def _one(field: Field, found: Any, path: tuple[str | int, ...], problems: list[Problem], missed: list[str]) -> Any:
    if field.kind in {FieldKind.GROUP, FieldKind.TABLE}:
        if not isinstance(found, Mapping):
            fault = f"{found!r:.60} was given where the fields of {field.key} were expected."
            problems.append(Problem(path=path, fault=fault, mend="Give each field by its key."))
            return None
        return _fields(field.fields, found, path, problems, missed)
    try:
        return value_of(field, found)
    except KibanError as e:
        problems.append(Problem(path=path, fault=e.fault, mend=e.mend))
        return None
