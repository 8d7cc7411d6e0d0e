"""Files of RDE: JSON in UTF-8, kept as text so that what nobody here understands goes out as it came in."""

from __future__ import annotations

import json
from typing import Any

from kiban.errors import DamagedFile, LimitExceeded

LARGEST = 8 << 20
"""Bytes of one file of definitions or values."""


def check_size(content: bytes, name: str) -> None:
    """Refuse what is too large to be one of these files. Raises LimitExceeded."""
    if len(content) > LARGEST:
        raise LimitExceeded(
            f"{name} has more than {LARGEST} bytes; definitions and invoices have less.",
            mend="Give the file that RDE wrote.",
        )


def text_of(content: bytes, name: str) -> str:
    """The text of a file. Raises DamagedFile if it is not UTF-8, LimitExceeded as `check_size`."""
    check_size(content, name)
    try:
        return content.decode()
    except UnicodeDecodeError as e:
        raise DamagedFile(f"{name} is not UTF-8 (byte {e.start}).", mend="Save it as UTF-8.") from e


def parsed(text: str, name: str) -> dict[str, Any]:
    """The JSON object in a text.

    Raises
    ------
    DamagedFile
        If it is no JSON, no object, or has one key twice.
    """
    try:
        found = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as e:
        raise DamagedFile(f"{name} is no sound JSON: {str(e)[:200]}.", mend="Correct it there, then try again.") from e
    if not isinstance(found, dict):
        raise DamagedFile(
            f"{name} holds a {type(found).__name__} where a JSON object was expected.", mend="Give the file of RDE."
        )
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:60]!r} stands there twice")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def written(document: Any) -> str:
    """A document as RDE writes it."""
    return json.dumps(document, ensure_ascii=False, indent=4, allow_nan=False)


def member(said: dict[str, Any], key: str, name: str) -> dict[str, Any]:
    """The object under a key; empty where there is none. Raises DamagedFile if something else stands there."""
    found = said.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise DamagedFile(
            f"{name}: '{key}' is a {type(found).__name__} where an object was expected.", mend="Correct it there."
        )
    return found
