"""The limits of a campaign as fields of a form: what it may use up, when it is enough, and how far it goes ahead."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from kiban.errors import InvalidValue, KibanError
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.earlier import chosen
from kiban.planning.objective.objective import Objective
from kiban.web.form_data import Given

_WHOLE = {"experiments": "limit_experiments", "patience": "patience", "ahead": "ahead"}
_NUMBERS = {"cost": "limit_cost", "hours": "limit_hours"}
LIMIT_FIELDS = (*_WHOLE.values(), *_NUMBERS.values())


def read_limits(form: Given, objective: Objective) -> tuple[dict[str, Any], dict[str, KibanError]]:
    """The limits as a document without safety limits, and what is wrong by the name of the field."""
    found, problems = plain_limits(form)
    enough: dict[str, float] = {}
    for i, target in enumerate(objective.targets):
        try:
            number = number_in(form.text(f"enough{i}"))
            enough |= {target.name: number} if number is not None else {}
        except KibanError as e:
            problems[f"enough{i}"] = e
    return {**found, "enough": enough}, problems


def plain_limits(form: Given) -> tuple[dict[str, Any], dict[str, KibanError]]:
    """Those that speak of no outcome."""
    found: dict[str, Any] = {}
    problems: dict[str, KibanError] = {}
    for names, take in ((_WHOLE, whole_in), (_NUMBERS, number_in)):
        for name, field in names.items():
            try:
                if (number := take(form.text(field))) is not None:
                    found[name] = number
            except KibanError as e:
                problems[field] = e
    return found, problems


def typed_limits(campaign: Campaign) -> dict[str, str]:
    """The limits as they stand in the fields."""
    limits = campaign.limits
    said = {field: getattr(limits, name) for name, field in (_WHOLE | _NUMBERS).items()}
    said |= {f"enough{i}": limits.enough.get(t.name) for i, t in enumerate(campaign.objective.targets)}
    return {name: "" if number is None else f"{number:.12g}" for name, number in said.items()}


def archive_in(text: str) -> tuple[str, ...]:
    """Which earlier studies are believed in: one a line; none where nothing stands. Raises InvalidValue."""
    return chosen([line for line in text.splitlines() if line.strip()])


def number_in(text: str) -> float | None:
    """A number as people type it; nothing where nothing is typed. Raises InvalidValue."""
    folded = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if not folded:
        return None
    try:
        number = float(folded)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidValue(f"'{text[:60]}' is no number.", mend="Write it like 5, 0.3 or 1e-3.")
    return number


def whole_in(text: str) -> int | None:
    """A whole number from 1; nothing where nothing is typed. Raises InvalidValue."""
    number = number_in(text)
    if number is None:
        return None
    if number != int(number) or not 1 <= number <= 10**6:
        raise InvalidValue(f"'{text[:60]}' is no whole number from 1.", mend="Give a whole number, or leave it out.")
    return int(number)
