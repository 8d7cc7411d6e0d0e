"""One value of one field: from what somebody typed or a program sent, to what a document holds.

| kind | in the document |
|---|---|
| text, choice, date | text (a choice its key, a date ISO 8601) |
| number, truth | number, `true` or `false` |
| quantity | `{"value": 900.0, "unit": "degC"}`, with `"uncertainty"` where there is one |
| term | `{"iri": "http://...", "label": "..."}` |
| reference | the identifier: `kb:7Q4M-2KXD-98` |
| file | `{"sha256": "...", "name": "..."}` |
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from kiban.errors import InvalidValue, KibanError
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Uncertainty
from kiban.records.document import from_json, to_json
from kiban.records.field import Field, FieldKind, Option
from kiban.records.identity import parse_pid
from kiban.records.written_quantity import quantity_of

_TRUE = {"true", "yes", "1", "はい", "有", "有り", "あり", "○", "◯"}
_FALSE = {"false", "no", "0", "いいえ", "無", "無し", "なし", "×"}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_LONGEST_TEXT = 100_000


def value_of(field: Field, given: Any) -> Any:
    """Read one value of a field that is neither a group nor a table.

    Raises
    ------
    InvalidValue
        If it breaks a rule of the field; the fault names the rule and what was found.
    """
    return _READ[field.kind](field, given)


def _text(field: Field, given: Any) -> str:
    if not isinstance(given, str):
        raise _wrong(given, "text")
    longest = min(field.longest or _LONGEST_TEXT, _LONGEST_TEXT)
    if len(given) > longest:
        raise InvalidValue(f"It has {len(given)} characters; at most {longest} are allowed.", mend="Shorten it.")
    if field.shortest is not None and len(given) < field.shortest:
        raise InvalidValue(
            f"It has {len(given)} characters; at least {field.shortest} are needed.", mend="Say it in full."
        )
    return given


def _number(field: Field, given: Any) -> float | int:
    if isinstance(given, str):
        measured = quantity_of(given)
        if measured.unit or measured.uncertainty is not None:
            raise InvalidValue(
                f"'{given[:60]}' is more than a bare number.", mend="Give the number alone: this field has no unit."
            )
        given = int(measured.value) if re.fullmatch(r"[+-]?\d{1,15}", given.strip()) else measured.value
    if isinstance(given, bool) or not isinstance(given, int | float) or not _is_finite(given):
        raise _wrong(given, "a finite number")
    if field.is_whole and given != int(given):
        raise InvalidValue(f"{given:g} is not a whole number.", mend="Give a whole number.")
    _check_bounds(field, float(given), f"{given:g}")
    return int(given) if field.is_whole else given


def _is_finite(given: int | float) -> bool:
    try:
        return math.isfinite(given)
    except OverflowError:  # a whole number of more than 308 digits, which JSON can hold
        return False


def _quantity(field: Field, given: Any) -> dict[str, Any]:
    if isinstance(given, str):
        measured = quantity_of(given, field.unit)
    elif isinstance(given, Measured):
        measured = given
    elif isinstance(given, int | float) and not isinstance(given, bool) and _is_finite(given):
        measured = Measured(float(given), field.unit)
    elif isinstance(given, Mapping) and isinstance(given.get("value"), int | float) and _is_finite(given["value"]):
        doubt = given.get("uncertainty")
        measured = Measured(
            float(given["value"]),
            str(given.get("unit") or field.unit),
            from_json(doubt, Uncertainty) if doubt is not None else None,
        )
    else:
        raise _wrong(given, f"a quantity like 900 {field.unit}".rstrip())
    measured.require(field.unit)
    _check_bounds(field, measured.in_unit(field.unit).value, str(measured))
    written: dict[str, Any] = {"value": measured.value, "unit": measured.unit}
    if measured.uncertainty is not None:
        written["uncertainty"] = to_json(measured.uncertainty)
    return written


def _check_bounds(field: Field, value: float, shown: str) -> None:
    unit = f" {field.unit}" if field.unit else ""
    # 0.9 m is 90 cm, though not to the last binary digit.
    slack = 1e-12 * abs(value)
    low, high = field.minimum, field.maximum
    if low is not None and (value < low - slack or (field.excludes_minimum and value <= low)):
        bound = "more than" if field.excludes_minimum else "at least"
        raise InvalidValue(f"{shown} is too low: {bound} {low:g}{unit} is allowed.", mend="Check value and unit.")
    if high is not None and (value > high + slack or (field.excludes_maximum and value >= high)):
        bound = "less than" if field.excludes_maximum else "at most"
        raise InvalidValue(f"{shown} is too high: {bound} {high:g}{unit} is allowed.", mend="Check value and unit.")


def _truth(_field: Field, given: Any) -> bool:
    if isinstance(given, bool):
        return given
    word = str(given).strip().lower() if isinstance(given, str | int) else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _wrong(given, "yes or no")


def _choice(field: Field, given: Any) -> str:
    word = str(given).strip() if isinstance(given, str | int | float) else ""
    for option in field.options:
        if word == option.key:
            return option.key
    named = [option for option in field.options if word and word.lower() in _names(option)]
    if len(named) == 1:
        return named[0].key
    raise InvalidValue(
        f"'{word[:60] or given!s:.60}' is not among the answers.",
        mend=f"Use one of: {', '.join(option.key for option in field.options)}.",
    )


def _names(option: Option) -> set[str]:
    return {option.key.lower(), option.label.en.lower(), option.label.ja.lower()}


def _term(field: Field, given: Any) -> dict[str, str]:
    iri, label = (given.get("iri"), given.get("label", "")) if isinstance(given, Mapping) else (given, "")
    if not isinstance(iri, str) or not _IRI.fullmatch(iri.strip()) or not isinstance(label, str):
        raise _wrong(given, "the IRI of a term, like http://purl.obolibrary.org/obo/CHMO_0000156")
    if not iri.strip().startswith(field.vocabulary):
        raise InvalidValue(
            f"'{iri[:100]}' is of another vocabulary.", mend=f"Its IRI should begin with {field.vocabulary}."
        )
    return {"iri": iri.strip(), "label": label}


def _date(_field: Field, given: Any) -> str:
    if isinstance(given, datetime | date):
        return given.isoformat()
    if isinstance(given, str):
        text = given.strip().replace("/", "-")
        for read in (date.fromisoformat, datetime.fromisoformat):
            try:
                return read(text).isoformat()
            except ValueError:
                continue
    raise _wrong(given, "a day or a moment, like 2026-11-26 or 2026-11-26T09:30+09:00")


def _reference(_field: Field, given: Any) -> str:
    if not isinstance(given, str):
        raise _wrong(given, "an identifier, like kb:7Q4M-2KXD-98")
    return parse_pid(given)


def _file(_field: Field, given: Any) -> dict[str, str]:
    checksum, name = (given.get("sha256"), given.get("name", "")) if isinstance(given, Mapping) else (given, "")
    if not isinstance(checksum, str) or not _SHA256.fullmatch(checksum) or not isinstance(name, str):
        raise _wrong(given, "the SHA-256 of a deposited file, 64 hexadecimal digits")
    return {"sha256": checksum, "name": name}


def _wrong(given: Any, wanted: str) -> KibanError:
    shown = f"'{given[:60]}'" if isinstance(given, str) else f"{given!r:.60}"
    return InvalidValue(f"{shown} was given where {wanted} was expected.", mend=f"Give {wanted}.")


_READ: dict[FieldKind, Callable[[Field, Any], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.QUANTITY: _quantity,
    FieldKind.TRUTH: _truth,
    FieldKind.CHOICE: _choice,
    FieldKind.TERM: _term,
    FieldKind.DATE: _date,
    FieldKind.REFERENCE: _reference,
    FieldKind.FILE: _file,
}
