"""The statements of a PROV-JSON document while it is written: values as PROV-JSON types them, relations numbered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

Attribute = str | dict[str, str]
"""One value of an attribute in PROV-JSON: a plain text, or `{"$": text, "type": type}`."""


class Statements:
    """Grows while a document is written; the same statements in the same order give the same bytes."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._sections: dict[str, dict[str, Any]] = {"prefix": dict(prefixes)}

    def element(self, section: str, name: str, attributes: Mapping[str, Any]) -> None:
        """State an entity, activity or agent; a second time changes nothing."""
        self._sections.setdefault(section, {}).setdefault(name, _without_nothing(attributes))

    def relation(self, section: str, ends: Mapping[str, str], attributes: Mapping[str, Any] | None = None) -> None:
        """State a relation between two of them."""
        known = self._sections.setdefault(section, {})
        known[f"_:{section}{len(known) + 1}"] = {**ends, **_without_nothing(attributes or {})}

    def as_bytes(self) -> bytes:
        """The document."""
        written = json.dumps(self._sections, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
        return written.encode("utf-8") + b"\n"


def _without_nothing(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None and value not in ("", [], {})}


def name_of(*kinds: str) -> list[Attribute] | Attribute:
    """Names in the vocabulary of PROV or Kiban, as values: `prov:Person`."""
    named: list[Attribute] = [{"$": kind, "type": "xsd:QName"} for kind in kinds]
    return named[0] if len(named) == 1 else named


def double(value: float | None) -> Attribute | None:
    """A number, to the last digit."""
    return None if value is None else {"$": repr(float(value)), "type": "xsd:double"}


def whole(value: int) -> Attribute:
    """A whole number."""
    return {"$": str(value), "type": "xsd:int"}


def as_json(value: Any) -> str | None:
    """A value with parts, as JSON text; nothing where nothing stands in it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value not in (None, "", {}, [], ()) else None


def texts(values: Iterable[str]) -> list[str] | str:
    """Several texts of one attribute."""
    every = list(values)
    return every[0] if len(every) == 1 else every


def zoned(text: str | None) -> str | None:
    """A time as xsd:dateTime, where it is one with a zone: PROV orders events by their times."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.isoformat() if moment.tzinfo is not None else None


def local(text: str) -> str:
    """Any text as the local part of a qualified name."""
    return quote(text, safe="").replace(".", "%2E").replace("~", "%7E")
