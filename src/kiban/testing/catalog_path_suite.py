"""What every catalog must answer to questions that lead to other records, ask for compositions, or how sure it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.query.parse import parse
from kiban.records.link import Predicate
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Tier, Visible
from kiban.store.catalog import Catalog
from kiban.testing.catalog_examples import Laboratory, a_fact, a_link
from kiban.testing.opening_question import ANSWERS, QUESTION, QUESTION_JA, SURE, SURELY, write_oxide_films

HOT = "process.heat_treatment.temperature > 700 degC"


class CatalogPathSuite:
    """Part of `kiban.testing.catalog_suite.CatalogSuite`."""

    def make_catalog(self) -> Catalog:
        """Make the catalog to be tested."""
        raise NotImplementedError

    def lab(self) -> Laboratory:
        """A project of its own in the catalog."""
        return Laboratory(self.make_catalog())

    @pytest.mark.parametrize(
        ("question", "samples"), [(QUESTION, ANSWERS), (QUESTION_JA, ANSWERS), (SURELY, SURE)], ids=["en", "ja", "sure"]
    )
    def test_the_question_that_search_was_built_for(self, question: str, samples: set[str]) -> None:
        lab = self.lab()
        write_oxide_films(lab)
        assert _titles(lab, question) == {f"indents on {sample}" for sample in samples}
        assert lab.catalog.count(parse(question), lab.visible()) == len(samples)

    def test_a_process_answers_with_what_was_done_and_until_then_with_what_was_meant(self) -> None:
        lab = self.lab()
        planned = _heated(lab, "planned", meant=800.0)
        cooler = _heated(lab, "cooler", meant=800.0, done=600.0)
        lab.write(*planned, links=_chain(planned))
        lab.write(*cooler, links=_chain(cooler))
        assert _titles(lab, HOT) == {"planned"}
        assert _titles(lab, "process.heat_treatment.temperature < 700 degC") == {"cooler"}

    def test_a_process_is_named_by_words_of_its_title_too(self) -> None:
        lab = self.lab()
        made = _heated(lab, "film", meant=800.0, title="Second anneal, 管状炉")
        lab.write(*made, links=_chain(made))
        for name in ("anneal", "second_anneal", "管状炉"):
            assert _titles(lab, f"process.{name} IS KNOWN") == {"film"}
            assert _titles(lab, f"process.{name}.temperature > 1000 K") == {"film"}
        assert _titles(lab, "process.annealing IS KNOWN") == set()

    def test_parents_are_found_at_any_number_of_steps_and_are_not_the_sample_itself(self) -> None:
        lab = self.lab()
        ore, powder, pellet, slice_ = (lab.sample(name) for name in ("ore", "powder", "pellet", "slice"))
        ways = (Predicate.DERIVED_FROM, Predicate.DERIVED_FROM, Predicate.PART_OF)
        links = [
            a_link(child, way, parent)
            for child, way, parent in zip((powder, pellet, slice_), ways, (ore, powder, pellet), strict=True)
        ]
        amounts = {ore.id: {"Ti": 0.2, "O": 0.8}, pellet.id: {"Ti": 0.5, "O": 0.5}}
        lab.write(ore, powder, pellet, slice_, links=links, compositions=amounts)
        assert _titles(lab, "sample.parents.composition.Ti > 0.1") == {"powder", "pellet", "slice"}
        assert _titles(lab, "sample.parents.composition.Ti > 0.4") == {"slice"}
        assert _titles(lab, 'sample.parents.title = "ore" AND NOT sample.parents.title = "pellet"') == {
            "powder",
            "pellet",
        }

    @pytest.mark.parametrize("hidden", ["process", "source", "link"])
    def test_a_way_through_what_the_asker_may_not_see_does_not_exist(self, hidden: str) -> None:
        lab = self.lab()
        closed, open_ = lab.scope(Tier.CLOSED).number, lab.scope(Tier.OPEN).number
        scope = {name: closed if hidden == name else open_ for name in ("process", "source")}
        source = lab.sample("source", scope=scope["source"])
        of_process = {"scope": scope["process"]}
        middle, process, end = _heated(lab, "end", meant=800.0, scope=open_, of_process=of_process)
        first = a_link(middle, Predicate.DERIVED_FROM, source)
        second, third = _chain((middle, process, end))
        if hidden == "link":
            # A link lies where its subject does; here it is told apart.
            third = replace(third, scope=closed)
        lab.write(source, middle, process, end, links=[first, second, third])
        few, all_ = lab.visible(Tier.OPEN), lab.visible()
        # The template of the process is not there for anybody: it is found by the words of its title.
        hot, made_of = "process.heat.temperature > 700 degC", 'sample.parents.title = "source"'
        assert _titles(lab, hot, all_) == {"end"}
        assert _titles(lab, hot, few) == ({"end"} if hidden == "source" else set())
        assert _titles(lab, made_of, all_) == {"end", middle.title}
        assert _titles(lab, made_of, few) == (set() if hidden == "source" else {middle.title})

    def test_the_name_of_a_template_that_the_asker_does_not_see_names_no_process(self) -> None:
        lab = self.lab()
        open_ = lab.scope(Tier.OPEN).number
        template = lab.record(RecordKind.TEMPLATE, "heat_treatment", scope=lab.scope(Tier.CLOSED).number)
        made = _heated(lab, "film", meant=800.0, title="run 7", scope=open_, template=template.pid)
        lab.write(template, *made, links=_chain(made))
        assert _titles(lab, HOT) == {"film"}
        assert _titles(lab, HOT, lab.visible(Tier.OPEN)) == set()
        assert _titles(lab, 'process.run.title = "run 7"', lab.visible(Tier.OPEN)) == {"film"}
        # Without the template nobody is shown what its fields hold, by whatever name the process is asked for.
        assert _titles(lab, "process.run.temperature > 700 degC") == {"film"}
        assert _titles(lab, "process.run.temperature > 700 degC", lab.visible(Tier.OPEN)) == set()

    def test_fractions_are_of_what_is_there(self) -> None:
        lab = self.lab()
        steel, oxide, unknown = (lab.sample(name) for name in ("steel", "oxide", "unknown"))
        lab.write(
            *(steel, oxide, unknown),
            compositions={steel.id: {"Fe": 0.9, "C": 0.1}, oxide.id: {"Ti": 1 / 3, "O": 2 / 3}},
        )
        assert _titles(lab, "composition.Ti < 0.4") == {"oxide"}
        assert _titles(lab, "composition.Ti > 33 at.% AND composition.O <= 67 %") == {"oxide"}
        # 47.867 / (47.867 + 2 * 15.999)
        assert _titles(lab, "mass_fraction.Ti > 59.9 wt% AND mass_fraction.Ti < 60 wt%") == {"oxide"}
        assert _titles(lab, "elements LENGTH 2") == {"steel", "oxide"}
        assert _titles(lab, "nelements < 3 AND NOT nelements = 1") == {"steel", "oxide"}

    def test_who_reads_the_description_alone_learns_nothing_of_compositions(self) -> None:
        lab = self.lab()
        sample = lab.sample(
            "oxide", document={"name": "oxide", "formula": "TiO2", "composition": {"Ti": 0.5, "O": 0.5}}
        )
        lab.write(sample, compositions={sample.id: {"Ti": 0.5, "O": 0.5}})
        numbers = lab.visible().numbers
        described = Visible(numbers, frozenset())
        questions = (
            *("composition.Ti > 0.1", "mass_fraction.Ti > 0.1", "nelements = 2", "composition.Ti IS KNOWN"),
            *("chemical_formula_reduced IS KNOWN", 'sample.chemical_formula_anonymous = "AB"'),
        )
        for question in questions:
            assert _titles(lab, question) == {"oxide"}, question
            assert _titles(lab, question, described) == set(), question

    def test_a_value_without_a_known_uncertainty_does_not_answer_with_confidence(self) -> None:
        lab = self.lab()
        doubts = {"bare": None, "good": 0.1, "poor": 2.0, "exact": 0.0}
        for name, doubt in doubts.items():
            sample = lab.sample(name)
            scan = lab.measurement(f"scan of {name}", sample)
            stated = None if doubt is None else Uncertainty(value=doubt, origin=Origin.FILE)
            lab.write(sample, scan, facts=[a_fact("hardness", Measured(6.0, "GPa", stated), scan)])
        of_scans = 'kind = "measurement" AND '
        assert _titles(lab, f"{of_scans}hardness > 5 GPa") == {f"scan of {name}" for name in doubts}
        assert _titles(lab, f"{of_scans}hardness > 5 GPa WITH CONFIDENCE 0.95") == {"scan of good", "scan of exact"}
        assert _titles(lab, f"{of_scans}hardness < 7 GPa WITH CONFIDENCE 0.6") == {
            "scan of good",
            "scan of exact",
            "scan of poor",
        }
        assert _titles(lab, "sample.hardness > 5 GPa WITH CONFIDENCE 95 % AND kind = measurement") == {
            "scan of good",
            "scan of exact",
        }


def _titles(lab: Laboratory, question: str, visible: Visible | None = None) -> set[str]:
    found = lab.catalog.find(parse(question), visible if visible is not None else lab.visible())
    return {record.title for record in found.records}


def _heated(
    lab: Laboratory,
    name: str,
    *,
    meant: float,
    done: float | None = None,
    title: str = "Heat treatment",
    template: str | None = None,
    of_process: dict[str, Any] | None = None,
    **changes: Any,
) -> tuple[Record, Record, Record]:
    """A sample, the process that took it, and what came out."""
    parts = {"meant": meant, "done": done}
    steps = {
        part: {"steps": [{"temperature": {"value": t, "unit": "degC"}}]} for part, t in parts.items() if t is not None
    }
    use = {"template": {"id": template, "name": "heat_treatment", "version": 1}} if template else {}
    process = lab.record(RecordKind.PROCESS, title, document={**steps, **use}, **changes | (of_process or {}))
    return lab.sample(f"{name} before", **changes), process, lab.sample(name, **changes)


def _chain(records: Iterable[Record]) -> list[Any]:
    source, process, made = records
    return [a_link(process, Predicate.USED, source), a_link(made, Predicate.MADE_BY, process)]
