"""Campaigns as statements of PROV: what was suggested from which data, done, and measured.

A campaign is an activity that used what it learnt from. A suggestion is an entity (`kb:7Q4M-2KXD-98.suggestion.3`)
that it generated, derived from the data of the measurements, or the samples, that its engine learnt from; the engine is
a software agent. An experiment is an activity (`kb:7Q4M-2KXD-98.experiment.3`) that used its suggestion, where it has
one, and the measurements of what came out were informed by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiban.records.document import to_json
from kiban.records.record import RecordKind
from kiban.standards.graph_campaigns import ExportedCampaign, ExportedExperiment, ExportedSuggestion
from kiban.standards.graph_contract import GraphExportable
from kiban.standards.graph_losses import Losses
from kiban.standards.prov_statements import Statements, as_json, local, name_of, whole, zoned

MOST_DERIVATIONS = 20_000
"""Every suggestion is derived from all that was known by then: of a long campaign these are more than anybody reads."""
_LEFT_OUT = (
    "From which data {n} of the suggestions were derived is told by the numbers of experiments alone: these would be "
    "more than 20000 relations."
)
_OTHERS = "{n} campaigns have further experiments, which rest on none of these records and are not in the file."


def write_campaigns(given: GraphExportable, statements: Statements, losses: Losses) -> None:
    """State all campaigns that learnt from the records of a graph."""
    entities = {
        r.pid: r.pid if r.kind is RecordKind.SAMPLE else f"{r.pid}.data"
        for r in given.records
        if r.kind in {RecordKind.SAMPLE, RecordKind.MEASUREMENT}
    }
    measurements = {r.pid for r in given.records if r.kind is RecordKind.MEASUREMENT}
    left = MOST_DERIVATIONS
    for campaign in given.campaigns:
        left = _Campaign(campaign, entities, measurements, statements, losses).write(left)


class _Campaign:
    def __init__(
        self,
        campaign: ExportedCampaign,
        entities: Mapping[str, str],
        measurements: set[str],
        statements: Statements,
        losses: Losses,
    ) -> None:
        self._campaign, self._entities, self._measurements = campaign, entities, measurements
        self._statements, self._losses = statements, losses
        self._pid = campaign.record.pid
        self._of = {each.number: each.records for each in campaign.experiments}

    def write(self, left: int) -> int:
        record = self._campaign.record
        described = {
            "prov:label": record.title,
            "prov:type": name_of("kiban:Campaign"),
            "kiban:description": str(record.document.get("description") or ""),
            "kiban:version": whole(record.version),
            "kiban:objective": as_json(record.document.get("objective")),
            "kiban:space": as_json(record.document.get("space")),
            "kiban:registeredBy": record.owner,
        }
        self._statements.element("activity", self._pid, described)
        for pid in self._campaign.learnt_from:
            if pid in self._entities:
                ends = {"prov:activity": self._pid, "prov:entity": self._entities[pid]}
                self._statements.relation("used", ends)
        for experiment in self._campaign.experiments:
            left = self._experiment(experiment, left)
        if self._campaign.n_others:
            self._losses.tell(_OTHERS)
        return left

    def _experiment(self, experiment: ExportedExperiment, left: int) -> int:
        name = f"{self._pid}.experiment.{experiment.number}"
        # When it was told, not when it was done: what was measured may be older than the message that it was begun.
        times = {"toldBegun": experiment.began_at, "toldResult": experiment.ended_at}
        described: dict[str, Any] = {
            "prov:label": f"{self._campaign.record.title}, experiment {experiment.number}",
            "prov:type": name_of("kiban:Experiment"),
            "kiban:number": whole(experiment.number),
            "kiban:state": experiment.state,
            "kiban:source": experiment.source,
            "kiban:settings": as_json(dict(experiment.settings)),
            "kiban:outcomes": as_json({key: to_json(value) for key, value in experiment.outcomes.items()}),
            "kiban:laboratory": experiment.laboratory,
            **{
                f"kiban:{key}": {"$": moment, "type": "xsd:dateTime"}
                for key, text in times.items()
                if (moment := zoned(text)) is not None
            },
            "kiban:toldBy": experiment.by,
        }
        self._statements.element("activity", name, described)
        if experiment.source != "imported":
            self._inform(name, self._pid)
        for pid in experiment.records:
            if pid in self._measurements:
                self._inform(pid, name)
            elif pid in self._entities:
                ends = {"prov:influencee": self._entities[pid], "prov:influencer": name}
                self._statements.relation("wasInfluencedBy", ends)
        if experiment.suggestion is None:
            return left
        return self._suggestion(experiment, experiment.suggestion, name, left)

    def _suggestion(self, experiment: ExportedExperiment, found: ExportedSuggestion, used_by: str, left: int) -> int:
        name = f"{self._pid}.suggestion.{experiment.number}"
        engine = f"agent:engine.{local(found.engine)}"
        described = {
            "prov:label": f"{self._campaign.record.title}, suggestion {experiment.number}",
            "prov:type": name_of("kiban:Suggestion"),
            "kiban:settings": as_json(dict(found.settings)),
            "kiban:expected": as_json({key: to_json(value) for key, value in found.expected.items()}),
            "kiban:why": found.why,
            "kiban:learntFrom": as_json(list(found.learnt_from)),
        }
        self._statements.element("entity", name, described)
        generated: dict[str, str] = {"prov:entity": name, "prov:activity": self._pid}
        moment = zoned(found.at)
        self._statements.relation("wasGeneratedBy", generated | ({"prov:time": moment} if moment else {}))
        self._statements.element(
            "agent", engine, {"prov:label": found.engine, "prov:type": name_of("prov:SoftwareAgent")}
        )
        self._statements.relation("wasAttributedTo", {"prov:entity": name, "prov:agent": engine})
        self._statements.relation("used", {"prov:activity": used_by, "prov:entity": name})
        behind = dict.fromkeys(pid for number in found.learnt_from for pid in self._of.get(number, ()))
        sources = [self._entities[pid] for pid in behind if pid in self._entities]
        if len(sources) > left:
            self._losses.tell(_LEFT_OUT)
            return left
        for source in sources:
            self._statements.relation("wasDerivedFrom", {"prov:generatedEntity": name, "prov:usedEntity": source})
        return left - len(sources)

    def _inform(self, informed: str, informant: str) -> None:
        self._statements.relation("wasInformedBy", {"prov:informed": informed, "prov:informant": informant})
