"""The library of structures that Kiban brings: templates for the samples, processes and measurements of many fields.

Each is one JSON file in `structures/`, in the folder of the kind of record that it is for: a template as its document
holds it. In place of a field it may say `{"shared": "atmosphere"}`: the field of that name in `structures/shared.json`,
with what is said beside `shared` put over it.

What was taken into a project remembers where it came from (`Origin`), and what it was like, so that a later version of
the library can be told from a change that somebody made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kiban import __version__
from kiban.errors import InvalidValue
from kiban.records.document import from_json, to_json
from kiban.records.record import RecordKind
from kiban.records.template import DESCRIBED, Template

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

LIBRARY = "kiban"
_EXTRA = "library"
_SHARED = "shared"
# What says nothing of the values that a record may hold, or of what they mean.
_UNCOUNTED = ("note", "extra")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a template was taken from, as its `extra` holds it under `library`."""

    name: str
    """The library: `kiban` for this one."""
    structure: str
    """Name of the structure there; the template may have got another."""
    version: str
    """Version of the library, which is that of Kiban."""
    digest: str
    """What the template was like; see `digest`."""


@cache
def names() -> tuple[str, ...]:
    """The names of all structures: those of samples first, then processes, then measurements, each in order."""
    return tuple(_files())


@cache
def names_for(kind: RecordKind) -> tuple[str, ...]:
    """The names of the structures for records of a kind, in order."""
    folder = files("kiban.records").joinpath("structures", kind.value)
    return tuple(sorted(f.name.removesuffix(".json") for f in folder.iterdir() if f.name.endswith(".json")))


@cache
def load(name: str) -> Template:
    """A structure by its name, with its origin in `extra`.

    Raises
    ------
    InvalidValue
        If the library has none of that name.
    """
    if (file := _files().get(name)) is None:
        raise InvalidValue(
            f"The library has no structure '{name[:80]}'.", mend="See what there is: kiban template list --library."
        )
    document = json.loads(file.read_text(encoding="utf-8"))
    document["fields"] = [_whole(field, _shared()) for field in document["fields"]]
    template = from_json(document, Template)
    origin = Origin(name=LIBRARY, structure=name, version=__version__, digest=digest(template))
    return replace(template, extra={_EXTRA: to_json(origin)})


def digest(template: Template) -> str:
    """A short word for what a template is like, the same for equal ones: 16 hexadecimal digits of a SHA-256.

    Its note and extra are left out.
    """
    document = {key: value for key, value in to_json(template).items() if key not in _UNCOUNTED}
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def origin(template: Template) -> Origin | None:
    """Where a template was taken from; `None` for one that was not taken from this library."""
    said = template.extra.get(_EXTRA)
    if not isinstance(said, Mapping) or said.get("name") != LIBRARY:
        return None
    return from_json(dict(said), Origin)


def _files() -> dict[str, Traversable]:
    found: dict[str, Traversable] = {}
    for kind in sorted(DESCRIBED, key=_ORDER.index):
        folder = files("kiban.records").joinpath("structures", kind.value)
        found |= {name: folder.joinpath(f"{name}.json") for name in names_for(kind)}
    return found


_ORDER = (RecordKind.SAMPLE, RecordKind.PROCESS, RecordKind.MEASUREMENT)


@cache
def _shared() -> dict[str, Any]:
    text = files("kiban.records").joinpath("structures", f"{_SHARED}.json").read_text(encoding="utf-8")
    shared: dict[str, Any] = json.loads(text)
    return shared


def _whole(field: dict[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """A field with the shared ones in place, in its own fields too."""
    if _SHARED in field:
        field = {**shared[field[_SHARED]], **{key: value for key, value in field.items() if key != _SHARED}}
    if "fields" in field:
        field = {**field, "fields": [_whole(part, shared) for part in field["fields"]]}
    return field
