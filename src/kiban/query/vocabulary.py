"""The words that questions may use: paths, their labels in both languages, and the values of closed lists."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache

from kiban.query.entries import PARTS
from kiban.query.question import RECORD_FIELDS
from kiban.query.words import fold
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.record import RecordKind
from kiban.records.scope import Tier
from kiban.records.technique import TECHNIQUES

ELEMENTS = "elements"
CODED = frozenset({"kind", "technique", "tier"})
"""Fields whose values come from closed lists and are compared as they stand."""
TIMES = frozenset({"started", "created"})

_TERM = re.compile(r"[a-z_][a-z0-9_]*")
_ENTRY_PATH = re.compile(rf"(?:{'|'.join(PARTS.values())})(?:\.[A-Za-z0-9_]+)+")
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
}


def is_path(text: str) -> bool:
    """Say whether a question may ask for it: a field, `elements`, an entry, or a word that can be a term."""
    return bool(_TERM.fullmatch(text)) or is_entry(text)


def is_entry(path: str) -> bool:
    """Say whether the path names an entry of a document: `metadata.*`; `field.*`, `meant.*`, `done.*` of a template."""
    return bool(_ENTRY_PATH.fullmatch(path))


def is_term(path: str) -> bool:
    """Say whether the path names a property term rather than something of the record itself."""
    return path not in RECORD_FIELDS and path != ELEMENTS and not is_entry(path)


@cache
def path_labels() -> dict[str, str]:
    """Labels in English and Japanese, folded, with the path each stands for."""
    labels = {fold(label): path for label, path in _FIELDS_JA.items()}
    for term in PROPERTY_TERMS.values():
        labels[fold(term.en)] = labels[fold(term.ja)] = term.key
    return labels


@cache
def codes(path: str) -> dict[str, str]:
    """What may be written for a value of a closed list, folded, with the value it stands for."""
    if path == "kind":
        return {kind.value: kind.value for kind in RecordKind}
    if path == "tier":
        return {tier.value: tier.value for tier in Tier}
    written = {fold(label): t.key for t in TECHNIQUES.values() for label in (t.en, t.ja)}
    return written | {key: key for key in TECHNIQUES}


def known_paths() -> tuple[str, ...]:
    """All paths that have a name of their own."""
    return (*RECORD_FIELDS, ELEMENTS, *PROPERTY_TERMS)


def nearest(word: str, known: Iterable[str]) -> str:
    """Find what somebody may have meant, as a sentence; empty where nothing is near."""
    near = difflib.get_close_matches(fold(word[:_LONGEST_GUESS]), list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else ""
