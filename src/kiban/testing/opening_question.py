"""The question that search was built for, and a laboratory in which two measurements answer it and others nearly do."""

from __future__ import annotations

from typing import Any

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.records.document import to_json
from kiban.records.link import Link, Predicate
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.standard_structures import load
from kiban.testing.catalog_examples import Laboratory, a_fact, a_link

QUESTION = (
    'elements HAS "O" AND sample.template = "film" AND process.heat_treatment.temperature < 900 degC '
    'AND hardness > 5 GPa AND started > "2024"'
)
"""All oxide films annealed below 900 °C with hardness over 5 GPa, measured after 2024."""
QUESTION_JA = (
    '元素 HAS "O" AND 試料.テンプレート = "film" AND 工程.熱処理.温度 < 900 ℃ AND 硬さ > 5 GPa AND 測定日 > "2024"'
)
SURELY = QUESTION.replace("5 GPa", "5 GPa WITH CONFIDENCE 0.95")
ANSWERS = {"annealed", "piece of annealed"}
"""The samples whose measurements answer."""
SURE = {"annealed"}
"""Those that are still there at 95 % confidence: the piece was measured less well."""


def write_oxide_films(lab: Laboratory, **of_record: Any) -> None:
    """Write the laboratory's records: each film misses one thing that is asked for, or none."""
    templates = {
        name: lab.record(RecordKind.TEMPLATE, name, document=to_json(load(name)), **of_record)
        for name in ("film", "powder", "heat_treatment")
    }

    def use(name: str) -> dict[str, Any]:
        return {"id": templates[name].pid, "name": name, "version": 1}

    records: list[Record] = list(templates.values())
    links: list[Link] = []
    facts: list[Fact] = []
    compositions: dict[Any, dict[str, float]] = {}

    def sample(name: str, template: str = "film", amounts: dict[str, float] | None = None) -> Record:
        amounts = amounts or {"Ti": 1 / 3, "O": 2 / 3}
        formula = "TiO2" if "O" in amounts else "TiN"
        document = {"name": name, "template": use(template), "formula": formula, "composition": amounts}
        made = lab.sample(name, document=document, **of_record)
        compositions[made.id] = amounts
        records.append(made)
        return made

    def heated(source: Record, name: str, meant: float, done: float | None, template: str = "film") -> Record:
        made = sample(name, template, compositions[source.id])
        steps = {"meant": meant, "done": done}
        values = {part: {"steps": [_step(t)]} for part, t in steps.items() if t is not None}
        process = lab.record(
            RecordKind.PROCESS, f"run of {name}", document={"template": use("heat_treatment"), **values}, **of_record
        )
        records.append(process)
        links.extend((a_link(process, Predicate.USED, source), a_link(made, Predicate.MADE_BY, process)))
        return made

    def indented(of: Record, gpa: float, doubt: float, year: int = 2025) -> None:
        document = {"technique": "mechanical_test", "started_at": f"{year}-03-01T09:00:00+09:00"}
        scan = lab.measurement(f"indents on {of.title}", of, document=document, **of_record)
        records.append(scan)
        links.append(a_link(scan, Predicate.MEASURED, of))
        value = Measured(gpa, "GPa", Uncertainty(value=doubt, origin=Origin.REPEAT))
        facts.append(a_fact("hardness", value, scan))

    grown = sample("as grown")
    annealed = heated(grown, "annealed", 950.0, 850.0)
    piece = sample("piece of annealed")
    links.append(a_link(piece, Predicate.PART_OF, annealed))
    indented(annealed, 7.0, 0.2)
    indented(piece, 5.2, 0.3)
    indented(grown, 8.0, 0.2)
    indented(heated(grown, "soft", 700.0, None), 4.0, 0.2)
    indented(heated(grown, "measured early", 700.0, 700.0), 7.0, 0.2, year=2023)
    indented(heated(grown, "hot", 850.0, 950.0), 7.0, 0.2)
    indented(heated(sample("nitride", amounts={"Ti": 0.5, "N": 0.5}), "nitride annealed", 700.0, 700.0), 20.0, 0.5)
    indented(heated(sample("powder", "powder"), "powder annealed", 700.0, 700.0, "powder"), 9.0, 0.2)
    lab.write(*records, links=tuple(links), facts=tuple(facts), compositions=compositions)


def _step(celsius: float) -> dict[str, Any]:
    return {"temperature": {"value": celsius, "unit": "degC"}, "hold": {"value": 2.0, "unit": "h"}}
