"""What a record answers when a question asks for its licence, rights holder, contributors, funders and awards.

A record that has no rights of its own answers with those of its project.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiban.query.words import fold
from kiban.records.rights.licence import licence_ids

RIGHTS_PATHS = frozenset({"licence", "rights_holder", "contributor", "funder", "award"})
OWN = "rights"
"""Not to be asked for: it stands among the answers of a record that has rights of its own, whatever they say."""


def rights_answers(rights: Any) -> dict[str, tuple[str, ...]]:
    """Gather the folded texts of a document's rights by path; paths without a value are absent.

    Parameters
    ----------
    rights : JSON value
        As `kiban.records.rights.rights.Rights` is written; empty where the document has none.
    """
    if not isinstance(rights, Mapping) or not rights:
        return {}
    licence = _text(rights, "licence")
    found = {
        OWN: [OWN],
        "licence": [licence, *licence_ids(licence)],
        "rights_holder": _texts([rights.get("rights_holder")], "name", "ror"),
        "contributor": _texts(rights.get("contributors"), "name", "orcid"),
        "funder": _texts(rights.get("funding"), "funder", "funder_id"),
        "award": _texts(rights.get("funding"), "award_number", "award_title"),
    }
    folded = {path: (fold(text) for text in texts) for path, texts in found.items()}
    return {path: kept for path, texts in folded.items() if (kept := tuple(dict.fromkeys(t for t in texts if t)))}


def _texts(parts: Any, *names: str) -> list[str]:
    listed = parts if isinstance(parts, list | tuple) else ()
    return [_text(part, name) for part in listed if isinstance(part, Mapping) for name in names]


def _text(part: Mapping[str, Any], name: str) -> str:
    found = part.get(name)
    return found if isinstance(found, str) else ""
