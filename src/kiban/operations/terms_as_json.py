"""Property terms as JSON: what REST answers and `kiban term --json` prints."""

from __future__ import annotations

from typing import Any

from kiban.operations.terms import Merge, Term, TermUse
from kiban.records.document import to_json


def term_as_json(term: Term) -> dict[str, Any]:
    """A term, with the identifier and version of its record where it has one."""
    record = term.record
    return {
        **to_json(term.term),
        "id": record.pid if record is not None else None,
        "version": record.version if record is not None else None,
    }


def use_as_json(use: TermUse) -> dict[str, Any]:
    """A term, what is the same, and how much there is of it."""
    return {
        **term_as_json(use.term),
        "same": [same.term.key for same in use.same],
        "n_samples": use.n_samples,
        "n_measurements": use.n_measurements,
    }


def merge_as_json(merge: Merge) -> dict[str, Any]:
    """Both sides of a merge."""
    return {"one": use_as_json(merge.one), "into": use_as_json(merge.into)}
