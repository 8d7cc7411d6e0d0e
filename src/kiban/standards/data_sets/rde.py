"""NIMS RDE: a measurement as a data set of RDE (RDEデータセット), with the definitions that it was made with.

What is carried
---------------
A zip archive laid out as RDE's data folder: `invoice/invoice.json`, `meta/metadata.json` where there are metadata, the
definitions in `tasksupport/`, and the files of the data set in their folders (`inputdata/`, `raw/`, `structured/`,
`main_image/`, ...). A data set that was imported from RDE leaves as it came: files byte for byte, and of the invoice,
the metadata and the definitions all that has not been changed here, unknown keys and the order of keys included. What
was changed is written in its place: numbers in the unit that the definitions name, choices, dates, attributes of the
sample under their term ids. The sample is named as it is called here.

A measurement that did not come from RDE goes out if a template describes it: its fields become entries of `custom`, and
the definitions are made of the template.

What is lost
------------
Uncertainties, tables, fields that may hold several values, and bounds that are no whole numbers: RDE has no place for
them. Labels of choices. RDE identifies owners by numbers of its own; where none is known, 56 zeros stand there, and the
data set has to be given an owner when it is registered. Licence, rights holder, contributors and funding. Normalised
numbers, what analyses found, history, tier and terms of access are not in the archive.

Source
------
The definitions of data sets as rdetoolkit 1.7.1 documents and checks them (its `validate` commands accept what is
written here), and the public data set templates of NIMS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiban.errors import NotExportable
from kiban.records.document import from_json
from kiban.records.measurement import Measurement
from kiban.records.sample import Sample
from kiban.standards.contract import DataSet, Exported
from kiban.standards.rde_invoice import NOBODY, Said, fresh, write_values
from kiban.standards.rde_template import INVOICE_SCHEMA, MARK, METADATA_DEFINITIONS
from kiban.standards.rde_template_export import write_template
from kiban.standards.rde_text import member, parsed, written
from kiban.standards.rights_losses import rights_losses
from kiban.standards.zip_archive import zipped


@dataclass(frozen=True, slots=True)
class RdeExport:
    """Writes data sets of RDE."""

    name: str = "rde"
    title: str = "NIMS RDE data set"
    suffix: str = ".rde.zip"
    media_type: str = "application/zip"

    def obstacle(self, measurement: Measurement) -> str | None:
        """None where a template describes it."""
        if measurement.template is None:
            return "No template describes it, so RDE would not know what its values mean."
        return None

    def export(self, given: DataSet) -> Exported:
        """Write the archive."""
        if (obstacle := self.obstacle(given.measurement)) is not None:
            raise NotExportable(obstacle, mend="Describe it with a template first.")
        losses: list[str] = []
        definitions = write_template(given.template, losses)
        kept = given.measurement.extra.get(MARK, {})
        before = Said(invoice=kept["invoice"], metadata=kept.get("metadata")) if kept else _fresh(given, losses)
        said = write_values(given.template, given.measurement.values, before, _entries(definitions), losses)
        invoice = _with_name(said.invoice, given)
        members = {f"tasksupport/{name}": content for name, content in definitions.items()}
        members[kept.get("invoice_path") or "invoice/invoice.json"] = invoice.encode()
        if said.metadata is not None:
            members[kept.get("metadata_path") or "meta/metadata.json"] = said.metadata.encode()
        members |= {path: content for path, content in given.files.items() if path not in members}
        if hidden := [path for path in given.hidden if path not in members]:
            losses.append(f"Files that you may not see are left out: {', '.join(hidden[:20])}.")
        losses.extend(rights_losses(given.rights))
        losses.append("Normalised numbers, what analyses found, history, tier and terms of access are not in the file.")
        content = zipped(dict(sorted(members.items())), given.record.created_at)
        return Exported(content=content, losses=tuple(dict.fromkeys(losses)))


def _fresh(given: DataSet, losses: list[str]) -> Said:
    noun = from_json(dict(given.sample.document), Sample) if given.sample is not None else None
    losses.append(f"RDE's identifier of the owner is not known: {len(NOBODY)} zeros stand in its place.")
    return fresh(
        identifier=str(given.record.id),
        day=given.record.created_at.date().isoformat(),
        title=given.record.title,
        sample=noun.name if noun is not None else None,
        formula=noun.formula if noun is not None else "",
        description=noun.description if noun is not None else "",
    )


def _entries(definitions: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    schema = parsed(definitions[INVOICE_SCHEMA].decode(), INVOICE_SCHEMA)
    custom = member(member(schema, "properties", INVOICE_SCHEMA), "custom", INVOICE_SCHEMA)
    return {
        "custom": member(custom, "properties", INVOICE_SCHEMA),
        "meta": parsed(definitions.get(METADATA_DEFINITIONS, b"{}").decode(), METADATA_DEFINITIONS),
    }


def _with_name(text: str, given: DataSet) -> str:
    """The sample goes by the name that it has here; names that it has in RDE stay beside it."""
    invoice = parsed(text, "invoice.json")
    said = invoice.get("sample")
    if given.sample is None or not isinstance(said, dict):
        return text
    names = said.get("names") if isinstance(said.get("names"), list) else []
    if given.sample.title in (str(name).strip() for name in names or ()):
        return text
    return written({**invoice, "sample": {**said, "names": [given.sample.title, *(names or ())]}})


EXPORT = RdeExport()
