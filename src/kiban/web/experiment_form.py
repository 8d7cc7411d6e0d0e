"""The form over the columns of a table of experiments, and what somebody has said in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from typing import Any

from kiban.errors import KibanError, WrongUsage
from kiban.query.vocabulary import Vocabulary
from kiban.readers.experiments.corrections import key_said, unit_as_spelled
from kiban.readers.experiments.meaning import Mapping, Meaning, Role, mapping_to_json
from kiban.records.matter.composition import Basis
from kiban.web.form_data import Given

WITH_KEY = (Role.COMPONENT, Role.PARAMETER, Role.PROPERTY, Role.NOTE)
WITH_UNIT = (Role.COMPONENT, Role.PARAMETER, Role.PROPERTY)
_MEND = "Choose the file again."


def columns_of(form: Given) -> list[dict[str, Any]]:
    """What the form says of each column, in their order; empty where none was shown yet."""
    sent = form.tree.get("columns", [])
    return [each for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []


def mapping_of(form: Given, known: Vocabulary) -> Mapping:
    """The mapping that the form says.

    Raises
    ------
    WrongUsage
        If the form came back damaged.
    InvalidValue
        If what was said of a column, or of several, contradicts itself.
    """
    sent = columns_of(form)
    roles = [_role(each) for each in sent]
    keys = [_key(each, i, roles[i], known) for i, each in enumerate(sent)]
    columns = tuple(_meaning(each, roles[i], keys, i) for i, each in enumerate(sent))
    decimal = form.text("decimal")
    return Mapping(columns=columns, balance=form.text("balance"), decimal=decimal if decimal in {".", ","} else "")


def mark_of(mapping: Mapping) -> str:
    """What tells whether a mapping is the one that was looked at."""
    told = json.dumps(mapping_to_json(mapping), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def owner_of(columns: Sequence[Meaning], uncertainty: Meaning) -> int | None:
    """The place of the column that an uncertainty belongs to."""
    for place, each in enumerate(columns):
        if each.key == uncertainty.key and each.role in WITH_UNIT:
            return place
    return None


def _text(sent: AnyMapping[str, Any], name: str) -> str:
    found = sent.get(name, "")
    return found.strip() if isinstance(found, str) else ""


def _role(sent: AnyMapping[str, Any]) -> Role:
    try:
        return Role(_text(sent, "role"))
    except ValueError as e:
        raise WrongUsage("The form came back damaged.", mend=_MEND) from e


def _key(sent: AnyMapping[str, Any], place: int, role: Role, known: Vocabulary) -> str:
    return key_said(_text(sent, "key"), _text(sent, "header"), place, role, known) if role in WITH_KEY else ""


def _meaning(sent: AnyMapping[str, Any], role: Role, keys: Sequence[str], place: int) -> Meaning:
    header = _text(sent, "header")
    is_text = role is Role.PARAMETER and _text(sent, "is_text") == "on"
    basis = _text(sent, "basis")
    key, factor = keys[place], None
    if role is Role.UNCERTAINTY:
        of, k = _text(sent, "of"), _text(sent, "k")
        key = keys[int(of)] if of.isdecimal() and len(of) < 5 and int(of) < len(keys) else ""
        try:
            factor = float(k.replace(",", ".")) if k else None
        except ValueError as e:
            raise WrongUsage(
                f"'{k[:20]}' is no coverage factor.", mend="Give a number such as 2, or leave it empty."
            ) from e
    return Meaning(
        header=header,
        role=role,
        key=key,
        unit=unit_as_spelled(_text(sent, "unit")) if role in WITH_UNIT and not is_text else "",
        is_text=is_text,
        basis=Basis(basis) if role is Role.COMPONENT and basis in {*Basis} else None,
        coverage_factor=factor,
    )


def faults(form: Given, known: Vocabulary) -> list[KibanError | None]:
    """What is wrong with each column by itself."""
    sent = columns_of(form)
    try:
        roles = [_role(each) for each in sent]
    except WrongUsage as e:
        return [e for _ in sent]
    keys = [_key(each, i, roles[i], known) for i, each in enumerate(sent)]
    found: list[KibanError | None] = []
    for i, each in enumerate(sent):
        try:
            _meaning(each, roles[i], keys, i)
        except KibanError as e:
            found.append(e)
        else:
            found.append(None)
    return found
