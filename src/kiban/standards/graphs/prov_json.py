"""A record with its provenance as W3C PROV, in the form PROV-JSON.

What is carried
---------------
Every sample, process and measurement that the record rests on or that came of it, under its short identifier
(`kb:7Q4M-2KXD-98`):

- a sample is an entity, with formula, compositions, state, place, hazards and the values of its template;
- a process is an activity with what was meant and what was done, its state and equipment. A planned one has not
  happened: it is a `prov:Plan`, and what it is tied to is an influence;
- a measurement is an activity, its data an entity (`kb:7Q4M-2KXD-98.data`) that it generated and that was derived
  from the raw file, an entity under its SHA-256;
- a value of a property is an entity with `prov:value`, unit, uncertainty, method and conditions, derived from the
  data;
- licence, rights holder and citation of a record (its own rights, or those of its project) are attributes of Dublin
  Core, all of its rights with contributors and funding JSON text in `kiban:rights`;
- who registered a record, and who carried out a process or measurement, is an agent;
- a campaign that learnt from some of the records is an activity that used them, with its experiments that rest on
  them and what an engine suggested for these (`kiban.standards.prov_campaigns`).

The ties are relations: `measured` and `used` are *used*, `made_by` is *wasGeneratedBy*, `derived_from` is
*wasDerivedFrom*, `part_of` the same with the type `kiban:Part`, `log_of` is *wasInformedBy*. Numbers are written so
that they come back to the last digit. Compositions, metadata and values of templates are attributes that hold JSON
text. The address that `--address` gives becomes the namespace of identifiers, so that they resolve; without it they
are URNs.

What is lost
------------
The numbers of the measurements (their files are named by checksums), the tables of analyses, earlier versions and
history, who may see what, and experiments of campaigns that rest on none of the records. What the fields of a
template mean stands in the template, which is not in the file. A time without a zone cannot be the start or end of
an activity, because PROV orders events by time; it is kept as an attribute. Shapes of uncertainties have no place
in PROV: they are attributes in the vocabulary of Kiban.

Source
------
W3C Recommendations PROV-DM and PROV-N (30 April 2013) and the W3C Member Submission The PROV-JSON Serialization (24
April 2013). What is written is read back in tests with the library `prov`.
"""

from __future__ import annotations

from typing import Any

from kiban.records.document import from_json, to_json
from kiban.records.link import Link, Predicate
from kiban.records.measurement import Measurement
from kiban.records.process import Process, ProcessState
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.rights.json_text import short_json
from kiban.records.rights.licence import expression_address
from kiban.records.sample import Sample
from kiban.records.template_use import TemplateUse
from kiban.standards.contract import Exported
from kiban.standards.graph_contract import GraphExportable
from kiban.standards.graph_losses import Losses, tell_of_graph
from kiban.standards.prov_campaigns import write_campaigns
from kiban.standards.prov_statements import Statements, as_json, double, local, name_of, texts, whole, zoned

_RELATIONS = {
    Predicate.MEASURED: ("used", "prov:activity", "prov:entity"),
    Predicate.USED: ("used", "prov:activity", "prov:entity"),
    Predicate.MADE_BY: ("wasGeneratedBy", "prov:entity", "prov:activity"),
    Predicate.DERIVED_FROM: ("wasDerivedFrom", "prov:generatedEntity", "prov:usedEntity"),
    Predicate.PART_OF: ("wasDerivedFrom", "prov:generatedEntity", "prov:usedEntity"),
    Predicate.LOG_OF: ("wasInformedBy", "prov:informed", "prov:informant"),
}
_NO_ZONE = "Times without a zone are attributes, not the start or end of an activity ({n})."
_IN_TEMPLATES = "What the fields of the templates mean is not in the file; their values are JSON text under their keys."


_TERMS = "http://purl.org/dc/terms/"


class ProvJsonExport:
    """See the module."""

    name = "prov"
    title = "W3C PROV-JSON"
    suffix = ".prov.json"
    media_type = "application/json"

    def export(self, given: GraphExportable) -> Exported:
        """See `GraphExport.export`."""
        losses = Losses()
        tell_of_graph(losses, given, has_campaigns=True)
        statements = Statements(_prefixes(given.address) | ({"dct": _TERMS} if given.rights else {}))
        writing = _Writing(given, statements, losses)
        for record in given.records:
            writing.record(record)
        for link in given.links:
            writing.link(link)
        for fact in given.facts:
            writing.fact(fact)
        write_campaigns(given, statements, losses)
        return Exported(content=statements.as_bytes(), losses=losses.sentences())


def _prefixes(address: str | None) -> dict[str, str]:
    return {
        "kb": f"{address}id/" if address else "urn:kiban:id:",
        "sha256": f"{address}files/" if address else "urn:kiban:sha256:",
        "value": "urn:kiban:value:",
        "agent": "urn:kiban:agent:",
        "kiban": "urn:kiban:vocabulary:",
    }


class _Writing:
    """One graph on its way into statements."""

    def __init__(self, given: GraphExportable, statements: Statements, losses: Losses) -> None:
        self._pids = {record.id: record.pid for record in given.records}
        self._rights = given.rights
        self._statements = statements
        self._losses = losses
        self._planned = {r.id for r in given.records if r.kind is RecordKind.PROCESS and _is_planned(r)}

    def record(self, record: Record) -> None:
        {RecordKind.SAMPLE: self._sample, RecordKind.PROCESS: self._process}.get(record.kind, self._measurement)(record)

    def _sample(self, record: Record) -> None:
        noun = from_json(dict(record.document), Sample)
        compositions = [to_json(each) for each in (noun.nominal, *noun.measured) if each is not None]
        attributes = {
            **_common(record, "kiban:Sample", noun.description),
            "kiban:formula": noun.formula,
            "kiban:compositions": as_json(compositions),
            "kiban:elements": as_json(dict(noun.composition)),
            "kiban:state": noun.state.value,
            "prov:location": noun.location,
            "kiban:custodian": noun.custodian,
            "kiban:hazard": texts(noun.hazards),
            **self._of_rights(record),
            **self._of_template(noun.template, {"kiban:values": noun.values}),
        }
        self._statements.element("entity", record.pid, attributes)
        self._attribute(record, record.pid)

    def _process(self, record: Record) -> None:
        noun = from_json(dict(record.document), Process)
        planned = record.id in self._planned
        attributes = {
            **_common(record, "kiban:Process", noun.description),
            "kiban:state": noun.state.value,
            "kiban:equipment": noun.equipment,
            **self._of_rights(record),
            **self._of_template(noun.template, {"kiban:meant": noun.meant, "kiban:done": noun.done}),
            **self._times({"startTime": noun.started_at, "endTime": noun.ended_at}, is_activity=not planned),
        }
        if planned:
            attributes["prov:type"] = name_of("kiban:Process", "prov:Plan")
            self._statements.element("entity", record.pid, {**attributes, "kiban:operator": noun.operator})
            self._attribute(record, record.pid)
        else:
            self._statements.element("activity", record.pid, {**attributes, **_registered_by(record)})
            self._associate(record, noun.operator)

    def _measurement(self, record: Record) -> None:
        noun = from_json(dict(record.document), Measurement)
        attributes = {
            **_common(record, "kiban:Measurement", ""),
            "kiban:technique": noun.technique,
            "kiban:instrument": noun.instrument,
            "kiban:linkedBy": noun.linked_by,
            **self._of_template(noun.template, {"kiban:values": noun.values}),
            **self._times({"startTime": noun.started_at}, is_activity=True),
            **_registered_by(record),
        }
        self._statements.element("activity", record.pid, attributes)
        self._associate(record, noun.operator)
        data = f"{record.pid}.data"
        described = {
            "prov:label": record.title,
            "prov:type": name_of("kiban:Data"),
            "kiban:normalised": noun.normalised,
            "kiban:reader": f"{noun.reader}/{noun.reader_version}" if noun.reader else "",
            "kiban:reading": whole(noun.reading_index),
            "kiban:metadata": as_json(dict(noun.metadata)),
            "kiban:doubt": texts(noun.doubts),
            **self._of_rights(record),
        }
        self._statements.element("entity", data, described)
        self._attribute(record, data)
        self._statements.relation("wasGeneratedBy", {"prov:entity": data, "prov:activity": record.pid})
        for name, checksum in {noun.file_name: noun.file_checksum, **noun.companions}.items():
            self._file(name, checksum, data)

    def _file(self, name: str, checksum: str, data: str) -> None:
        described = {"prov:label": name, "prov:type": name_of("kiban:RawFile"), "kiban:sha256": checksum}
        self._statements.element("entity", f"sha256:{checksum}", described)
        ends = {"prov:generatedEntity": data, "prov:usedEntity": f"sha256:{checksum}"}
        # The same bytes may have been read under another name.
        self._statements.relation("wasDerivedFrom", ends, {"kiban:fileName": name})

    def _times(self, times: dict[str, str | None], *, is_activity: bool) -> dict[str, Any]:
        written: dict[str, Any] = {}
        for name, text in times.items():
            moment = zoned(text) if is_activity else None
            written[f"prov:{name}" if moment else f"kiban:{name}"] = moment or text
            if text and is_activity and not moment:
                self._losses.tell(_NO_ZONE)
        return written

    def _of_template(self, use: TemplateUse | None, values: dict[str, Any]) -> dict[str, Any]:
        if use is None:
            return {}
        self._losses.tell(_IN_TEMPLATES)
        named = {"kiban:template": use.id, "kiban:templateName": use.name, "kiban:templateVersion": whole(use.version)}
        return {**named, **{name: as_json(to_json(dict(value))) for name, value in values.items()}}

    def _of_rights(self, record: Record) -> dict[str, Any]:
        rights = self._rights.get(record.id)
        if rights is None:
            return {}
        address, holder = expression_address(rights.licence), rights.rights_holder
        return {
            "dct:license": {"$": address, "type": "xsd:anyURI"} if address else rights.licence,
            "dct:rightsHolder": holder.name if holder is not None else "",
            "dct:bibliographicCitation": rights.citation,
            "kiban:licence": rights.licence,
            "kiban:rights": as_json(short_json(rights)),
        }

    def _attribute(self, record: Record, entity: str) -> None:
        party = _party(record.owner)
        self._statements.element("agent", party, {"prov:label": record.owner})
        self._statements.relation("wasAttributedTo", {"prov:entity": entity, "prov:agent": party})

    def _associate(self, record: Record, operator: str | None) -> None:
        if operator:
            person = f"agent:operator.{local(operator)}"
            self._statements.element("agent", person, {"prov:label": operator, "prov:type": name_of("prov:Person")})
            self._statements.relation("wasAssociatedWith", {"prov:activity": record.pid, "prov:agent": person})

    def link(self, link: Link) -> None:
        subject, target = self._pids[link.subject], self._pids[link.object]
        if self._planned & {link.subject, link.object}:
            ends = {"prov:influencee": subject, "prov:influencer": target}
            self._statements.relation("wasInfluencedBy", ends, {"kiban:tie": link.predicate.value})
            self._losses.tell("Ties of planned processes are influences, because nothing was used or made yet ({n}).")
            return
        section, first, second = _RELATIONS[link.predicate]
        kind = {"prov:type": name_of("kiban:Part")} if link.predicate is Predicate.PART_OF else {}
        self._statements.relation(section, {first: subject, second: target}, kind)

    def fact(self, fact: Fact) -> None:
        value, doubt = fact.property.value, fact.property.value.uncertainty
        subject = self._pids.get(fact.subject) if fact.subject is not None else None
        attributes = {
            "prov:label": fact.property.term,
            "prov:type": name_of("kiban:PropertyValue"),
            "prov:value": double(value.value),
            "kiban:unit": value.unit,
            "kiban:method": fact.property.method,
            "kiban:condition": as_json(to_json(fact.property)["condition"]),
            "kiban:of": name_of(subject) if subject is not None else None,
        }
        if doubt is not None:
            attributes |= {
                "kiban:uncertainty": double(doubt.value),
                "kiban:uncertaintyKind": doubt.kind.value,
                "kiban:uncertaintyOrigin": doubt.origin.value,
                "kiban:distribution": doubt.distribution.value,
                "kiban:coverageFactor": double(doubt.coverage_factor),
                "kiban:degreesOfFreedom": double(doubt.degrees_of_freedom),
            }
        self._statements.element("entity", f"value:{fact.id}", attributes)
        data = f"{self._pids[fact.evidence]}.data"
        ends = {"prov:generatedEntity": f"value:{fact.id}", "prov:usedEntity": data}
        self._statements.relation("wasDerivedFrom", ends)


def _common(record: Record, kind: str, description: str) -> dict[str, Any]:
    return {
        "prov:label": record.title,
        "prov:type": name_of(kind),
        "kiban:description": description,
        "kiban:version": whole(record.version),
        "kiban:versionFrom": {"$": record.created_at.isoformat(), "type": "xsd:dateTime"},
    }


def _is_planned(record: Record) -> bool:
    return record.document.get("state") == ProcessState.PLANNED.value


def _party(name: str) -> str:
    return f"agent:party.{local(name)}"


def _registered_by(record: Record) -> dict[str, Any]:
    # An activity cannot be attributed to an agent, and who wrote it down did not carry it out.
    return {"kiban:registeredBy": record.owner}


EXPORT = ProvJsonExport()
