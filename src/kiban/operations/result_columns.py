"""What the columns of a result mean: what the campaign calls by a name means that, the rest is proposed."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import replace

from kiban.errors import InvalidValue
from kiban.operations.outcome_terms import term_of
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.space.parameter import Categorical
from kiban.quantity.unit import is_compatible
from kiban.query.vocabulary import Vocabulary
from kiban.readers.experiments.keys import Keys, key_of
from kiban.readers.experiments.meaning import Mapping, Meaning, Role
from kiban.readers.experiments.proposal import propose
from kiban.readers.experiments.sheet import Sheet

_HEADER = re.compile(r"(?P<name>.*?)\s*[\[(](?P<unit>[^\[\]()]*)[\])]\s*")
_DOUBT = " standard uncertainty"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")


def named_in(header: str, known: AnyMapping[str, object]) -> str | None:
    """Which of the names stands in a header, with or without a unit in brackets."""
    if header in known:
        return header
    match = _HEADER.fullmatch(header)
    return match["name"] if match is not None and match["name"] in known else None


def says_outcome(campaign: Campaign, sheet: Sheet, known: Vocabulary) -> bool:
    """Whether a table has a column for an outcome. Of one with a single row also by other words: 硬さ(GPa)."""
    outcomes = campaign.objective.outcomes
    return any(named_in(header, outcomes) for header in sheet.headers) or bool(_meant(campaign, sheet, known))


def _meant(campaign: Campaign, sheet: Sheet, known: Vocabulary) -> dict[str, str]:
    """By header, the outcome that it means in other words. Tables of instruments have more than one row."""
    if len(sheet.rows) != 1:
        return {}
    outcomes = campaign.objective.outcomes
    named = {named_in(header, outcomes) for header in sheet.headers}
    left = {term_of(name, known): name for name in outcomes if name not in named}
    found: dict[str, str] = {}
    for proposed in propose(sheet, known):
        meaning = proposed.meaning
        if meaning.role is Role.PROPERTY and meaning.key in left:
            found[meaning.header] = left.pop(meaning.key)
    return found


def result_columns(campaign: Campaign, sheet: Sheet, known: Vocabulary) -> Mapping:
    """Say what the columns of a result's table mean.

    Parameters
    ----------
    known : Vocabulary
        The property terms there are.

    Raises
    ------
    InvalidValue
        If an outcome is called like no property, or the columns contradict one another.
    """
    levelled = {each.name for each in campaign.space.parameters if isinstance(each, Categorical)}
    units = {each.name: getattr(each, "unit", "") for each in campaign.space.parameters}
    outcomes = campaign.objective.outcomes
    doubts = {f"{name}{_DOUBT}": name for name in outcomes}
    meant = _meant(campaign, sheet, known)
    keys, key_by_name = _keys(campaign, known)
    columns: list[Meaning] = []
    for header, proposed in zip(sheet.headers, propose(sheet, known), strict=True):
        if (name := named_in(header, outcomes)) is not None:
            unit = _unit(header, name, outcomes[name])
            columns.append(Meaning(header=header, role=Role.PROPERTY, key=_key(name, known), unit=unit))
        elif header in meant and proposed.meaning.key == term_of(meant[header], known):
            unit = proposed.meaning.unit or outcomes[meant[header]]
            columns.append(replace(proposed.meaning, unit=unit))
        elif (name := named_in(header, doubts)) is not None:
            columns.append(Meaning(header=header, role=Role.UNCERTAINTY, key=_key(doubts[name], known)))
        elif (name := named_in(header, units)) is not None:
            is_text = name in levelled
            unit = "" if is_text else _unit(header, name, units[name])
            key = key_by_name[name]
            columns.append(Meaning(header=header, role=Role.PARAMETER, key=key, unit=unit, is_text=is_text))
        else:
            columns.append(_beside(proposed.meaning, keys, known))
    return Mapping(columns=tuple(_with_owners(columns)))


def _keys(campaign: Campaign, known: Vocabulary) -> tuple[Keys, dict[str, str]]:
    """By parameter its key, the same in every file: `Ti`, `焼成時間` and `Time (first)` are none as they stand."""
    keys = Keys()
    for name in campaign.objective.outcomes:
        keys.take(Role.PROPERTY, term_of(name, known))
    found: dict[str, str] = {}
    for is_key in (True, False):
        for number, parameter in enumerate(campaign.space.parameters, start=1):
            name = parameter.name
            if (_KEY.fullmatch(name) is not None) is is_key:
                found[name] = keys.free(
                    Role.PARAMETER, name if is_key else key_of(name, "", number, known, Role.PARAMETER)
                )
    return keys, found


def _beside(meaning: Meaning, keys: Keys, known: Vocabulary) -> Meaning:
    """What stands beside what was asked for, so that it is in nobody's way: what would be refused is not kept."""
    if meaning.role in {Role.PARAMETER, Role.NOTE}:
        return replace(meaning, key=keys.free(meaning.role, meaning.key))
    if meaning.role is Role.PROPERTY:
        term = known.terms.get(meaning.key)
        is_sound = term is None or term.has_any_unit or is_compatible(meaning.unit, term.unit)
        if not is_sound or not keys.is_free(Role.PROPERTY, meaning.key):
            return Meaning(header=meaning.header, role=Role.IGNORED)
        return replace(meaning, key=keys.free(meaning.role, meaning.key))
    return meaning


def _with_owners(columns: list[Meaning]) -> list[Meaning]:
    """Without uncertainties of what is not kept, or is called otherwise by the campaign; the first of two counts."""
    valued = {
        each.key
        for each in columns
        if each.role in {Role.COMPONENT, Role.PARAMETER, Role.PROPERTY} and not each.is_text
    }
    seen: set[str] = set()
    kept = []
    for each in columns:
        is_doubt = each.role is Role.UNCERTAINTY
        if is_doubt and (each.key not in valued or each.key in seen):
            kept.append(Meaning(header=each.header, role=Role.IGNORED))
            continue
        if is_doubt:
            seen.add(each.key)
        kept.append(each)
    return kept


def _unit(header: str, name: str, usual: str) -> str:
    match = _HEADER.fullmatch(header) if header != name else None
    return match["unit"].strip() if match is not None else usual


def _key(outcome: str, known: Vocabulary) -> str:
    key = term_of(outcome, known)
    if not _KEY.fullmatch(key):
        raise InvalidValue(
            f"The outcome '{outcome[:60]}' is no name of a property, so that a file cannot say it.",
            mend="Begin a campaign whose outcomes are called like terms: hardness, vickers_hardness.",
        )
    return key
