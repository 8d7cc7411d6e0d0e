"""Terms in a catalog: added, changed, merged and parted; what questions and tables make of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiban.errors import Conflict, InvalidQuestion, InvalidValue, RecordNotFound
from kiban.operations.find import find
from kiban.operations.resources import Resources
from kiban.operations.samples import register_sample
from kiban.operations.show import show
from kiban.operations.table import table
from kiban.operations.terms import (
    add_term,
    change_term,
    get_term,
    list_terms,
    merge_terms,
    own_terms,
    preview_merge,
    undo_merge,
    vocabulary_of,
)
from kiban.quantity.measured import Measured
from kiban.records.identity import new_uuid
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.property import Fact, Property
from kiban.records.record import Record
from kiban.records.sample import Sample
from kiban.records.term import PropertyTerm
from kiban.store.catalog import Batch

DENT = PropertyTerm(
    key="dent_hardness", en="Dent hardness", ja="圧痕硬さ", symbol="H_d", unit="GPa", synonyms=("ディンプル 硬度", "DH")
)


def give(asker: Asker, resources: Resources, name: str, term: str, value: Measured) -> Record:
    """A sample with one value."""
    sample = register_sample(asker, resources, Sample(name=name))
    fact = Fact(
        id=new_uuid(),
        property=Property(term=term, value=value, method="test/1"),
        subject=sample.id,
        evidence=sample.id,
        scope=sample.scope,
    )
    with resources.catalog.writing(resources.visible(asker), project=resources.project) as writing:
        writing.add(Batch(facts=(fact,)))
    return sample


def titles(asker: Asker, resources: Resources, question: str) -> set[str]:
    return {hit.title for hit in find(asker, resources, question).hits}


def test_a_term_is_asked_for_by_key_name_and_synonym(asker: Asker, resources: Resources) -> None:
    give(asker, resources, "soft", "dent_hardness", Measured(0.4, "GPa"))
    give(asker, resources, "hard", "dent_hardness", Measured(7000.0, "MPa"))
    with pytest.raises(InvalidQuestion):
        find(asker, resources, "圧痕硬さ > 5")
    add_term(asker, resources, DENT)
    for question in (
        "dent_hardness > 5 GPa",
        "dent_hardness > 5",  # in the usual unit of the term
        "Dent Hardness > 5",
        "圧痕硬さ ≧ 5 GPa",
        "ディンプル　硬度 > 5000 MPa",
        "ＤＨ > 5",
        "5 < DH",
        "NOT (dh < 5) AND DH IS KNOWN",
    ):
        assert titles(asker, resources, question) == {"hard"}, question
    with pytest.raises(InvalidQuestion, match="measured in GPa"):
        find(asker, resources, "DH > 5 kg")


def test_terms_of_others_do_not_exist(asker: Asker, resources: Resources) -> None:
    add_term(asker, resources, DENT)
    assert own_terms(ANONYMOUS, resources) == ()
    with pytest.raises(RecordNotFound):
        get_term(ANONYMOUS, resources, "dent_hardness")
    with pytest.raises(InvalidQuestion):
        find(ANONYMOUS, resources, "圧痕硬さ > 5")
    assert get_term(ANONYMOUS, resources, "硬さ").term.term.key == "hardness"


@pytest.mark.parametrize(
    ("changed", "owner"),
    [
        ({"key": "hardness"}, "hardness"),
        ({"key": "sample"}, "sample"),
        ({"key": "known"}, "known"),
        ({"synonyms": ("Ｈｖ",)}, "vickers_hardness"),
        ({"en": "Yield  Strength"}, "yield_strength"),
        ({"ja": "融点"}, "melting_point"),
        ({"ja": "試料名"}, "sample"),
        ({"synonyms": ("metadata.anode",)}, "metadata.anode"),
        ({"synonyms": ("title",)}, "title"),
    ],
)
def test_a_name_that_is_taken_is_refused_with_its_owner(
    asker: Asker, resources: Resources, changed: dict[str, object], owner: str
) -> None:
    with pytest.raises(Conflict, match=f"stands for {owner}"):
        add_term(asker, resources, replace(DENT, **changed))
    assert own_terms(asker, resources) == ()


def test_a_name_of_another_own_term_is_refused(asker: Asker, resources: Resources) -> None:
    add_term(asker, resources, DENT)
    with pytest.raises(Conflict, match="stands for dent_hardness"):
        add_term(asker, resources, PropertyTerm(key="other", en="dent HARDNESS"))
    with pytest.raises(Conflict, match="stands for dent_hardness"):
        add_term(asker, resources, DENT)
    other = add_term(asker, resources, PropertyTerm(key="other", en="Other")).term
    with pytest.raises(Conflict, match="'dh' already stands for dent_hardness"):
        change_term(asker, resources, "other", replace(other, synonyms=("dh",)))


@pytest.mark.parametrize(
    "term",
    [
        replace(DENT, unit="no_such_unit"),
        replace(DENT, iri="hardness"),
        replace(DENT, synonyms=("5 GPa",)),
        replace(DENT, merged_into="hardness"),
    ],
)
def test_a_term_that_means_nothing_is_refused(asker: Asker, resources: Resources, term: PropertyTerm) -> None:
    with pytest.raises(InvalidValue):
        add_term(asker, resources, term)


def test_a_term_is_changed_by_its_next_version(asker: Asker, resources: Resources) -> None:
    record = add_term(asker, resources, DENT).record
    assert record is not None
    changed = change_term(asker, resources, "圧痕硬さ", replace(DENT, ja="くぼみ硬さ", unit="MPa"), expected=1)
    assert changed.record is not None
    assert changed.record.version == 2
    assert changed.term.unit == "MPa"
    assert [event.action for event in show(asker, resources, record.pid).events] == ["changed term", "added term"]
    with pytest.raises(RecordNotFound):
        get_term(asker, resources, "圧痕硬さ")
    with pytest.raises(Conflict):
        change_term(asker, resources, "dent_hardness", DENT, expected=1)
    with pytest.raises(InvalidValue, match="stay as it is"):
        change_term(asker, resources, "dent_hardness", changed.term)
    with pytest.raises(InvalidValue, match="would become"):
        change_term(asker, resources, "dent_hardness", replace(DENT, key="dents"))
    with pytest.raises(InvalidValue, match="comes with Kiban"):
        change_term(asker, resources, "hardness", replace(DENT, key="hardness"))


def test_the_dimension_is_fixed_once_there_are_values(asker: Asker, resources: Resources) -> None:
    add_term(asker, resources, DENT)
    change_term(asker, resources, "dent_hardness", replace(DENT, unit="N"))
    change_term(asker, resources, "dent_hardness", DENT)
    give(asker, resources, "hard", "dent_hardness", Measured(7.0, "GPa"))
    for unit in ("N", ""):
        with pytest.raises(InvalidValue, match="has values"):
            change_term(asker, resources, "dent_hardness", replace(DENT, unit=unit))
    with pytest.raises(InvalidValue, match="has values"):
        change_term(asker, resources, "dent_hardness", replace(DENT, unit="", has_any_unit=True))
    change_term(asker, resources, "dent_hardness", replace(DENT, unit="MPa"))


def test_a_merge_is_found_under_both_names_and_can_be_taken_back(asker: Asker, resources: Resources) -> None:
    own = give(asker, resources, "own", "dent_hardness", Measured(7.0, "GPa"))
    give(asker, resources, "shipped", "hardness", Measured(8.0, "GPa"))
    record = add_term(asker, resources, DENT).record
    assert record is not None
    facts = resources.catalog.facts(resources.visible(asker))
    preview = preview_merge(asker, resources, "DH", "硬さ")
    assert (preview.one.n_samples, preview.into.n_samples) == (1, 1)
    assert titles(asker, resources, "硬さ > 5") == {"shipped"}
    merge_terms(asker, resources, "DH", "硬さ", expected=1)
    for question in ("硬さ > 5", "DH > 5", "dent_hardness > 5000 MPa", "hardness IS KNOWN"):
        assert titles(asker, resources, question) == {"own", "shipped"}, question
    assert titles(asker, resources, "hardness IS UNKNOWN AND kind = sample") == set()
    assert resources.catalog.facts(resources.visible(asker)) == facts
    assert [same.term.key for same in get_term(asker, resources, "hardness").same] == ["dent_hardness"]
    drawn = table(asker, resources, "DH > 5")
    assert [column.name for column in drawn.columns[3:]] == ["hardness", "hardness.u", "hardness.evidence"]
    assert [(row[0], row[3]) for row in drawn.rows] == [("own", 7.0), ("shipped", 8.0)]
    with pytest.raises(InvalidValue, match="same term already"):
        merge_terms(asker, resources, "DH", "硬さ")

    undo_merge(asker, resources, "DH", expected=2)
    assert titles(asker, resources, "硬さ > 5") == {"shipped"}
    assert titles(asker, resources, "DH > 5") == {"own"}
    assert titles(asker, resources, "DH IS UNKNOWN AND kind = sample") == {"shipped"}
    events = show(asker, resources, record.pid).events
    assert [(event.action, dict(event.details)) for event in events[:2]] == [
        ("parted term", {"into": "hardness"}),
        ("merged term", {"into": "hardness"}),
    ]
    assert len(show(asker, resources, record.pid).versions) == 3
    assert show(asker, resources, own.pid).facts[0].property.term == "dent_hardness"
    with pytest.raises(InvalidValue, match="not merged"):
        undo_merge(asker, resources, "DH")


def test_a_merge_that_means_nothing_is_refused(asker: Asker, resources: Resources) -> None:
    add_term(asker, resources, DENT)
    add_term(asker, resources, PropertyTerm(key="dents", en="Dents"))
    with pytest.raises(InvalidValue, match="same dimension"):
        merge_terms(asker, resources, "dents", "dent_hardness")
    with pytest.raises(InvalidValue, match="same dimension"):
        merge_terms(asker, resources, "dents", "peak_position")
    with pytest.raises(InvalidValue, match="comes with Kiban"):
        merge_terms(asker, resources, "hardness", "dent_hardness")
    with pytest.raises(InvalidValue, match="same term already"):
        merge_terms(asker, resources, "dent_hardness", "dent_hardness")
    with pytest.raises(RecordNotFound):
        merge_terms(asker, resources, "dent_hardness", "no such term")


def test_merges_reach_over_several_steps_and_keep_the_dimension(asker: Asker, resources: Resources) -> None:
    for key in ("first", "second", "third"):
        add_term(asker, resources, PropertyTerm(key=key, en=key, unit="GPa"))
        give(asker, resources, key, key, Measured(1.0, "GPa"))
    merge_terms(asker, resources, "first", "second")
    merge_terms(asker, resources, "second", "third")
    assert titles(asker, resources, "first > 0.5") == {"first", "second", "third"}
    with pytest.raises(InvalidValue, match="same term already"):
        merge_terms(asker, resources, "third", "first")
    with pytest.raises(InvalidValue, match="Take that merge back"):
        merge_terms(asker, resources, "first", "hardness")
    with pytest.raises(InvalidValue, match="merged"):
        change_term(asker, resources, "third", PropertyTerm(key="third", en="third", unit="N"))
    undo_merge(asker, resources, "second")
    assert titles(asker, resources, "first > 0.5") == {"first", "second"}
    assert titles(asker, resources, "third > 0.5") == {"third"}


def test_terms_are_looked_up(asker: Asker, resources: Resources) -> None:
    record = add_term(asker, resources, DENT).record
    assert record is not None
    keys = [each.term.key for each in list_terms(asker, resources, "硬さ")]
    assert {"hardness", "vickers_hardness", "dent_hardness"} <= set(keys)
    assert [each.term.key for each in list_terms(asker, resources, "圧痕")] == ["dent_hardness"]
    assert list_terms(asker, resources, "no such property") == ()
    assert get_term(asker, resources, record.pid).term.term == DENT
    assert vocabulary_of(asker, resources) is vocabulary_of(asker, resources)
