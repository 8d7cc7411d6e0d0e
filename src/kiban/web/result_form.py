"""What a person types of a result: for each outcome a number, its uncertainty and its unit, each checked by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kiban.errors import InvalidValue, KibanError
from kiban.laboratory.contract import ResultFile
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.telling import Spent, written
from kiban.web.form_data import Given

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_LARGEST = 1e12


@dataclass(slots=True)
class SentResult:
    """A result as it was typed, what it says, and what is wrong with it by the name of the field."""

    typed: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    file: ResultFile | None = None
    condition: dict[str, str] = field(default_factory=dict)
    spent: Spent = field(default_factory=Spent)
    problems: dict[str, KibanError] = field(default_factory=dict)

    @property
    def note(self) -> str:
        """What was said beside it."""
        return self.typed.get("note", "")

    @property
    def is_all(self) -> bool:
        """Whether no further outcome will come."""
        return self.typed.get("is_all") == "on"

    @property
    def is_correction(self) -> bool:
        """Whether it replaces what was told before."""
        return self.typed.get("is_correction") == "on"


def blank_result(campaign: Campaign) -> SentResult:
    """An empty form: the units are the campaign's."""
    units = campaign.objective.outcomes.values()
    return SentResult(typed={f"u{i}": unit for i, unit in enumerate(units)})


def read_result(form: Given, campaign: Campaign) -> SentResult:
    """Take a form apart. What is wrong stands beside its field; nothing that was typed is lost."""
    found = SentResult(typed={name: value for name, value in form.tree.items() if isinstance(value, str)})
    for i, (name, unit) in enumerate(campaign.objective.outcomes.items()):
        said, doubt, given = (form.text(f"{letter}{i}") for letter in "vdu")
        try:
            text = _whole(said, doubt, given, unit)
            if text:
                written(campaign, {name: text})
                found.values[name] = text
        except KibanError as e:
            found.problems[f"v{i}"] = e
    sent = form.files.get("file")
    if sent is not None and sent.content:
        found.file = ResultFile(name=sent.name.replace("\\", "/").rpartition("/")[2], content=sent.content)
    found.spent = _spent(form, found.problems)
    try:
        found.condition = _condition(form.text("condition"))
    except KibanError as e:
        found.problems["condition"] = e
    return found


def read_point(form: Given, campaign: Campaign) -> dict[str, Any]:
    """The values of parameters that were typed; numbers without a unit are in the parameter's."""
    names = campaign.space.names
    return {name: text for i, name in enumerate(names) if (text := form.text(f"p{i}"))}


def typed_point(campaign: Campaign, point: Mapping[str, object]) -> dict[str, str]:
    """A point as the fields of a form."""
    return {f"p{i}": _plain(point[name]) for i, name in enumerate(campaign.space.names) if name in point}


def _plain(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _whole(said: str, doubt: str, given: str, unit: str) -> str:
    """Number, uncertainty and unit as one text; what was typed with its unit in the first field stays so."""
    if not said:
        if doubt:
            raise InvalidValue("An uncertainty was given without a value.", mend="Give the value as well.")
        return ""
    number = unicodedata.normalize("NFKC", said).replace("−", "-").strip()
    if not _NUMBER.fullmatch(number):
        if doubt:
            raise InvalidValue(
                f"'{said[:60]}' is no plain number, and its uncertainty stands in a field of its own.",
                mend="Give number, uncertainty and unit each in its field, or all of them in the first.",
            )
        return number
    margin = unicodedata.normalize("NFKC", doubt).strip()
    if margin and not _NUMBER.fullmatch(margin):
        raise InvalidValue(
            f"The uncertainty '{doubt[:60]}' is no number.", mend="Give a standard uncertainty, in the value's unit."
        )
    return f"{number}{f' ± {margin}' if margin else ''} {given or unit}".strip()


def _spent(form: Given, problems: dict[str, KibanError]) -> Spent:
    found: dict[str, float | None] = {}
    for name in ("cost", "hours"):
        text = unicodedata.normalize("NFKC", form.text(name))
        if text and not (_NUMBER.fullmatch(text) and 0 <= float(text) <= _LARGEST):
            problems[name] = InvalidValue(f"'{text[:60]}' is no number from 0.", mend="Give a number, or leave it out.")
            continue
        found[name] = float(text) if text else None
    return Spent(**found)


def _condition(text: str) -> dict[str, str]:
    """`peak=1, cycle=2`."""
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in re.split(r"[,、\n]", text))):
        name, equals, value = part.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise InvalidValue(f"'{part[:60]}' is no condition.", mend="Write it like peak=1.")
        found[name.strip()] = value.strip()
    return found
