"""Made records that look as those of laboratories do: families of samples, what was done to them, what was measured.

A family begins with a powder, of which something is made, which is heated, and of which a piece is cut off. The rest of
its twenty-five records are measurements on these samples. Together they have 250 facts, ten for each record. No link
leads out of a family, but for the templates, which all share. A part of the measurements lies in another scope of the
same project than what they were made on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kiban.records.document import to_json
from kiban.records.identity import new_pid, new_uuid
from kiban.records.link import Link, Predicate
from kiban.records.matter.formula import amount_fractions
from kiban.records.measurement import Measurement, VariableSummary
from kiban.records.process import Process
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.scope import Scope, Tier
from kiban.records.standard_structures import load
from kiban.records.template_use import TemplateUse
from kiban.store.catalog import Batch
from kiban.testing.made_facts import facts_of
from kiban.testing.made_words import (
    GASES,
    INSTRUMENTS,
    OPERATORS,
    OTHERS,
    OXIDES,
    RARE_EN,
    RARE_JA,
    REMARKS_EN,
    REMARKS_JA,
    SUBSTRATES,
)

N_OF_FAMILY = 25
"""Records of a family."""
N_FACTS = 10
"""Facts for each record."""
SERIES = 120
"""Families that were made for one purpose, and say so: `metadata.series`."""
RARE = frozenset({2, 5, 11})
"""Families of whose measurements a few have remarks that no others have. They are open."""
BEGAN = datetime(2018, 4, 1, tzinfo=UTC)
LASTED = timedelta(days=3100)
_TEMPLATES = ("film", "powder", "heat_treatment", "sputtering", "milling")
_PREVIEW = 40


@dataclass(slots=True)
class Families:
    """Draws families one after the other; the later ones were made later.

    Parameters
    ----------
    scopes : sequence of Scope
        Where they may lie.
    n : int
        How many there will be.
    """

    scopes: Sequence[Scope]
    n: int
    chance: random.Random
    templates: dict[str, Record] = field(default_factory=dict)
    _pids: set[str] = field(default_factory=set)
    _of_project: dict[UUID, list[Scope]] = field(default_factory=dict)
    _open: list[Scope] = field(default_factory=list)

    def __post_init__(self) -> None:
        for scope in self.scopes:
            self._of_project.setdefault(scope.project, []).append(scope)
        self._open = [s for s in self.scopes if s.tier is Tier.OPEN and s.closed_until is None]
        self.templates = {name: self._template(name) for name in _TEMPLATES}

    def of_templates(self) -> Batch:
        """What is to be written before all families."""
        return Batch(records=tuple(self.templates.values()))

    def __iter__(self) -> Iterator[Batch]:
        return map(self.family, range(self.n))

    def pid(self) -> str:
        """A short identifier that no other has."""
        while (pid := new_pid()) in self._pids:
            continue
        self._pids.add(pid)
        return pid

    def family(self, number: int) -> Batch:
        """Draw the family of that number."""
        scope = self.chance.choice(self._open if number in RARE else self.scopes)
        return _Family(self, number, scope, self._of_project[scope.project]).batch()

    def _template(self, name: str) -> Record:
        scope = self._open[0]
        template = load(name)
        return Record(
            id=new_uuid(),
            pid=self.pid(),
            kind=RecordKind.TEMPLATE,
            title=template.label.en,
            project=scope.project,
            owner="bench",
            scope=scope.number,
            key=name,
            document=to_json(template),
            created_at=BEGAN,
            created_by="bench",
        )


class _Family:
    """One family while it is drawn."""

    def __init__(self, of: Families, number: int, scope: Scope, others: list[Scope]) -> None:
        self._of, self._number, self._scope, self._others = of, number, scope, others
        self._chance = chance = of.chance
        self._is_oxide = chance.random() < 0.6
        self._is_film = chance.random() < 0.7
        self._formula = _formula(chance, self._is_oxide)
        self._amounts = amount_fractions(self._formula)
        self._hardness = chance.uniform(0.5, 9.0)
        self._began = BEGAN + LASTED * ((number + chance.random()) / of.n)
        self._operator = chance.choice(OPERATORS)
        self._series = f"series {number // SERIES}"
        self._lot = f"L{number:07d}"
        self._hours = 0
        self.records: list[Record] = []
        self.links: list[Link] = []
        self.facts: list[Fact] = []
        self.compositions: dict[UUID, Mapping[str, float]] = {}

    def batch(self) -> Batch:
        source = self._sample(
            "原料粉末 / source", "powder", {"particle_size": {"d50": _q(self._between(0.1, 50), "um")}}
        )
        grown = self._made(source, *self._deposition())
        heated = self._made(grown, "熱処理 anneal", "heat_treatment", self._schedule())
        piece = self._sample("切出し片 / piece", *self._form())
        self._link(piece, Predicate.PART_OF, heated)
        samples = [source, grown, heated, piece]
        n = N_OF_FAMILY - len(self.records)
        n_facts = N_FACTS * N_OF_FAMILY
        for i in range(n):
            self._measurement(self._chance.choice(samples), i, n_facts // n + (i < n_facts % n))
        return Batch(
            records=tuple(self.records),
            links=tuple(self.links),
            facts=tuple(self.facts),
            compositions=self.compositions,
        )

    def _between(self, low: float, high: float) -> float:
        return round(self._chance.uniform(low, high), 3)

    def _form(self) -> tuple[str, dict[str, Any]]:
        if not self._is_film:
            return "powder", self._powder()
        layer = {"material": self._formula, "thickness": _q(self._between(20, 900), "nm")}
        return "film", {"substrate": {"material": self._chance.choice(SUBSTRATES)}, "layers": [layer]}

    def _powder(self) -> dict[str, Any]:
        return {"particle_size": {"d50": _q(self._between(0.1, 50), "um")}}

    def _deposition(self) -> tuple[str, str, dict[str, Any]]:
        if self._is_film:
            return "成膜 deposition", "sputtering", {"pressure": _q(self._between(0.1, 5), "Pa")}
        return "粉砕 milling", "milling", {"time": _q(self._between(1, 48), "h")}

    def _schedule(self) -> dict[str, Any]:
        step = {"temperature": _q(self._between(300, 1200), "degC"), "hold": _q(self._between(0.5, 24), "h")}
        return {"kind": "annealing", "steps": [step], "atmosphere": {"gas": self._chance.choice(GASES)}}

    def _made(self, source: Record, name: str, template: str, values: dict[str, Any]) -> Record:
        started = self._time()
        process = Process(
            name=f"{name} {self._lot}",
            template=self._use(template),
            meant=values,
            done=values if self._chance.random() < 0.8 else {},
            started_at=started,
            operator=self._operator,
        )
        run = self._record(RecordKind.PROCESS, process.name, to_json(process))
        self._link(run, Predicate.USED, source)
        made = self._sample(f"{self._formula} {'膜 film' if self._is_film else '粉 powder'}", *self._form())
        self._link(made, Predicate.MADE_BY, run)
        return made

    def _sample(self, name: str, template: str, values: dict[str, Any]) -> Record:
        sample = Sample(
            name=f"{name} {self._lot}-{len(self.records)}",
            description=self._remark(),
            formula=self._formula,
            composition=self._amounts,
            template=self._use(template),
            values=values,
        )
        made = self._record(RecordKind.SAMPLE, sample.name, to_json(sample), key=sample.name)
        self.compositions[made.id] = self._amounts
        return made

    def _measurement(self, of: Record, number: int, n_facts: int) -> None:
        chance = self._chance
        technique = chance.choice(_TECHNIQUES)
        file_name = f"{self._lot}_{technique}_{number:02d}.dat"
        remark = f"{RARE_JA} {RARE_EN}" if self._number in RARE and number < 4 else self._remark()
        metadata = {
            "series": self._series,
            "lot": self._lot,
            "note": remark,
            "anode": chance.choice(("Cu", "Co", "Mo")),
            "temperature": _q(self._between(10, 40), "degC"),
            "scan": {"points": chance.randrange(200, 9000), "step": _q(0.02, "deg")},
        }
        checksum = f"{chance.getrandbits(256):064x}"
        measurement = Measurement(
            technique=technique,
            title=f"{technique} {of.title}",
            file_checksum=checksum,
            file_name=file_name,
            reading_index=0,
            reader="delimited_text",
            reader_version=1,
            why="Its columns are named.",
            normalised=f"{chance.getrandbits(256):064x}",
            sample_name=of.title,
            operator=self._operator,
            instrument=chance.choice(INSTRUMENTS[technique]),
            started_at=self._time(),
            metadata=metadata,
            variables=_VARIABLES,
            preview=chance.choice(_PREVIEWS),
        )
        scope = self._scope if chance.random() < 0.85 else chance.choice(self._others)
        scan = self._record(
            RecordKind.MEASUREMENT,
            measurement.title,
            to_json(measurement),
            key=f"{checksum}#0",
            sample=of.id,
            scope=scope.number,
        )
        self._link(scan, Predicate.MEASURED, of)
        self.facts += [
            Fact(id=new_uuid(), property=claim, subject=of.id, evidence=scan.id, scope=scan.scope)
            for claim in facts_of(chance, technique, n_facts, self._hardness)
        ]

    def _remark(self) -> str:
        return f"{self._chance.choice(REMARKS_JA)} / {self._chance.choice(REMARKS_EN)}"

    def _time(self) -> str:
        self._hours += self._chance.randrange(1, 72)
        return (self._began + timedelta(hours=self._hours)).isoformat(timespec="seconds")

    def _use(self, name: str) -> TemplateUse:
        return TemplateUse(id=self._of.templates[name].pid, name=name, version=1)

    def _link(self, subject: Record, predicate: Predicate, target: Record) -> None:
        self.links.append(Link(subject=subject.id, predicate=predicate, object=target.id, scope=subject.scope))

    def _record(self, kind: RecordKind, title: str, document: dict[str, Any], **given: Any) -> Record:
        record_id = new_uuid()
        values = {"scope": self._scope.number, "sample": record_id if kind is RecordKind.SAMPLE else None} | given
        record = Record(
            id=record_id,
            pid=self._of.pid(),
            kind=kind,
            title=title,
            project=self._scope.project,
            owner="bench",
            document=document,
            created_at=self._began + timedelta(hours=self._hours, minutes=len(self.records)),
            created_by="bench",
            **values,
        )
        self.records.append(record)
        return record


def _formula(chance: random.Random, is_oxide: bool) -> str:
    """A compound, or a solid solution of which there are hundreds."""
    if chance.random() < 0.6:
        return chance.choice(OXIDES if is_oxide else OTHERS)
    x = chance.randrange(1, 100)
    a, b = chance.sample(("Ti", "Zr", "Hf", "V", "Nb", "Ta", "Cr", "Al", "Sn"), 2)
    return f"{a}{x / 100:.2f}{b}{1 - x / 100:.2f}{'O2' if is_oxide else 'N'}"


def _q(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}


_TECHNIQUES = tuple(INSTRUMENTS)


def _variable(name: str, unit: str, role: str, largest: float) -> VariableSummary:
    return VariableSummary(
        name=name,
        label=name,
        unit=unit,
        unit_as_written=unit,
        role=role,
        dimensions=("point",),
        shape=(4000,),
        minimum=0.0,
        maximum=largest,
    )


_VARIABLES = (_variable("x", "deg", "axis", 90.0), _variable("counts", "", "signal", 65000.0))


def _preview(chance: random.Random) -> tuple[tuple[float, float], ...]:
    return tuple((float(i), round(chance.random(), 4)) for i in range(_PREVIEW))


_PREVIEWS = tuple(map(_preview, map(random.Random, range(50))))
