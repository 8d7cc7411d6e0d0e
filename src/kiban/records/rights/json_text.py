"""Rights as one line of JSON, for files that have a place for texts only, and back."""

from __future__ import annotations

import json
from typing import Any

from kiban.errors import InvalidValue, KibanError
from kiban.records.document import from_json, to_json
from kiban.records.rights.rights import Rights

_LONGEST = 4 << 20


def short_json(rights: Rights) -> dict[str, Any]:
    """Rights as JSON without what is not stated."""
    found: dict[str, Any] = _short(to_json(rights))
    return found


def rights_text(rights: Rights) -> str:
    """Write them in ASCII, without the signs that begin comments or labels somewhere (`$`, `#`)."""
    written = json.dumps(short_json(rights), separators=(",", ":"), sort_keys=True)
    return written.replace("$", "\\u0024").replace("#", "\\u0023")


def rights_of_text(text: str) -> Rights:
    """The opposite of `rights_text`. Raises InvalidValue if it is none, or states what cannot be."""
    try:
        if len(text) > _LONGEST:
            raise ValueError
        return from_json(json.loads(text), Rights)
    except (ValueError, RecursionError):
        raise InvalidValue(
            f"'{text[:60]}' does not state rights as Kiban writes them.", mend="State them by hand on the record."
        ) from None


def rights_in_file(text: str) -> tuple[Rights | None, tuple[str, ...]]:
    """What a file states, with a doubt where it cannot be understood; nothing of an empty text."""
    if not text.strip():
        return None, ()
    try:
        return rights_of_text(text), ()
    except KibanError as e:
        return None, (f"The rights that the file states were not understood: {e.fault}",)


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(one) for name, one in value.items() if one not in (None, "", [], {}, ())}
    return [_short(one) for one in value] if isinstance(value, list | tuple) else value
