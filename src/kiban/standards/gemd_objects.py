"""The objects of GEMD as `gemd.json` writes them, each with all its fields, and the links between them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

Json = dict[str, Any]
SCOPE = "kiban"
"""Of the uids: short identifiers of Kiban, with what distinguishes several objects that are made of one record."""

# An object must stand after those that it links to.
_ORDER = (
    "process_spec",
    "material_spec",
    "ingredient_spec",
    "process_run",
    "material_run",
    "ingredient_run",
    "measurement_run",
)
_RUNS = ("material_run", "process_run", "measurement_run")


class Objects:
    """Grow while a file is written."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, Json]] = {kind: {} for kind in _ORDER}

    def add(self, kind: str, uid: str, name: str, **fields: Any) -> None:
        """Add an object."""
        common: Json = {"type": kind, "uids": {SCOPE: uid}, "name": name, "notes": None, "tags": [], "file_links": []}
        self._objects[kind][uid] = {**common, **fields}

    def as_bytes(self, start: str) -> bytes:
        """The file: all objects, and links to all runs and to what is only planned, that of the start first."""
        runs = [uid for kind in _RUNS for uid in self._objects[kind]]
        planned = [uid for uid in self._objects["process_spec"] if not self.has_run(uid.removesuffix(".spec"))]
        heads = [start, *(uid for uid in (*runs, *planned) if uid != start)]
        context = [each for kind in _ORDER for each in self._objects[kind].values()]
        document = {"context": context, "object": [link(uid) for uid in heads]}
        written = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
        return written.encode("utf-8") + b"\n"

    def has_run(self, uid: str) -> bool:
        """Whether there is such a run."""
        return any(uid in self._objects[kind] for kind in _RUNS)

    def process(
        self, uid: str, name: str, *, meant: Sequence[Json] = (), run: Json | None, notes: str | None = None
    ) -> None:
        """A process as meant, and as done unless `run` is `None`."""
        self.add("process_spec", f"{uid}.spec", name, parameters=list(meant), conditions=[], template=None, notes=notes)
        if run is not None:
            fields = {"parameters": [], "conditions": [], "source": None, "notes": notes, **run}
            self.add("process_run", uid, name, spec=link(f"{uid}.spec"), **fields)

    def ingredient(self, process: str, material: str, name: str, *, is_run: bool) -> None:
        """A material that goes into a process."""
        uid = f"{process}.ingredient.{material}"
        amounts = dict.fromkeys(("absolute_quantity", "mass_fraction", "number_fraction", "volume_fraction"))
        ends = {"material": link(f"{material}.spec"), "process": link(f"{process}.spec")}
        self.add("ingredient_spec", f"{uid}.spec", name, labels=[], **ends, **amounts)
        if is_run:
            ends = {"material": link(material), "process": link(process), "spec": link(f"{uid}.spec")}
            self.add("ingredient_run", uid, name, labels=[], **ends, **amounts)


def link(uid: str | None) -> Json | None:
    """A link to an object; nothing to nothing."""
    return None if uid is None else {"type": "link_by_uid", "scope": SCOPE, "id": uid}


def source(person: str | None, date: str | None) -> Json | None:
    """Who did it, and when."""
    return {"type": "performed_source", "performed_by": person, "performed_date": date} if person or date else None


def file_link(name: str, url: str) -> Json:
    """A file by its name and address."""
    return {"type": "file_link", "filename": name, "url": url}


def tags(*given: str | None) -> list[str]:
    """Tags below `kiban::`, without those that say nothing."""
    return [f"kiban::{each}" for each in given if each is not None]


def spec_property(value: Json) -> Json:
    """A property as a material spec holds it."""
    return {"type": "property_and_conditions", "property": value, "conditions": []}


def joined(parts: Iterable[str]) -> str | None:
    """Notes of several parts."""
    return "\n".join(part for part in parts if part) or None
