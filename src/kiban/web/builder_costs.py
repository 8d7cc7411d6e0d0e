"""What an experiment costs and how long it takes, as the builder of campaigns asks for it."""

from __future__ import annotations

from typing import Any

from kiban.errors import InvalidValue, KibanError
from kiban.planning.objective.objective import Cost
from kiban.web.builder_form import Builder, Row
from kiban.web.limits_form import number_in


def add_costs(builder: Builder, document: dict[str, Any]) -> None:
    """Add cost and duration to a definition, where the form gives any. What is wrong is put into its problems."""
    for what in ("cost", "hours"):
        said = _cost(builder, what)
        if said is None:
            continue
        if what == "cost":
            document["objective"]["cost"] = said
        else:
            document["duration"] = said


def _cost(builder: Builder, what: str) -> dict[str, Any] | None:
    """A cost as a document; `None` where none is given, or something of it is wrong."""
    problems, fixed_place = builder.problems, f"{what}_fixed"
    per_unit: dict[str, float] = {}
    per_level: dict[str, dict[str, float]] = {}
    n_before = len(problems)
    for i, row in enumerate(builder.parameters):
        is_levelled = row["kind"] == "categorical"
        field = f"level_{what}" if is_levelled else what
        if not row["name"] or not row[field]:
            continue
        try:
            if is_levelled:
                per_level[row["name"]] = _by_level(row, field)
            elif (number := number_in(row[field])) is not None:
                per_unit[row["name"]] = _positive(number)
        except KibanError as e:
            problems[f"parameters.{i}.{field}"] = e
    try:
        fixed = number_in(builder.head[fixed_place])
        if fixed is None and (per_unit or per_level):
            raise InvalidValue(
                "What every experiment takes is missing.",
                mend="Give what one takes at least, more than 0; what settings add comes on top of it.",
            )
        if fixed is not None:
            Cost(fixed=fixed)
    except KibanError as e:
        problems[fixed_place] = e
        return None
    if fixed is None or len(problems) > n_before:
        return None
    return {"fixed": fixed, "per_unit": per_unit, "per_level": per_level}


def _by_level(row: Row, field: str) -> dict[str, float]:
    """Lines like `ethanol = 2.5`."""
    found: dict[str, float] = {}
    for line in filter(None, (each.strip() for each in row[field].splitlines())):
        level, equals, text = (part.strip() for part in line.replace("＝", "=").rpartition("="))
        number = number_in(text) if equals else None
        if not equals or not level or number is None:
            raise InvalidValue(f"'{line[:80]}' gives no number for a level.", mend="Write it like ethanol = 2.5.")
        if level in found:
            raise InvalidValue(f"'{level[:80]}' stands there twice.", mend="Name each once.")
        found[level] = _positive(number)
    return found


def _positive(number: float) -> float:
    if number < 0:
        raise InvalidValue("A cost is negative.", mend="Give costs from 0.")
    return number
