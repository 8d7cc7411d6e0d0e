"""The metadata of an RO-Crate 1.1: the data set, its files, its records, its people, as one flat graph of JSON-LD.

References
----------
P. Sefton et al.: RO-Crate Metadata Specification 1.1 (2020), https://w3id.org/ro/crate/1.1,
https://doi.org/10.5281/zenodo.4031327.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kiban.standards.dataset_contract import DatasetExportable, Held
from kiban.standards.dataset_words import cited, licence_words
from kiban.standards.schema_org import described, identifiers

METADATA = "ro-crate-metadata.json"
_SPECIFICATION = "https://w3id.org/ro/crate/1.1"


def graph(given: DatasetExportable, files: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The whole document.

    Parameters
    ----------
    files : iterable of entities
        Of type `File`, with their paths in the crate as `@id`; `about` may hold the identifier of a record.
    """
    files = list(files)
    entities = _Entities()
    root = _root(given, entities)
    root["hasPart"] = [{"@id": file["@id"]} for file in files]
    root["mentions"] = [{"@id": _of(given, held)} for held in given.members]
    if not root["mentions"]:
        del root["mentions"]
    for held in given.members:
        entities.add(_record(given, held))
    descriptor = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _SPECIFICATION},
        "about": {"@id": "./"},
    }
    return {"@context": f"{_SPECIFICATION}/context", "@graph": [descriptor, root, *files, *entities.all()]}


def about(given: DatasetExportable, held: Held) -> dict[str, str]:
    """A reference to a member."""
    return {"@id": _of(given, held)}


class _Entities:
    """Entities beside the files, each once."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}

    def add(self, entity: dict[str, Any]) -> dict[str, str]:
        """Keep one, flat, and give a reference to it."""
        id_ = entity.get("@id") or f"#{entity['@type'].lower()}-{len(self._known) + 1}"
        flat = {"@id": id_}
        for name, value in entity.items():
            flat[name] = self.flat(value) if name != "@id" else id_
        self._known.setdefault(id_, flat)
        return {"@id": id_}

    def all(self) -> list[dict[str, Any]]:
        """All that were kept."""
        return list(self._known.values())

    def flat(self, value: Any) -> Any:
        """A value with references in place of the entities in it."""
        if isinstance(value, list):
            return [self.flat(each) for each in value]
        if isinstance(value, dict) and "@type" in value:
            return self.add(value)
        return value


def _root(given: DatasetExportable, entities: _Entities) -> dict[str, Any]:
    said = described(given)
    dataset, rights = given.dataset, given.rights
    # What is said in two languages stays one text here: RO-Crate wants plain strings for names.
    said |= {"name": dataset.name, "description": _text(dataset.description.en, dataset.description.ja, dataset.name)}
    for name in ("@id", "@type", "identifier", "license", "creditText", "isAccessibleForFree"):
        said.pop(name, None)
    root: dict[str, Any] = {"@id": "./", "@type": "Dataset", "identifier": identifiers(given)[0]["value"]}
    if dataset.doi:
        root["identifier"] = f"https://doi.org/{dataset.doi}"
    for name, value in said.items():
        root[name] = entities.flat(value)
    if "creator" in root:
        root["author"] = root.pop("creator")
    root["creditText"] = cited(given)
    root.setdefault("datePublished", dataset.frozen_at[:10] or given.record.created_at.date().isoformat())
    if rights is not None and rights.licence:
        name, address = licence_words(rights)
        licence = {"@id": address or f"#{rights.licence}", "@type": "CreativeWork", "name": name}
        root["license"] = entities.add(licence | {"identifier": rights.licence, "description": name})
    return root


def _of(given: DatasetExportable, held: Held) -> str:
    return f"{given.address}id/{held.record.pid}" if given.address else f"#{held.record.pid}"


def _record(given: DatasetExportable, held: Held) -> dict[str, Any]:
    record = held.record
    found: dict[str, Any] = {
        "@id": _of(given, held),
        "@type": "CreateAction" if record.kind.value == "process" else "Thing",
        "additionalType": record.kind.value,
        "name": record.title,
        "identifier": record.pid,
        "version": str(record.version),
    }
    if held.rights is not None and held.rights.licence:
        found["license"] = held.rights.licence
    return found


def _text(en: str, ja: str, otherwise: str) -> str:
    return "\n\n".join(filter(None, (en, ja))) or otherwise
