"""The story of the simulated study: from bottles on a shelf to the samples whose files the study holds.

A titania sol is mixed and spun into a film; the dried film is divided, and each piece annealed at its temperature. A
mixture of oxides is weighed in and milled, divided, and each part calcined. What was meant and what was done are both
written down, with the structures of Kiban's library. Everything is invented, as in `study_samples`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np

from kiban.demo.study_samples import COBALTATES, STANDARD, TITANIA
from kiban.operations.extend_process import extend_process
from kiban.operations.find import Hit, find
from kiban.operations.processes import record_process
from kiban.operations.resources import Resources
from kiban.operations.samples import Form, divide_sample, register_sample
from kiban.operations.show import show
from kiban.operations.standard_structures import adopt
from kiban.records.link import Predicate
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.sample import Sample

_JAPAN = timezone(timedelta(hours=9))
_BEGINNING = datetime(2026, 4, 6, 9, 0, tzinfo=_JAPAN)
_STRUCTURES = (
    "film", "powder", "solution", "reference_material", "weighing_and_mixing", "spin_coating", "milling",
    "heat_treatment", "solid_state_synthesis",
)  # fmt: skip
_SIMULATED = "Simulated for demonstration; nothing was made or measured."
_PART = 500


class Story:
    """Tells it in a project. What has been told already is passed over, so that it can be told again after a crash."""

    def __init__(self, asker: Asker, resources: Resources) -> None:
        self._asker = asker
        self._resources = resources
        self._known = {
            (hit.kind, hit.title): hit.id for hit in _all(asker, resources, "kind = sample OR kind = process")
        }
        self._told: list[str] = []

    def tell(self) -> int:
        """Keep the samples and processes; gives how many are new. To be called before the files are deposited."""
        before = len(self._known)
        adopt(self._asker, self._resources, _STRUCTURES)
        self._standard()
        self._films()
        self._powders()
        return len(self._known) - before

    def tie_logs(self) -> int:
        """Tie the logs of the furnaces to the heat treatments that they recorded; gives how many are new."""
        n_tied = 0
        for title in self._told:
            sample = title.rpartition(" ")[2]
            question = f'kind = measurement AND file CONTAINS "{sample}_furnace"'
            logs = list(_all(self._asker, self._resources, question))
            process = show(self._asker, self._resources, self._known["process", title])
            if logs and not any(tie.predicate == Predicate.LOG_OF for tie in process.ties):
                extend_process(self._asker, self._resources, process.record.pid, logs=[log.id for log in logs])
                n_tied += 1
        return n_tied

    # Samples and processes, each kept once

    def _sample(self, sample: Sample, template: str | None = None, values: Mapping[str, Any] | None = None) -> str:
        key = ("sample", sample.name)
        if key not in self._known:
            form = Form(template=template, values=values or {}) if template is not None else None
            self._known[key] = register_sample(self._asker, self._resources, sample, form=form).pid
        return self._known[key]

    def _process(
        self,
        process: Process,
        template: str,
        meant: Mapping[str, Any],
        done: Mapping[str, Any],
        inputs: Sequence[str],
        outputs: Sequence[Sample],
        *,
        uses_up: bool = False,
    ) -> None:
        self._told.append(process.name)
        if ("process", process.name) in self._known:
            return
        recorded = record_process(
            self._asker,
            self._resources,
            process,
            template=template,
            meant=meant,
            done=done,
            inputs=inputs,
            outputs=outputs,
            uses_up=uses_up,
        )
        self._known["process", process.name] = recorded.process.pid
        self._known |= {("sample", record.title): record.pid for record in recorded.outputs}

    def _divided(self, whole: str, names: Sequence[str]) -> list[str]:
        missing = [name for name in names if ("sample", name) not in self._known]
        if missing:
            pieces = divide_sample(self._asker, self._resources, self._known["sample", whole], missing)
            self._known |= {("sample", piece.title): piece.pid for piece in pieces}
        return [self._known["sample", name] for name in names]

    # The story itself

    def _standard(self) -> None:
        self._sample(
            Sample(name=STANDARD, formula="Si", description=_SIMULATED, location="Room 2, desiccator 1"),
            "reference_material",
            {
                "kind": "in_house",
                "producer": "Kiban simulation",
                "values": [
                    {"property": "lattice parameter a", "value": 0.543102, "unit": "nm", "uncertainty": 0.000004,
                     "coverage_factor": 2, "condition": "22.5 degC"},
                ],
                "intended_use": "Angle calibration of the diffractometers.",
            },
        )  # fmt: skip

    def _films(self) -> None:
        alkoxide = self._sample(
            Sample(
                name="Ti-isopropoxide L2604",
                formula="Ti(C3H7O)4",
                hazards=("H226", "H319", "H336"),
                description=_SIMULATED,
                location="Room 3, solvent cabinet",
            )
        )
        sol = self._sample(
            Sample(name="TiO2-sol 1", description=_SIMULATED, hazards=("H225",), location="Room 3, refrigerator"),
            "solution",
            {
                "kind": "sol",
                "solvents": [{"name": "ethanol", "volume_fraction": "96 percent"}],
                "solutes": [
                    {"name": "titanium isopropoxide", "sample": alkoxide, "concentration": "0.40(1) mol/L"},
                    {"name": "acetylacetone", "concentration": "0.20 mol/L", "role": "chelating agent"},
                ],
                "volume": "50 mL",
                "prepared_at": f"{_BEGINNING - timedelta(days=3):%Y-%m-%d}",
                "storage": "refrigerator",
            },
        )
        self._mixed("TiO2-sol 1", sol, alkoxide)
        spun = {
            "solution": sol,
            "steps": [{"speed": "500 rpm", "time": "5 s"}, {"speed": "3000 rpm", "time": "30 s"}],
            "drying": [{"temperature": "120 degC", "time": "10 min", "on": "hot plate"}],
            "layers": 3,
        }
        start = _BEGINNING - timedelta(days=2)
        self._process(
            Process(
                name="Spin coating of TiO2-gel",
                description=_SIMULATED,
                started_at=start.isoformat(),
                ended_at=(start + timedelta(hours=2)).isoformat(),
                operator="Kiban simulation",
                equipment="Spin coater 1",
            ),
            "spin_coating",
            spun,
            {"steps": [{"speed": "500 rpm", "time": "5 s"}, {"speed": "2980(10) rpm", "time": "30 s"}],
             "thickness": "182(6) nm", "layers": 3},
            [sol],
            [Sample(name="TiO2-gel", formula="TiO2", description=_SIMULATED, location="Room 2, box 4")],
        )  # fmt: skip
        annealed = [film for film in TITANIA if film.annealed_degc is not None]
        pieces = self._divided("TiO2-gel", [f"TiO2-gel/{n}" for n in range(1, len(annealed) + 1)])
        for day, (film, piece) in enumerate(zip(annealed, pieces, strict=True), start=1):
            self._annealed(film.name, piece, float(film.annealed_degc or 0), day)

    def _mixed(self, name: str, sol: str, alkoxide: str) -> None:
        """The sol is registered with what it holds; the process that made it ties it to its bottle."""
        title = f"Mixing of {name}"
        start = _BEGINNING - timedelta(days=3)
        stirred = {"mixing": {"method": "stirrer", "time": "60 min", "temperature": "23 degC"}}
        ingredient = {"name": "titanium isopropoxide", "sample": alkoxide}
        self._process(
            Process(
                name=title,
                description=_SIMULATED,
                started_at=start.isoformat(),
                ended_at=(start + timedelta(hours=2)).isoformat(),
                operator="Kiban simulation",
                equipment="Fume hood 1",
            ),
            "weighing_and_mixing",
            {"target": "0.40 mol/L Ti", "ingredients": [{**ingredient, "mass": "5.68 g"}], **stirred},
            {"ingredients": [{**ingredient, "mass": "5.6792(2) g"}], **stirred},
            [alkoxide],
            [],
        )
        process = show(self._asker, self._resources, self._known["process", title])
        if not any(tie.predicate == Predicate.MADE_BY for tie in process.ties):
            extend_process(self._asker, self._resources, process.record.pid, outputs=[sol])

    def _annealed(self, name: str, piece: str, plateau_degc: float, day: int) -> None:
        chance = np.random.default_rng(day)
        start = _BEGINNING + timedelta(days=day)
        air = {"atmosphere": {"gas": "air"}}
        step = {"ramp": "5 K/min", "temperature": f"{plateau_degc:.0f} degC", "hold": "2 h"}
        read_degc = plateau_degc + chance.normal(2.0, 1.5)
        self._process(
            Process(
                name=f"Annealing of {name}",
                description=_SIMULATED,
                started_at=start.isoformat(),
                ended_at=(start + timedelta(hours=9)).isoformat(),
                operator="Kiban simulation",
                equipment="Muffle furnace 2",
            ),
            "heat_treatment",
            {"kind": "annealing", "steps": [step], "cooling": "furnace", **air},
            {"steps": [{"temperature": f"{read_degc:.1f} ± 1.5 degC", "hold": "2 h"}], **air},
            [piece],
            [Sample(name=name, description=_SIMULATED, location="Room 2, box 4")],
            uses_up=True,
        )

    def _powders(self) -> None:
        carbonate = self._sample(
            Sample(name="Li2CO3 L118", formula="Li2CO3", hazards=("H302", "H319"), description=_SIMULATED,
                   location="Room 3, shelf B"),
            "powder",
            {"mass": "500 g", "purity": "99.9 percent", "particle_size": {"d50": "6.1(4) um", "method": "laser"}},
        )  # fmt: skip
        oxide = self._sample(
            Sample(name="Co3O4 L77", formula="Co3O4", hazards=("H317", "H334", "H410"), description=_SIMULATED,
                   location="Room 3, shelf B"),
            "powder",
            {"mass": "250 g", "purity": "99.7 percent", "particle_size": {"d50": "3.2(2) um", "method": "laser"}},
        )  # fmt: skip
        start = _BEGINNING - timedelta(days=4)
        mixing = {"mixing": {"method": "planetary", "time": "120 min", "speed": "250 rpm", "liquid": "ethanol"}}
        self._process(
            Process(
                name="Mixing of LCO-mix",
                description=_SIMULATED,
                started_at=start.isoformat(),
                ended_at=(start + timedelta(hours=5)).isoformat(),
                operator="Kiban simulation",
                equipment="Planetary mill 1",
            ),
            "weighing_and_mixing",
            {
                "target": "Li1.05CoO2",
                "ingredients": [
                    {"name": "Li2CO3", "sample": carbonate, "mass": "7.76 g", "excess": "5 percent"},
                    {"name": "Co3O4", "sample": oxide, "mass": "16.05 g"},
                ],
                **mixing,
            },
            {
                "ingredients": [
                    {"name": "Li2CO3", "sample": carbonate, "mass": "7.7612(2) g"},
                    {"name": "Co3O4", "sample": oxide, "mass": "16.0497(2) g"},
                ],
                "yield": "23.1(1) g",
                **mixing,
            },
            [carbonate, oxide],
            [Sample(name="LCO-mix", description=_SIMULATED, hazards=("H317", "H334", "H410"))],
        )
        parts = self._divided("LCO-mix", [f"LCO-mix/{n}" for n in range(1, len(COBALTATES) + 1)])
        for day, (powder, part) in enumerate(zip(COBALTATES, parts, strict=True)):
            self._calcined(powder.name, part, float(powder.calcined_degc), day)

    def _calcined(self, name: str, part: str, plateau_degc: float, day: int) -> None:
        chance = np.random.default_rng(50 + day)
        start = _BEGINNING + timedelta(days=day, hours=1)
        oxygen = {"atmosphere": {"gas": "oxygen", "flow": "100 mL/min"}}
        precursors = [{"name": "Li2CO3"}, {"name": "Co3O4"}]
        meant = {
            "target": "LiCoO2",
            "precursors": precursors,
            "steps": [{"ramp": "5 K/min", "temperature": f"{plateau_degc:.0f} degC", "hold": "12 h"}],
            **oxygen,
        }
        done = {
            "steps": [{"temperature": f"{plateau_degc + chance.normal(3.0, 2.0):.1f} ± 2.0 degC", "hold": "12 h"}],
            "loss": "14.2(3) percent",
            **oxygen,
        }
        self._process(
            Process(
                name=f"Calcination of {name}",
                description=_SIMULATED,
                started_at=start.isoformat(),
                ended_at=(start + timedelta(hours=22)).isoformat(),
                operator="Kiban simulation",
                equipment="Tube furnace 1",
            ),
            "solid_state_synthesis",
            meant,
            done,
            [part],
            [Sample(name=name, formula="LiCoO2", description=_SIMULATED, hazards=("H317", "H351"))],
            uses_up=True,
        )


def _all(asker: Asker, resources: Resources, question: str) -> Iterator[Hit]:
    """All that answer: people who try the demonstration add their own."""
    after: str | None = None
    while True:
        part = find(asker, resources, question, limit=_PART, after=after)
        yield from part.hits
        after = part.next
        if after is None:
            return
