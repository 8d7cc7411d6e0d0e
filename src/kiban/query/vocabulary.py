"""The words that questions may use: paths, their labels in both languages, and the values of closed lists."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from kiban.query.entries import PARTS
from kiban.query.question import RECORD_FIELDS
from kiban.query.structure_answers import is_of_structure
from kiban.query.words import as_written, fold
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.record import RecordKind
from kiban.records.scope import Tier
from kiban.records.technique import TECHNIQUES
from kiban.records.term import PropertyTerm

ELEMENTS = "elements"
CODED = frozenset({"kind", "technique", "tier"})
"""Fields whose values come from closed lists and are compared as they stand."""
TIMES = frozenset({"started", "created"})

_TERM = re.compile(r"[a-z_][a-z0-9_]*")
_ENTRY_PATH = re.compile(rf"(?:{'|'.join((*PARTS.values(), 'structure'))})(?:\.[A-Za-z0-9_]+)+")
_LONGEST_GUESS = 60

_FIELDS_JA = {
    "種類": "kind",
    "題名": "title",
    "手法": "technique",
    "公開範囲": "tier",
    "試料": "sample",
    "試料名": "sample",
    "ファイル": "file",
    "ファイル名": "file",
    "装置": "instrument",
    "測定者": "operator",
    "測定日": "started",
    "測定日時": "started",
    "登録日": "created",
    "登録日時": "created",
    "元素": ELEMENTS,
    "ライセンス": "licence",
    "利用許諾": "licence",
    "license": "licence",
    "権利者": "rights_holder",
    "rights holder": "rights_holder",
    "貢献者": "contributor",
    "助成機関": "funder",
    "資金提供者": "funder",
    "課題番号": "award",
}


def is_path(text: str) -> bool:
    """Say whether a question may ask for it: a field, `elements`, an entry, or a word that can be a term."""
    return bool(_TERM.fullmatch(text)) or is_entry(text)


def is_entry(path: str) -> bool:
    """Say whether the path names an entry of a document: `metadata.*`; `field.*`, `meant.*`, `done.*` of a template.

    What a record holds of a structure, `structure.*`, is asked for in the same way.
    """
    return bool(_ENTRY_PATH.fullmatch(path))


def as_compared(path: str, text: str) -> str:
    """Bring a text to the form in which the texts of that path are compared: folded, but for chemical formulas."""
    return as_written(text) if is_of_structure(path) else fold(text)


def is_term(path: str) -> bool:
    """Say whether the path names a property term rather than something of the record itself."""
    return path not in RECORD_FIELDS and path != ELEMENTS and not is_entry(path)


@cache
def codes(path: str) -> dict[str, str]:
    """What may be written for a value of a closed list, folded, with the value it stands for."""
    if path == "kind":
        return {kind.value: kind.value for kind in RecordKind}
    if path == "tier":
        return {tier.value: tier.value for tier in Tier}
    written = {fold(label): t.key for t in TECHNIQUES.values() for label in (t.en, t.ja)}
    return written | {key: key for key in TECHNIQUES}


def nearest(word: str, known: Iterable[str]) -> str:
    """Find what somebody may have meant, as a sentence; empty where nothing is near."""
    near = difflib.get_close_matches(fold(word[:_LONGEST_GUESS]), list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else ""


def as_label(text: str) -> str:
    """Bring a name to the form in which names are compared: one case, one width, one blank between words."""
    return fold(" ".join(text.split()))


_FIELD_LABELS = {as_label(label): path for label, path in _FIELDS_JA.items()}
_RESERVED = frozenset(
    ("and", "or", "not", "contains", "starts", "ends", "with", "has", "all", "any", "only", "is", "known", "unknown")
)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The property terms that a question may name, beside the fields of records.

    Of two terms that claim the same name the first has it: those that come with Kiban, then the others in their order.
    """

    terms: Mapping[str, PropertyTerm]
    """By key."""

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Names and synonyms as `as_label` gives them, with the path each stands for."""
        labels = dict(_FIELD_LABELS)
        for term in self.terms.values():
            for label in map(as_label, term.labels):
                labels.setdefault(label, term.key)
        return labels

    @cached_property
    def known_paths(self) -> tuple[str, ...]:
        """All paths that have a name of their own."""
        return (*RECORD_FIELDS, ELEMENTS, *self.terms)

    @cached_property
    def _groups(self) -> Mapping[str, tuple[str, ...]]:
        """Of each term that was merged, or into which one was: the keys of all that are the same."""
        members: dict[str, list[str]] = {}
        for key in self.terms:
            members.setdefault(self.root(key), []).append(key)
        return {key: tuple(keys) for keys in members.values() if len(keys) > 1 for key in keys}

    def path(self, name: str) -> str:
        """The path that a name stands for; the name itself where it is a path, or nothing that is known."""
        if name in self.terms or name in RECORD_FIELDS:
            return str(name)
        return self.labels.get(as_label(name), str(name))

    def is_label(self, text: str) -> bool:
        """Whether it is a name or synonym of something that can be asked for."""
        return as_label(text) in self.labels

    def root(self, key: str) -> str:
        """The term that a term was merged into, over as many steps as it takes; itself where it was not."""
        seen = [key]
        while (term := self.terms.get(seen[-1])) is not None and term.merged_into in self.terms:
            if term.merged_into in seen:
                # Two merges at the same time can close a circle; all of it is one term then.
                return min(seen[seen.index(term.merged_into) :])
            seen.append(term.merged_into)
        return seen[-1]

    def same_as(self, key: str) -> tuple[str, ...]:
        """The keys of all terms that are the same as this one, itself among them."""
        return self._groups.get(key, (key,))

    def owner_of(self, label: str) -> str | None:
        """What already has that name: a word of the language, the path of a field, or the key of a term."""
        name = as_label(label)
        if name in _RESERVED or name in RECORD_FIELDS or name == ELEMENTS or is_entry(name):
            return name
        return name if name in self.terms else self.labels.get(name)


SHIPPED = Vocabulary(PROPERTY_TERMS)
"""The terms that come with Kiban: what a question may name where no catalog is at hand."""


def with_terms(terms: Iterable[PropertyTerm]) -> Vocabulary:
    """The vocabulary that comes with Kiban and these terms; a key that is taken stays as it is."""
    own: dict[str, PropertyTerm] = {}
    for term in terms:
        if term.key not in PROPERTY_TERMS:
            own.setdefault(term.key, term)
    return Vocabulary({**PROPERTY_TERMS, **own}) if own else SHIPPED
