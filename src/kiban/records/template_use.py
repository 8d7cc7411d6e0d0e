"""Which version of which template a record was made with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUse:
    """A template as a record refers to it: the record keeps this version whatever becomes of the template."""

    id: str
    """The template's short identifier."""
    name: str
    version: int
