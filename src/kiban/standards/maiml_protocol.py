"""The first half of a MaiML document: who and with what (`document`), and how it was meant (`protocol`).

The protocol is a Petri net: the sample and the conditions go into the measurement, which gives the raw file; reading
that gives the numbers; analysing those gives the findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid5

import kiban
from kiban.records.rights.json_text import rights_text
from kiban.records.rights.lines import contributor_line, funding_line, holder_line
from kiban.records.rights.rights import Rights
from kiban.records.technique import TECHNIQUES
from kiban.standards.contract import Exportable
from kiban.standards.maiml_elements import SAME, XSI, Builder
from kiban.standards.maiml_values import write_text, write_texts

if TYPE_CHECKING:
    from lxml.etree import _Element

_OF_INSTRUMENT = ("maker", "model", "serial_number", "software", "firmware")
"""Metadata that say which instrument it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One transition of the net, with the places before and after it."""

    name: str
    description: str
    takes: tuple[str, ...]
    gives: str


PLACES = {
    "sample": "material",
    "conditions": "condition",
    "raw_file": "result",
    "numbers": "result",
    "findings": "result",
}
"""Each place of the net, and whether a material, a condition or a result lies there."""
_DESCRIPTIONS = {
    "sample": "The sample that is measured",
    "conditions": "The conditions under which it is measured",
    "raw_file": "The file that the instrument writes",
    "numbers": "The numbers with their units, and the header of the file",
    "findings": "What follows from the numbers",
}


def steps(given: Exportable) -> tuple[Step, ...]:
    """What was done, in order."""
    technique = TECHNIQUES[given.reading.technique]
    reading = f"Reading of the file by {given.measurement.reader}"
    measured = (
        Step("measure", technique.en, ("sample", "conditions"), "raw_file"),
        Step("read", reading, ("raw_file",), "numbers"),
    )
    if not (given.measurement.analyses or given.facts):
        return measured
    return (*measured, Step("analyse", "Analysis of the numbers", ("numbers",), "findings"))


def write_document(build: Builder, root: _Element, given: Exportable) -> None:
    """Write who made the document, whose the data are, with which instrument, and when."""
    record, reading = given.record, given.reading
    document = build.object(
        root, "document", "document", name="measurement", description=reading.title, annotation=record.pid
    )
    write_text(build, document, "identifier", record.pid)
    write_text(build, document, "record", str(record.id))
    write_text(build, document, "version", str(record.version))
    if given.rights is not None:
        _write_rights(build, document, given.rights)
    creator = build.object(
        document,
        "creator",
        "creator",
        uuid=str(uuid5(SAME, f"kiban {kiban.__version__}")),
        name="Kiban",
        description=f"Kiban {kiban.__version__}",
    )
    build.reference(creator, "vendorRef", "vendor")
    known = {name: str(reading.metadata[name]) for name in _OF_INSTRUMENT if name in reading.metadata}
    has_instrument = bool(reading.instrument or known)
    if has_instrument:
        build.reference(creator, "instrumentRef", "instrument")
    build.object(
        document,
        "vendor",
        "vendor",
        uuid=str(uuid5(SAME, "The Kiban developers")),
        name="KibanDevelopers",
        description="The Kiban developers",
    )
    if "maker" in known:
        build.object(
            document,
            "vendor",
            "maker",
            uuid=str(uuid5(SAME, f"maker {known['maker']}")),
            name=known["maker"],
            description=known["maker"],
        )
    # The schema wants an owner; its guideline says `anonymous` where none is named.
    holder = given.rights.rights_holder if given.rights is not None else None
    owner = holder.name if holder is not None else reading.operator if reading.operator is not None else "anonymous"
    build.object(document, "owner", "owner", uuid=str(uuid5(SAME, f"person {owner}")), name=owner, description=owner)
    if has_instrument:
        _write_instrument(build, document, reading.instrument, known)
    build.element(document, "date", record.created_at.isoformat())


def _write_rights(build: Builder, document: _Element, rights: Rights) -> None:
    """MaiML has an owner and no words for licences: they are properties of the document."""
    if rights.licence:
        write_text(build, document, "licence", rights.licence)
    if rights.rights_holder is not None:
        write_text(build, document, "rights_holder", holder_line(rights.rights_holder))
    for name, lines in (
        ("contributors", [contributor_line(each) for each in rights.contributors]),
        ("funding", [funding_line(each) for each in rights.funding]),
    ):
        if lines:
            write_texts(build, document, name, lines)
    if rights.citation:
        write_text(build, document, "citation", rights.citation)
    write_text(build, document, "rights", rights_text(rights))


def _write_instrument(build: Builder, document: _Element, name: str | None, known: dict[str, str]) -> None:
    called = name or known.get("model") or known.get("maker") or "instrument"
    identity = " / ".join([called, *(known[key] for key in ("maker", "model", "serial_number") if key in known)])
    instrument = build.object(
        document,
        "instrument",
        "instrument",
        uuid=str(uuid5(SAME, f"instrument {identity}")),
        name=called,
        description=called,
    )
    for key, text in known.items():
        write_text(build, instrument, key, text)


def write_protocol(build: Builder, root: _Element, given: Exportable, instances: dict[str, _Element]) -> None:
    """Write the net and a template for what lies at each of its places.

    Parameters
    ----------
    instances : mapping of str to element
        By place, the object of `data` that lies there: its template has the same properties without their values.
    """
    protocol = build.object(root, "protocol", "protocol", name="protocol", description="As the raw file tells it")
    technique = given.reading.technique
    method = build.object(
        protocol, "method", "method", name=technique, description=TECHNIQUES[technique].en, annotation=technique
    )
    _write_net(build, method, given)
    program = build.object(method, "program", "program", name="program")
    for step in steps(given):
        instruction = build.object(
            program, "instruction", f"instruction-{step.name}", name=step.name, description=step.description
        )
        build.reference(instruction, "transitionRef", f"transition-{step.name}")
    for kind in ("material", "condition", "result"):
        for place, instance in instances.items():
            if PLACES[place] == kind:
                template = build.object(
                    program,
                    f"{kind}Template",
                    f"template-{place}",
                    name=f"{place}_template",
                    description=_DESCRIPTIONS[place],
                )
                _copy_without_values(build, instance, template)
                build.reference(template, "placeRef", f"place-{place}")


def _write_net(build: Builder, method: _Element, given: Exportable) -> None:
    net = build.object(method, "pnml", "pnml", name="net")
    done = steps(given)
    arcs = []
    for place in dict.fromkeys(place for step in done for place in (*step.takes, step.gives)):
        made = build.element(net, "place", id=f"place-{place}")
        build.element(made, "name", f"kiban:{place}")
        build.element(made, "description", _DESCRIPTIONS[place])
    for step in done:
        made = build.element(net, "transition", id=f"transition-{step.name}")
        build.element(made, "name", f"kiban:{step.name}")
        build.element(made, "description", step.description)
        arcs += [(f"place-{place}", f"transition-{step.name}") for place in step.takes]
        arcs.append((f"transition-{step.name}", f"place-{step.gives}"))
    for source, target in arcs:
        build.element(net, "arc", id=f"arc-{source}-{target}", source=source, target=target)


_OURS = ("kiban:header", "kiban:analysis", "kiban:property", "kiban:doubts")
"""What differs from one measurement to the next, and so is no part of a template."""


def _copy_without_values(build: Builder, instance: _Element, template: _Element) -> None:
    """Copy the properties and contents of an instance: keys, types and units, no values."""
    for child in instance:
        key = child.get("key")
        if key is not None and key not in _OURS:
            attributes = {name: str(child.get(name)) for name in ("axis", "units") if child.get(name) is not None}
            tag = str(child.tag).rpartition("}")[2]
            build.typed(template, tag, key, str(child.get(f"{{{XSI}}}type")), **attributes)
