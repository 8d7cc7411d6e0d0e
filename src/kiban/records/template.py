"""A template: the data structure of one kind of sample, process or measurement, as its designer sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kiban.errors import InvalidValue
from kiban.records.field import Field, Label, check_distinct
from kiban.records.record import RecordKind
from kiban.records.technique import technique

DESCRIBED = (RecordKind.SAMPLE, RecordKind.PROCESS, RecordKind.MEASUREMENT)
"""The kinds of record that a template can be for."""
MAX_FIELDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One version of a data structure.

    Parameters
    ----------
    name : str
        The short word for it, unique in a project; it names the template in commands and files.
    applies_to : RecordKind
        `sample`, `process` or `measurement`.
    techniques : tuple of str
        For measurements: the techniques it describes; empty means all.
    iri : str
        The class of an ontology that it stands for.
    note : str
        What this version changed, in its designer's words.
    extra : mapping
        What an imported structure says beside its fields; exports give it back.
    """

    name: str
    label: Label
    applies_to: RecordKind
    description: Label = field(default_factory=Label)
    techniques: tuple[str, ...] = ()
    fields: tuple[Field, ...]
    iri: str = ""
    note: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 200:
            raise InvalidValue("A template needs a name of at most 200 characters.", mend="Name what it describes.")
        if not (self.label.en or self.label.ja):
            raise InvalidValue(f"The template {self.name} has no label.", mend="Give it one in English or Japanese.")
        if self.applies_to not in DESCRIBED:
            raise InvalidValue(
                f"A template for a {self.applies_to.value} was given.",
                mend=f"Templates are for a {', '.join(kind.value for kind in DESCRIBED)}.",
            )
        if self.techniques and self.applies_to is not RecordKind.MEASUREMENT:
            raise InvalidValue(
                f"The template {self.name} is for a {self.applies_to.value} and names techniques.",
                mend="Techniques belong to measurements.",
            )
        for key in self.techniques:
            technique(key)
        if not self.fields or len(self.fields) > MAX_FIELDS:
            raise InvalidValue(
                f"The template {self.name} has {len(self.fields)} fields.", mend=f"Give it 1 to {MAX_FIELDS}."
            )
        check_distinct(self.fields, f"The template {self.name}")
