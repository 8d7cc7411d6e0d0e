"""Which version of which template a record was made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUse:
    """A template as a record refers to it: the record keeps this version whatever becomes of the template."""

    id: str
    """The template's short identifier."""
    name: str
    version: int
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Fields whose key is not the one they had first: path now to path first, as `steps.plateau` to
    `steps.temperature`. Questions find them under both."""
    migration: str = ""
    """The migration that brought the record to this version, where one did."""
