"""What is like a record, from real files to the answer; and what may not be read is near nothing."""

from __future__ import annotations

import shutil

import pytest

from kiban.errors import DamagedObject, InvalidQuestion, InvalidValue, RecordNotFound, UnreadableFile
from kiban.operations.deposit import deposit
from kiban.operations.find import find
from kiban.operations.placement import Placement
from kiban.operations.samples import register_sample
from kiban.operations.similar import similar_to
from kiban.query.parse import parse
from kiban.records.matter.formula import amount_fractions
from kiban.records.party import ANONYMOUS
from kiban.records.sample import Sample
from kiban.records.scope import Tier, Visible
from kiban.store.kept_likeness import kept_likeness

RAMAN = ("raman_example.wdf", "raman_example.txt", "tannic_acid.jdx", "labspec_raman_example.txt")


@pytest.fixture(name="records")
def _records(asker, resources, shared, inbox):
    """Four Raman spectra, two of which are the same in two formats, by the names of their files."""
    for name in RAMAN:
        shutil.copy(shared(f"raman/{name}"), inbox / name)
    assert all(outcome.status == "structured" for outcome in deposit(asker, resources, [inbox]))
    found = find(asker, resources, "kind = measurement").hits
    return {hit.file: hit for hit in found}


def test_the_nearest_is_the_same_spectrum_in_another_format(asker, resources, records):
    wdf = records["raman_example.wdf"]
    answer = find(asker, resources, f"SIMILAR TO {wdf.id} WITHIN 0.2")
    assert [hit.file for hit in answer.hits] == ["raman_example.txt", "tannic_acid.jdx"]
    assert answer.total == 2
    assert answer.hits[0].nearness == pytest.approx(1.0, abs=1e-4)
    assert answer.hits[1].nearness == pytest.approx(0.30, abs=0.02)
    # What is not asked to be near anything is not near.
    assert find(asker, resources, "tannic").hits[0].nearness is None
    found = similar_to(asker, resources, wdf.id)
    assert [each.record.pid for each in found.found] == [records["raman_example.txt"].id]
    assert found.likeness.kind == "raman"
    assert found.found[0].nearness.overlap == 1.0


def test_samples_are_like_by_composition(asker, resources):
    names = ("CaTiO3", "SrTiO3", "CaZrO3", "Fe")
    samples = {
        name: register_sample(asker, resources, Sample(name=name, formula=name, composition=amount_fractions(name)))
        for name in names
    }
    found = similar_to(asker, resources, samples["CaTiO3"].pid, at_least=0.5)
    assert [each.record.title for each in found.found] == ["SrTiO3", "CaZrO3"]
    assert found.found[0].nearness.distance == pytest.approx(0.2)
    answer = find(asker, resources, f'SIMILAR TO {samples["CaTiO3"].pid} AND elements HAS "Zr"')
    assert [hit.title for hit in answer.hits] == ["CaZrO3"]


def test_what_has_nothing_to_be_compared_by_is_said(asker, resources):
    bare = register_sample(asker, resources, Sample(name="bare"))
    with pytest.raises(InvalidValue, match="nothing to be compared by"):
        similar_to(asker, resources, bare.pid)
    with pytest.raises(InvalidQuestion, match="nothing to be compared by"):
        find(asker, resources, f"SIMILAR TO {bare.pid}")
    with pytest.raises(InvalidValue, match="above 0"):
        similar_to(asker, resources, bare.pid, at_least=0.0)


def test_of_what_may_not_be_read_is_said_what_is_said_of_nothing(asker, resources, shared, inbox, monkeypatch):
    for name in RAMAN[:2]:
        shutil.copy(shared(f"raman/{name}"), inbox / name)
    [one] = deposit(asker, resources, [inbox / RAMAN[0]], placement=Placement(tier=Tier.OPEN))
    [other] = deposit(asker, resources, [inbox / RAMAN[1]])
    assert (one.status, other.status) == ("structured", "structured")
    by_file = {hit.file: hit for hit in find(asker, resources, "kind = measurement").hits}
    is_open, hidden, absent = by_file[RAMAN[0]].id, by_file[RAMAN[1]].id, "kb:0000-0000-00"
    assert find(asker, resources, f"SIMILAR TO {is_open}").total == 1

    def told(who, identifier):
        with pytest.raises(InvalidQuestion) as in_question:
            find(who, resources, f"SIMILAR TO {identifier}")
        with pytest.raises(RecordNotFound) as by_name:
            similar_to(who, resources, identifier)
        return [str(e.value).replace(identifier, "X") for e in (in_question, by_name)]

    def finds_nothing(who):
        assert find(who, resources, f"SIMILAR TO {is_open} WITHIN 0.01").total == 0
        assert similar_to(who, resources, is_open, at_least=0.01).found == ()
        assert told(who, hidden) == told(who, absent)

    finds_nothing(ANONYMOUS)
    # Who may read what describes it sees the record, and learns as little of its values.
    scopes = {scope.number: scope for scope in resources.catalog.scopes()}
    opened = frozenset(n for n, scope in scopes.items() if scope.tier is Tier.OPEN)
    described = Visible(frozenset(scopes), data=opened)
    monkeypatch.setattr(type(resources), "visible", lambda *_, **__: described)
    assert find(asker, resources, "kind = measurement").total == 2
    finds_nothing(asker)


def test_what_was_kept_before_is_worked_out_of_the_normalised_files(asker, resources, records):
    state = resources.catalog._state
    kept = {
        i: found
        for i in state.likenesses
        if (found := kept_likeness(resources.objects, resources.catalog.get(i, resources.visible(asker)))) is not None
    }
    assert kept == state.likenesses
    assert len(kept) == len(records)


def test_of_a_damaged_file_is_said_that_it_is_damaged(asker, resources, records):
    damaged = resources.catalog.get(records["tannic_acid.jdx"].id, resources.visible(asker))
    path = resources.objects.path(damaged.document["normalised"])
    path.chmod(0o600)
    path.write_bytes(b"not HDF5")
    with pytest.raises(UnreadableFile):
        kept_likeness(resources.objects, damaged)
    path.unlink()
    with pytest.raises(DamagedObject):
        kept_likeness(resources.objects, damaged)


def test_questions_that_would_have_no_order_are_refused():
    a, b = "kb:7Q4M-2KXD-98", "kb:0000-0000-00"
    for text, match in {
        f"title = x OR SIMILAR TO {a}": "under OR",
        f"SIMILAR TO {a} AND SIMILAR TO {b}": "and like",
        f"SIMILAR TO {a} WITHIN 1.5": "WITHIN 1.5",
        f"SIMILAR TO {a} WITHIN 0": "WITHIN 0 was",
        f"SIMILAR TO {a} WITHIN 3 GPa": "GPa",
        "SIMILAR TO LTO-7": "LTO-7",
        "SIMILAR TO kb:7Q4M-2KXD-9T": "kb:7Q4M-2KXD-9T",
        "SIMILAR TO": "the question ends",
    }.items():
        with pytest.raises(InvalidQuestion, match=match):
            parse(text)
    parse(f"NOT (title = x OR SIMILAR TO {a})")
