"""Results as JSON, as laboratories write them: values with units, the name of a file, or a failure with its reason."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kiban.errors import InvalidValue
from kiban.laboratory.contract import Failure, Result, ResultFile
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.quantity.unit import is_known

_FIELDS = ("identity", "values", "file", "failure", "cancelled", "cost", "hours", "note")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^/\\\x00-\x1f]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A file beside the result, and what it has when it is whole."""

    name: str
    size: int
    sha256: str


def json_in(content: bytes) -> object:
    """The JSON of a laboratory. Raises ValueError for whatever is none, also for lists in lists without end."""
    try:
        return json.loads(content)
    except RecursionError as e:
        raise ValueError("lists or objects lie in one another too deeply") from e


def is_cancelled(document: object) -> bool:
    """Whether the laboratory says that it broke off."""
    return isinstance(document, Mapping) and document.get("cancelled") is True


def named_file(document: object, where: str, identity: str) -> NamedFile | None:
    """The file that a result names, if it names one. Raises InvalidValue that says what is wrong with the document."""
    said = _checked(document, where, identity).get("file")
    if said is None:
        return None
    _check_fields(said, ("name", "size", "sha256"), f"{where}, file")
    name, size, sha256 = (said.get(each) for each in ("name", "size", "sha256"))
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name.startswith("."):
        raise _wrong(f"{where} names the file {name!r:.80}", "Give the plain name of a file beside it.")
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise _wrong(f"{where} gives {size!r:.40} as the size of {name}", "Give the number of its bytes.")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise _wrong(f"{where} gives {sha256!r:.80} as the sha256 of {name}", "Give 64 digits, small letters.")
    return NamedFile(name=name, size=size, sha256=sha256)


def result_in(content: bytes, where: str, identity: str, *, beside: Callable[[str], bytes]) -> Result:
    """Read a result.

    Parameters
    ----------
    where : str
        What the document is called.
    beside : callable
        Gives the content of a file that it names.

    Raises
    ------
    InvalidValue
        If it is no result, or that of another submission; the fault says what is wrong.
    """
    try:
        document = json_in(content)
    except ValueError as e:
        raise _wrong(f"{where} is no JSON: {e}", "Write the result again.") from e
    said = _checked(document, where, identity)
    file = named_file(document, where, identity)
    failure = said.get("failure")
    return Result(
        values=_values(said.get("values") or {}, where),
        file=ResultFile(name=file.name, content=beside(file.name)) if file is not None else None,
        failure=_failure(failure, where) if failure is not None else None,
        cost=_number(said.get("cost"), f"{where}, cost"),
        hours=_number(said.get("hours"), f"{where}, hours"),
        note=str(said.get("note") or "")[:2000],
    )


def _checked(document: object, where: str, identity: str) -> Mapping[str, Any]:
    _check_fields(document, _FIELDS, where)
    assert isinstance(document, Mapping)  # noqa: S101  the line above
    if document.get("identity") != identity:
        raise _wrong(
            f"{where} says that it is the result of {document.get('identity')!r:.60}", f"Write {identity} in it."
        )
    return document


def _check_fields(document: object, known: tuple[str, ...], where: str) -> None:
    if not isinstance(document, Mapping):
        raise _wrong(f"{where} is {document!r:.60}", f"Give an object with: {', '.join(known)}.")
    if unknown := sorted(map(str, set(document) - set(known))):
        raise _wrong(f"{where} has a field '{unknown[0][:60]}'", f"Fields are: {', '.join(known)}.")


def _values(said: object, where: str) -> dict[str, Measured]:
    if not isinstance(said, Mapping):
        raise _wrong(f"{where}, values is {said!r:.60}", "Give an object by outcome.")
    found = {}
    for name, each in said.items():
        at = f"{where}, values.{name}"
        _check_fields(each, ("value", "unit", "uncertainty"), at)
        value, unit = each.get("value"), each.get("unit")
        if not isinstance(value, int | float) or isinstance(value, bool) or not _is_finite(value):
            raise _wrong(f"{at} has the value {value!r:.60}", "Give a finite number.")
        if not isinstance(unit, str) or not is_known(unit):
            told = "no unit" if unit is None else f"the unit {unit!r:.60}"
            raise _wrong(f"{at} has {told}", "Write it like degC, MPa or mA*h/g; for plain numbers an empty text.")
        doubt = _number(each.get("uncertainty"), f"{at}.uncertainty")
        stated = Uncertainty(value=doubt, origin=Origin.FILE) if doubt is not None else None
        found[str(name)] = Measured(float(value), unit, stated)
    return found


def _failure(said: object, where: str) -> Failure:
    at = f"{where}, failure"
    _check_fields(said, ("reason", "is_of_point"), at)
    assert isinstance(said, Mapping)  # noqa: S101  the line above
    reason, is_of_point = said.get("reason"), said.get("is_of_point", True)
    if not isinstance(reason, str) or not isinstance(is_of_point, bool):
        raise _wrong(f"{at} has no reason in words", "Give reason, a text, and is_of_point, true or false.")
    return Failure(reason=reason[:2000], is_of_point=is_of_point)


def _number(said: object, where: str) -> float | None:
    if said is None:
        return None
    if not isinstance(said, int | float) or isinstance(said, bool) or not (_is_finite(said) and said >= 0):
        raise _wrong(f"{where} is {said!r:.60}", "Give a finite number from 0, or leave it out.")
    return float(said)


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number that no float can hold
        return False


def _wrong(fault: str, mend: str) -> InvalidValue:
    return InvalidValue(f"{fault}.", mend=mend)
