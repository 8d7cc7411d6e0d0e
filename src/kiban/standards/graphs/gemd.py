"""A record with its provenance as GEMD, the graphical expression of materials data of Citrine Informatics.

What is carried
---------------
Every sample, process and measurement that the record rests on or that came of it, as `gemd.json` reads and writes
them; the short identifiers are uids in the scope `kiban`:

- a sample is a material run with its material spec. The spec has the formula, the nominal composition and the values
  of the template, since a material run has no values of its own; a composition that an analysis found is a
  measurement run;
- a process is a process run with the parameters as they were done, and a process spec with those that were meant. A
  planned one is a spec alone. What went in are ingredients;
- a measurement is a measurement run: values of properties (origin `computed`), metadata and values of its template as
  parameters, instrument, operator and date, links to its files by their SHA-256.

A standard uncertainty makes a `normal_real` (also an expanded one, divided by its coverage factor), a resolution a
`uniform_real` as wide as that, a quantity without either a `nominal_real`. Units are written with full names. Words are
`nominal_categorical`, lists and groups are taken apart (`steps[2].temperature`). What the values cannot say stands in
notes; licence, rights holder, contributors, funding and citation in tags of the runs. The file begins with the objects;
`object` is a list of links to all runs and to the specs of planned processes, that of the record first: GEMD leads from
a material only to what it was made of.

What is lost
------------
The numbers of the measurements, the tables of analyses, earlier versions and history, and who may see what. A process
has one output in GEMD: one that made several samples stands there once for each. A sample has one process: one that
is not recorded is named as that, a sample that is a part of another one comes from a process `divide`, one that was
derived without a recorded process from `derive`. Conditions of a property are part of its name, because conditions in
GEMD belong to a whole measurement. Templates are not written. Which fields are conditions and not parameters Kiban
does not know. A log of a process is a measurement without a material.

Source
------
The GEMD specification (citrineinformatics.github.io/gemd-docs) and what the package gemd 2.3.2 writes; files are read
back with that package.
"""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from kiban.records.document import from_json, to_json
from kiban.records.link import Predicate
from kiban.records.measurement import Measurement
from kiban.records.process import Process, ProcessState
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.rights.lines import contributor_line, funding_line, holder_line
from kiban.records.sample import Sample
from kiban.records.template_use import TemplateUse
from kiban.standards.contract import Exported
from kiban.standards.gemd_objects import Json, Objects, file_link, joined, link, source, spec_property, tags
from kiban.standards.gemd_values import attribute, attributes, composition, distinct, quantity, word
from kiban.standards.graph_contract import GraphExportable
from kiban.standards.graph_losses import Losses, tell_of_graph
from kiban.standards.prov_statements import as_json
from kiban.standards.rights_losses import rights_losses

_FAMILY = (Predicate.DERIVED_FROM, Predicate.PART_OF)


class GemdExport:
    """See the module."""

    name = "gemd"
    title = "GEMD JSON"
    suffix = ".gemd.json"
    media_type = "application/json"

    def export(self, given: GraphExportable) -> Exported:
        """See `GraphExport.export`."""
        losses = Losses()
        tell_of_graph(losses, given)
        writing = _Writing(given, losses)
        for record in given.records:
            if record.kind is RecordKind.PROCESS:
                writing.process(record)
        for record in given.records:
            if record.kind is RecordKind.SAMPLE:
                writing.sample(record)
            elif record.kind is RecordKind.MEASUREMENT:
                writing.measurement(record)
        return Exported(content=writing.objects.as_bytes(writing.start()), losses=losses.sentences())


class _Writing:
    """One graph on its way into objects."""

    def __init__(self, given: GraphExportable, losses: Losses) -> None:
        self.objects = Objects()
        self._given, self._losses, self._records = given, losses, given.by_id()
        self._ties: defaultdict[tuple[UUID, Predicate], list[UUID]] = defaultdict(list)
        self._made: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for each in given.links:
            self._ties[each.subject, each.predicate].append(each.object)
        for record in given.records:
            if makers := self._ties[record.id, Predicate.MADE_BY]:
                self._made[makers[0]].append(record.id)
        self._facts: defaultdict[UUID, list[Fact]] = defaultdict(list)
        for fact in given.facts:
            self._facts[fact.evidence].append(fact)

    def start(self) -> str:
        start = self._given.start
        uids = self._runs_of(start) if start.kind is RecordKind.PROCESS else [start.pid]
        return uids[0] if self.objects.has_run(uids[0]) else f"{uids[0]}.spec"

    def _runs_of(self, process: Record) -> list[str]:
        """One for each output; the process itself where there is at most one."""
        made = self._made[process.id]
        return [f"{process.pid}.{self._records[i].pid}" for i in made] if len(made) > 1 else [process.pid]

    def process(self, record: Record) -> None:
        noun = from_json(dict(record.document), Process)
        planned = noun.state is ProcessState.PLANNED
        meant = list(attributes("parameter", noun.meant, self._losses, origin="specified"))
        done = list(attributes("parameter", noun.done, self._losses, origin="measured"))
        equipment = [attribute("parameter", "equipment", word(noun.equipment), origin="specified")]
        run = {
            "parameters": distinct([*done, *(equipment if noun.equipment else [])]),
            "source": source(noun.operator, noun.started_at),
            "tags": tags(
                f"state::{noun.state.value}", f"record::{record.pid}", _template(noun.template), *self._rights(record)
            ),
        }
        uids = self._runs_of(record)
        if len(uids) > 1:
            self._losses.tell(
                "Processes that made several samples stand in the file once for each of them ({n} processes)."
            )
        if noun.ended_at:
            self._losses.tell("The times at which processes ended are not in the file ({n}).")
        if planned:
            for sentence in rights_losses(self._given.rights.get(record.id)):
                self._losses.tell(f"Of a planned process: {sentence}")
            self._losses.tell("Planned processes are specs without a run ({n}).")
        for uid in uids:
            # The name of the record, so that a process that stands there twice is known as one.
            self.objects.process(
                uid, record.title, meant=meant, run=None if planned else run, notes=noun.description or None
            )
            for material in self._ties[record.id, Predicate.USED]:
                self._ingredient(uid, material, is_run=not planned)

    def _ingredient(self, process: str, material: UUID, *, is_run: bool) -> None:
        self.objects.ingredient(process, self._records[material].pid, self._records[material].title, is_run=is_run)

    def sample(self, record: Record) -> None:
        noun = from_json(dict(record.document), Sample)
        process = self._origin(record)
        told = list(attributes("property", noun.values, self._losses, origin="unknown"))
        if told:
            self._losses.tell(
                "The values of samples stand at their specs, because material runs have none ({n} samples)."
            )
        if noun.formula:
            told.append(attribute("property", "formula", word(noun.formula), origin="specified"))
        if noun.nominal is not None:
            about = joined((f"Basis: {noun.nominal.basis.value} fractions.", noun.nominal.note))
            shown = composition(noun.nominal)
            told.append(attribute("property", "nominal composition", shown, origin="specified", notes=about))
        self.objects.add(
            "material_spec",
            f"{record.pid}.spec",
            record.title,
            process=link(f"{process}.spec"),
            properties=[spec_property(each) for each in distinct(told)],
            template=None,
        )
        self.objects.add(
            "material_run",
            record.pid,
            record.title,
            process=link(process if self.objects.has_run(process) else None),
            spec=link(f"{record.pid}.spec"),
            sample_type="unknown",
            notes=joined((noun.description, _place(noun))),
            tags=tags(
                f"state::{noun.state.value}",
                *(f"hazard::{h}" for h in noun.hazards),
                _template(noun.template),
                *self._rights(record),
            ),
        )
        self._found_compositions(record, noun)
        amounts = [a for c in (noun.nominal, *noun.measured) if c is not None for a in c.amounts.values()]
        if any(amount.uncertainty is not None for amount in amounts):
            self._losses.tell("The uncertainties of compositions are not in the file ({n} samples).")

    def _origin(self, record: Record) -> str:
        """The uid of the process that the sample came out of; made here where none is recorded."""
        makers = self._ties[record.id, Predicate.MADE_BY]
        sources = [i for predicate in _FAMILY for i in self._ties[record.id, predicate]]
        if makers:
            self._losses_of_makers(makers, sources)
            maker = self._records[makers[0]]
            return f"{maker.pid}.{record.pid}" if len(self._made[maker.id]) > 1 else maker.pid
        if not sources:
            self._losses.tell("Samples without a recorded process have one that says so, because GEMD wants one ({n}).")
            uid, about = f"{record.pid}.origin", "No process is recorded in Kiban."
            self.objects.process(uid, "not recorded", run={"tags": tags("not_recorded")}, notes=about)
            return uid
        name = "divide" if self._ties[record.id, Predicate.PART_OF] else "derive"
        self._losses.tell(
            "Samples that came from others without a recorded process have one that is called divide or derive ({n})."
        )
        uid, about = f"{record.pid}.{name}", "No process is recorded in Kiban, only what the sample came from."
        self.objects.process(uid, name, run={"tags": tags("not_recorded")}, notes=about)
        for material in dict.fromkeys(sources):
            self._ingredient(uid, material, is_run=True)
        return uid

    def _losses_of_makers(self, makers: list[UUID], sources: list[UUID]) -> None:
        if len(makers) > 1:
            self._losses.tell("Of several processes that made one sample only the first is tied to it ({n} samples).")
        if set(sources) - set(self._ties[makers[0], Predicate.USED]):
            self._losses.tell("Ties to samples that the process did not use are lost ({n} samples).")

    def _found_compositions(self, record: Record, noun: Sample) -> None:
        for number, each in enumerate(noun.measured, start=1):
            about = joined((f"Basis: {each.basis.value} fractions.", each.note))
            found = attribute("property", "composition", composition(each), origin="measured", notes=about)
            self.objects.add(
                "measurement_run",
                f"{record.pid}.composition.{number}",
                each.method or "composition",
                **_measured(material=record.pid, properties=[found]),
            )

    def measurement(self, record: Record) -> None:
        noun = from_json(dict(record.document), Measurement)
        materials = [self._records[i].pid for i in self._ties[record.id, Predicate.MEASURED]]
        logs = [self._records[i].pid for i in self._ties[record.id, Predicate.LOG_OF]]
        if len(materials) > 1:
            self._losses.tell("Of several samples of one measurement only the first is tied to it ({n} measurements).")
        for _ in logs:
            self._losses.tell("Logs of processes are tied to them only by tags ({n}).")
        told = [
            *attributes("parameter", noun.values, self._losses, origin="unknown"),
            *attributes("parameter", noun.metadata, self._losses, origin="unknown", before="metadata."),
        ]
        if noun.instrument:
            told.append(attribute("parameter", "instrument", word(noun.instrument), origin="specified"))
        files = {noun.file_name: noun.file_checksum, **noun.companions}
        measured = _measured(
            material=materials[0] if materials else None,
            properties=distinct([self._property(fact) for fact in self._facts[record.id]]),
            parameters=distinct(told),
            source=source(noun.operator, noun.started_at),
        )
        address = f"{self._given.address}files/" if self._given.address else "urn:kiban:sha256:"
        self.objects.add(
            "measurement_run",
            record.pid,
            record.title,
            **measured,
            tags=tags(
                f"technique::{noun.technique}",
                _template(noun.template),
                *(f"log_of::{pid}" for pid in logs),
                *self._rights(record),
            ),
            file_links=[file_link(name, address + checksum) for name, checksum in files.items()],
            notes=joined(noun.doubts),
        )

    def _rights(self, record: Record) -> list[str]:
        """GEMD has no words for licences and people: they are tags."""
        rights = self._given.rights.get(record.id)
        if rights is None:
            return []
        said = [
            ("licence", rights.licence),
            ("rights_holder", holder_line(rights.rights_holder) if rights.rights_holder is not None else ""),
            *(("contributor", contributor_line(each)) for each in rights.contributors),
            *(("funding", funding_line(each)) for each in rights.funding),
            ("citation", rights.citation),
        ]
        return [f"{word}::{text}" for word, text in said if text]

    def _property(self, fact: Fact) -> Json:
        shown, about = quantity(fact.property.value, self._losses)
        condition = to_json(fact.property)["condition"]
        name = fact.property.term
        if condition:
            self._losses.tell(
                "The conditions of properties are part of their names, and stand in notes as JSON ({n} properties)."
            )
            name += f" ({', '.join(f'{key} {_short(value)}' for key, value in condition.items())})"
        notes = joined((about or "", f"Method: {fact.property.method}.", as_json(condition) or ""))
        return attribute("property", name, shown, origin="computed", notes=notes)


def _measured(
    *, material: str | None, properties: list[Json], parameters: list[Json] | None = None, **more: object
) -> Json:
    fields = {"properties": properties, "parameters": parameters or [], "conditions": [], "source": None, "spec": None}
    return {**fields, "material": link(material), **more}


def _template(use: TemplateUse | None) -> str | None:
    return None if use is None else f"template::{use.id}::{use.version}"


def _place(noun: Sample) -> str:
    told = {"Location": noun.location, "Custodian": noun.custodian}
    return "\n".join(f"{name}: {text}" for name, text in told.items() if text)


def _short(value: object) -> str:
    return f"{value['value']!r} {value['unit']}".strip() if isinstance(value, dict) else str(value)


EXPORT = GemdExport()
