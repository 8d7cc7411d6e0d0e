"""NIMS RDE: what an invoice says of the sample, as our sample."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from kiban.errors import InvalidValue
from kiban.records.matter.formula import amount_fractions
from kiban.records.sample import Sample

_PLACEHOLDER = re.compile(r"<[^<>]*>|\$\{[^{}]*\}")
_LONGEST = 200


def names_of(invoice: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the sample; a form's own words for "to be filled in" are none: `<Please enter a sample name>`."""
    said = invoice.get("sample")
    names = said.get("names") if isinstance(said, Mapping) else None
    texts = [n for n in names if isinstance(n, str)] if isinstance(names, list) else []
    folded = [unicodedata.normalize("NFKC", text).strip()[:_LONGEST] for text in texts]
    return tuple(dict.fromkeys(text for text in folded if text and not _PLACEHOLDER.fullmatch(text)))


def sample_of(invoice: Mapping[str, Any], name: str) -> Sample:
    """A new sample of that name; what RDE calls its composition is its formula where it can be read as one."""
    said = invoice.get("sample")
    said = said if isinstance(said, Mapping) else {}
    composition, description = (_text(said.get(key)) for key in ("composition", "description"))
    try:
        amount_fractions(composition)
    except InvalidValue:
        if composition:
            description = f"{description}\n{composition}".strip()
        composition = ""
    return Sample(name=name, formula=composition, description=description)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
