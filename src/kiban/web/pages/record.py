"""The page of one record: a measurement with its plot, a sample with its values, the project."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from kiban.operations.directory_changes import as_uuid, view_of
from kiban.operations.embargoes import ending_of
from kiban.operations.find import axis_name, hits
from kiban.operations.laboratory_runs import runs_of_campaign
from kiban.operations.show import Shown, resolve, show
from kiban.operations.terms import vocabulary_of
from kiban.quantity.measured import Measured
from kiban.records.document import from_json
from kiban.records.likeness import COMPARED
from kiban.records.matter.crystal import Crystal
from kiban.records.matter.crystal_rows import crystal_in
from kiban.records.measurement import Measurement
from kiban.records.property import Fact
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.record import Record, RecordKind
from kiban.records.term import PropertyTerm
from kiban.standards.installed import graph_exports, suited
from kiban.web.access_words import say_rule
from kiban.web.asker import AtDesk, Desk
from kiban.web.campaign_pictures_shown import overview_pictures
from kiban.web.campaign_shown import campaign_values
from kiban.web.crystal_picture import colours_of, crystal_picture
from kiban.web.language import Speaker, language_of
from kiban.web.number_text import concise, number_text
from kiban.web.page import page
from kiban.web.provenance_graph import Graph, Node, draw, shortened
from kiban.web.record_described import measurement_values, process_values, sample_values
from kiban.web.rights_shown import shown_rights
from kiban.web.run_shown import run_values
from kiban.web.show_values import instant, quantity, quantity_document
from kiban.web.unit_text import axis_title, with_unit

ROUTER = APIRouter()

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:")
_IMAGES = {
    "electron_diffraction", "electron_microscopy", "image", "optical_microscopy", "scanning_probe_microscopy",
    "surface_topography", "xrd_image",
}  # fmt: skip
"""Techniques whose last two dimensions are rows and columns of a picture."""
_PICTURE_WORDS = ("averaged", "shrunk", "mean")
_PEAK_COLUMNS = {"two_theta": "two_theta", "position": "", "potential": "potential"}
"""Columns of analysis tables that give a peak's place, and the variable they are on ("" is the first axis)."""


@ROUTER.get("/id/{pid}")
def find_by_label(pid: str) -> Response:
    """Lead on from the short address on a label."""
    return RedirectResponse(f"/records/{quote(str(resolve(pid)), safe=':')}", status_code=307)


@ROUTER.get("/records/{identifier}")
def show_record(
    request: Request,
    desk: AtDesk,
    identifier: str,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """Show it, or an earlier version of it."""
    shown = show(desk.asker, desk.resources, identifier, version=version)
    speaker = Speaker(language_of(request))
    values: dict[str, Any] = {
        "shown": shown,
        "actors": _actors(desk, shown, speaker),
        "why": say_rule(speaker, *shown.grounds[0]),
        "ending": ending_of(desk.asker, desk.resources, shown.scope),
        "owed": shown.owed,
        "record": shown.record,
        "document": shown.record.document,
        "provenance": draw(_graph(shown, speaker), speaker("record.provenance_label")),
        "rights": shown_rights(shown.rights, speaker.language),
        "may_compare": _may_compare(shown),
        "fact_groups": _fact_groups(shown, speaker, _terms(desk, shown)),
    }
    if shown.record.kind is RecordKind.MEASUREMENT:
        described = measurement_values(desk.asker, desk.resources, shown, speaker)
        return page(request, "record.html", **values, **described, **_measurement(shown, speaker))
    if shown.record.kind is RecordKind.TEMPLATE:
        asked = f"?version={version}" if version is not None else ""
        return RedirectResponse(f"/templates/{shown.record.pid}{asked}", status_code=307)
    if shown.record.kind is RecordKind.DATASET:
        return RedirectResponse(f"/datasets/{shown.record.pid}", status_code=307)
    if shown.record.kind is RecordKind.SAMPLE:
        measured = [tie.other for tie in shown.ties if tie.other.kind is RecordKind.MEASUREMENT]
        measured.sort(key=lambda r: (str(r.document.get("technique")), r.title, r.pid))
        cards = hits(desk.resources, measured, desk.resources.visible(desk.asker))
        described = sample_values(desk.asker, desk.resources, shown, speaker)
        return page(request, "record_sample.html", **values, **described, cards=cards)
    if shown.record.kind is RecordKind.PROCESS:
        described = process_values(desk.asker, desk.resources, shown, speaker)
        return page(request, "record_process.html", **values, **described)
    if shown.record.kind is RecordKind.CAMPAIGN:
        described = campaign_values(shown, speaker)
        pictures = overview_pictures(shown.record.pid, described["campaign"], speaker)
        if not shown.is_earlier:
            described |= run_values(desk, runs_of_campaign(desk.asker, desk.resources, shown.record), speaker)
        return page(request, "record_campaign.html", **values, **described, pictures=pictures)
    return page(request, "record_project.html", **values)


def _may_compare(shown: Shown) -> bool:
    """Whether there may be something like it to be looked for."""
    if shown.is_earlier or not shown.may("data"):
        return False
    if shown.record.kind is RecordKind.SAMPLE:
        return bool(shown.composition)
    return bool(shown.record.document.get("normalised")) and shown.record.document.get("technique") in COMPARED


def _actors(desk: Desk, shown: Shown, speaker: Speaker) -> dict[str, str]:
    """What the people in its history are called, of whom the visitor may know."""
    acted = {event.actor for event in shown.events} | {version.created_by for version in shown.versions}
    known = view_of(desk.asker, desk.resources)
    ids = {actor: identifier for actor in acted if (identifier := as_uuid(actor)) is not None}
    return {actor: known.name_of(identifier) or speaker("parties.somebody") for actor, identifier in ids.items()}


def _measurement(shown: Shown, speaker: Speaker) -> dict[str, Any]:
    document = shown.record.document
    variables = document.get("variables", ())
    arrays = _arrays(document.get("technique"), variables)
    # What the script needs to know goes into one attribute, escaped like any other text.
    plot: dict[str, Any] = {
        "technique": document.get("technique"),
        "address": f"/api/v1/records/{shown.record.pid}/numbers?points=4000",
        "titles": _titles(variables, speaker),
        "peaks": _peaks(document.get("analyses", ())),
        "words": {key: speaker(f"record.plot_{key}") for key in ("peak", "failed", "point", "nothing", "cannot_log")},
    }
    if arrays:
        plot |= {
            "section_address": f"/api/v1/records/{shown.record.pid}/section",
            "arrays": arrays,
            "axes": [v["name"] for v in variables if v.get("role") == "axis" and v.get("dimensions") == [v["name"]]],
            "is_image": document.get("technique") in _IMAGES,
            "words": plot["words"] | {key: speaker(f"record.picture_{key}") for key in _PICTURE_WORDS},
        }
    crystal = crystal_in(document)
    return {
        "crystal": _crystal(crystal, shown.record.title, speaker) if crystal is not None else None,
        "pictures": bool(arrays),
        "axis": axis_name(document),
        "exports": (*suited(from_json(dict(document), Measurement)), *graph_exports()),
        "plot": json.dumps(plot, ensure_ascii=False),
        "analyses": [_analysis(analysis, speaker) for analysis in document.get("analyses", ())],
        "metadata": [(name, _metadata_text(value)) for name, value in document.get("metadata", {}).items()],
        "doubts": [(None, doubt) for doubt in document.get("doubts", ())]
        + [(a["name"], doubt) for a in document.get("analyses", ()) for doubt in a.get("doubts", ())],
    }


def _crystal(crystal: Crystal, title: str, speaker: Speaker) -> dict[str, Any]:
    label = speaker("crystal.label", title=title, n=len(crystal.sites))
    return {"picture": crystal_picture(crystal, label), "colours": colours_of(crystal), "n_sites": len(crystal.sites)}


def _arrays(technique: str | None, variables: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The arrays that are shown as pictures; maps of two dimensions that are no images are drawn by `plot.js`."""
    signals = [v for v in variables if v.get("role") == "signal" and len(v.get("shape", ())) > 1]
    if technique not in _IMAGES:
        signals = [v for v in signals if len(v["shape"]) > 2]
    return [{key: v[key] for key in ("name", "dimensions", "shape")} for v in signals]


def _titles(variables: Iterable[Mapping[str, Any]], speaker: Speaker) -> dict[str, str]:
    """What axes are called: by variable, and by dimension where no variable says the places along it."""
    dimensions = {name for v in variables for name in v.get("dimensions", ())}
    return {name: speaker.word("variable", name).replace("_", " ") for name in sorted(dimensions)} | {
        v["name"]: _axis(v, speaker) for v in variables
    }


def _axis(variable: Mapping[str, Any], speaker: Speaker) -> str:
    name, unit = variable["name"], variable["unit"]
    # Absorbance is a unit here, so that it is not taken for any number; on an axis once is enough.
    return axis_title(speaker.word("variable", name).replace("_", " "), "" if unit == name else unit)


def _metadata_text(value: Any) -> str:
    if isinstance(value, str) and _TIME.match(value):
        return instant(value)
    if isinstance(value, Mapping) and "value" in value and isinstance(value["value"], int | float):
        return quantity_document(dict(value))
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _analysis(analysis: Mapping[str, Any], speaker: Speaker) -> dict[str, Any]:
    """An analysis with its table as texts; a column `u_x` of uncertainties goes into the column `x`."""
    columns = list(analysis.get("columns", ()))
    units = dict(zip(columns, analysis.get("units", ()), strict=True))
    shown = [c for c in columns if not (c.startswith("u_") and c[2:] in columns)]
    rows = []
    for cells in analysis.get("rows", ()):
        row = dict(zip(columns, cells, strict=True))
        rows.append([speaker.word("cell", _cell(row[c], row.get(f"u_{c}"))) for c in shown])
    return {**analysis, "heads": [(c, units[c]) for c in shown], "cells": rows}


def _cell(value: Any, doubt: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(doubt, int | float) and math.isfinite(doubt) and math.isfinite(value):
        return concise(value, doubt)
    return number_text(value)


def _peaks(analyses: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Peaks to be marked in the plot: on which variable, where, and what is said of each."""
    found = []
    for analysis in analyses:
        columns, units = list(analysis.get("columns", ())), list(analysis.get("units", ()))
        for column, variable in _PEAK_COLUMNS.items():
            if column not in columns:
                continue
            at, up = columns.index(column), columns.index("current") if "current" in columns else None
            rows = [row for row in analysis["rows"] if row[at] is not None]
            doubt = columns.index(f"u_{column}") if f"u_{column}" in columns else None
            found.append(
                {
                    "variable": variable,
                    "unit": units[at],
                    "x": [row[at] for row in rows],
                    "y": [row[up] for row in rows] if up is not None else None,
                    "y_unit": units[up] if up is not None else None,
                    "labels": [
                        with_unit(_cell(row[at], row[doubt] if doubt is not None else None), units[at]) for row in rows
                    ],
                }
            )
    return found


def _terms(desk: Desk, shown: Shown) -> Mapping[str, PropertyTerm]:
    """The terms of the record's values; those of the laboratory are read only where there are values of them."""
    if all(fact.property.term in PROPERTY_TERMS for fact in shown.facts):
        return PROPERTY_TERMS
    return vocabulary_of(desk.asker, desk.resources).terms


def _fact_groups(shown: Shown, speaker: Speaker, terms: Mapping[str, PropertyTerm]) -> list[dict[str, Any]]:
    """Values by term, each with its condition in words and the measurement it rests on."""
    ordered = sorted(shown.facts, key=lambda fact: (fact.property.term, _order(fact), fact.id))
    groups = []
    for term, facts in groupby(ordered, key=lambda fact: fact.property.term):
        known = terms.get(term)
        groups.append(
            {
                "name": known.name(speaker.language) if known is not None else term,
                "symbol": known.symbol if known is not None else "",
                "values": [
                    {
                        "quantity": quantity(fact.property.value),
                        "condition": _condition(fact, speaker),
                        "method": fact.property.method,
                        "evidence": shown.evidence.get(fact.evidence),
                        "file": _file_name(shown.evidence.get(fact.evidence)),
                    }
                    for fact in facts
                ],
            }
        )
    return groups


def _order(fact: Fact) -> tuple[str, float]:
    numbers = [v for v in fact.property.condition.values() if isinstance(v, int)]
    return str(fact.evidence), float(numbers[0]) if numbers else 0.0


def _condition(fact: Fact, speaker: Speaker) -> str:
    parts = []
    for name, value in fact.property.condition.items():
        text = quantity(value) if isinstance(value, Measured) else str(value)
        parts.append(f"{speaker.word('column', name).replace('_', ' ')} {text}")
    return ", ".join(parts)


def _graph(shown: Shown, speaker: Speaker) -> Graph:
    record = shown.record
    if record.kind is RecordKind.MEASUREMENT:
        here = _node(record, speaker, here=True)
        files = _unique(_file_node(e.checksum, e.path.rpartition("/")[2], speaker) for e in shown.files)
        samples = _unique(_node(t.other, speaker) for t in shown.ties if t.other.kind is RecordKind.SAMPLE)
        edges = [*((f, here) for f in files), *((here, s) for s in samples)]
        return Graph(columns=(files, (here,), samples), edges=tuple(edges))
    here = _node(record, speaker, here=True)
    measured = [t.other for t in shown.ties if t.other.kind is RecordKind.MEASUREMENT]
    rest = Node(title=speaker("record.more", n=len(measured)), note="", kind="more", address="#measurements")
    nodes = shortened([_node(r, speaker) for r in measured], rest)
    drawn = [(r, n) for r, n in zip(measured, nodes, strict=False) if n is not rest]
    made = [(_file_of(r, speaker), n) for r, n in drawn]
    files = _unique(f for f, _ in made)
    # Sample ties: `derived_from` and `part_of` point from the piece to what it was made of.
    sources = _unique(_node(t.other, speaker) for t in shown.ties if t.other.kind is RecordKind.SAMPLE and t.outgoing)
    pieces = _unique(
        _node(t.other, speaker) for t in shown.ties if t.other.kind is RecordKind.SAMPLE and not t.outgoing
    )
    into = [*nodes, *sources]
    edges = [*made, *((n, here) for n in into), *((here, p) for p in pieces)]
    return Graph(columns=(files, tuple(into), (here,), pieces), edges=tuple(edges))


def _node(record: Record, speaker: Speaker, *, here: bool = False) -> Node:
    technique = record.document.get("technique")
    return Node(
        title=record.title,
        note=speaker.technique(technique) if technique else speaker.word("kind", record.kind.value),
        kind=record.kind.value,
        address=None if here else f"/records/{record.pid}",
    )


def _file_name(record: Record | None) -> str:
    return "" if record is None else str(record.document["file_name"]).rpartition("/")[2]


def _file_of(record: Record, speaker: Speaker) -> Node:
    return _file_node(str(record.document["file_checksum"]), _file_name(record), speaker)


def _file_node(checksum: str, name: str, speaker: Speaker) -> Node:
    address = f"/files/{checksum}" if checksum else None
    return Node(title=name, note=speaker("record.file"), kind="file", address=address)


def _unique(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(nodes))
