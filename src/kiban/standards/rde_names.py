"""Keys for the names of another structure: `Dataset Title` and `試料温度` cannot be keys of fields as they stand.

A field that was imported before keeps the key that it has, whatever order the names come in now.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kiban.records.field import Field
from kiban.records.template import Template

_LONGEST = 64
_KEY = re.compile(rf"[a-z][a-z0-9_]{{0,{_LONGEST - 1}}}")
Path = tuple[str, ...]
"""Written names of the groups around a field, outermost first."""


@dataclass(frozen=True, slots=True)
class Known:
    """What fields of earlier versions are called."""

    keys: Mapping[tuple[Path, str], tuple[str, str]] = field(default_factory=dict)
    """Path and written name to the key of today and the origin."""
    taken: Mapping[Path, frozenset[str]] = field(default_factory=dict)
    """Keys that have meant a field, by path."""


def known_names(versions: Iterable[Template]) -> Known:
    """Gather them from the versions of a template, the oldest first."""
    keys: dict[tuple[Path, str], tuple[str, str]] = {}
    taken: dict[Path, set[str]] = {}

    def gather(fields: Iterable[Field], path: Path) -> None:
        for each in fields:
            written = each.written or each.key
            keys[path, written] = each.key, each.origin
            taken.setdefault(path, set()).update({each.key, each.first_key})
            gather(each.fields, (*path, written))

    for version in versions:
        gather(version.fields, ())
    return Known(keys, {path: frozenset(found) for path, found in taken.items()})


def keys_for(names: Iterable[str], path: Path, known: Known) -> dict[str, tuple[str, str]]:
    """Key and origin for each written name of one group."""
    names = list(names)
    found = {name: known.keys[path, name] for name in names if (path, name) in known.keys}
    taken = set(known.taken.get(path, ())) | {key for key, _ in found.values()}
    # Names that are keys already come first, so that no made-up key takes theirs.
    for name in sorted((n for n in names if n not in found), key=lambda n: not _KEY.fullmatch(n)):
        key = _made(name)
        if key in taken or not key:
            mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            key = f"{key[: _LONGEST - 9]}_{mark}" if key else f"field_{mark}"
        taken.add(key)
        found[name] = key, ""
    return {name: found[name] for name in names}


def _made(name: str) -> str:
    """Letters and digits of the name; empty where too little of it is left to be told from others."""
    if _KEY.fullmatch(name):
        return name
    plain = unicodedata.normalize("NFKC", name).lower()
    if not plain.isascii():
        return ""
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return key[:_LONGEST].rstrip("_") if re.match(r"[a-z]", key) else ""
