"""Files that carry the identifier of a sample find it by themselves; where several fit, a person decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.errors import Conflict, InvalidValue, RecordNotFound
from kiban.operations.deposit import deposit
from kiban.operations.deposit_outcome import Outcome
from kiban.operations.find import find
from kiban.operations.link_sample import link_sample, undecided
from kiban.operations.provenance import provenance
from kiban.operations.resources import Resources
from kiban.operations.samples import register_sample
from kiban.operations.show import show
from kiban.records.identity import new_pid
from kiban.records.party import Asker
from kiban.records.provenance import Direction
from kiban.records.record import Record
from kiban.records.sample import Sample

from .test_reread import JCAMP


@pytest.fixture(name="samples")
def _samples(asker: Asker, resources: Resources) -> list[Record]:
    return [register_sample(asker, resources, Sample(name=name)) for name in ("A", "B")]


def drop(
    asker: Asker, resources: Resources, inbox: Path, name: str, header: bytes = b"", sample: str | None = None
) -> Outcome:
    (inbox / name).write_bytes(JCAMP.replace(b"##ORIGIN", header + b"##ORIGIN"))
    (outcome,) = deposit(asker, resources, [inbox / name], sample=sample)
    return outcome


def bare(sample: Record) -> str:
    return sample.pid.removeprefix("kb:")


def test_an_identifier_in_the_file_name_finds_the_sample(
    asker: Asker, resources: Resources, samples: list[Record], inbox: Path
) -> None:
    outcome = drop(asker, resources, inbox, f"{bare(samples[0])}_ir.jdx")
    assert (outcome.sample, outcome.candidates) == (samples[0].pid, ())
    assert outcome.linked_by == f"{samples[0].pid} stands in the file's name."
    shown = show(asker, resources, str(outcome.measurement))
    assert shown.sample is not None
    assert {fact.subject for fact in shown.facts} == {samples[0].id}
    assert not undecided(asker, resources)


def test_an_identifier_in_the_header_or_given_by_the_depositor_finds_it_too(
    asker: Asker, resources: Resources, samples: list[Record], inbox: Path
) -> None:
    by_header = drop(asker, resources, inbox, "a.jdx", header=f"##SAMPLE DESCRIPTION= {samples[1].pid}\n".encode())
    assert by_header.sample == samples[1].pid
    by_word = drop(asker, resources, inbox, f"b {bare(samples[1])}.jdx", sample=bare(samples[0]).lower())
    assert by_word.sample == samples[0].pid


def test_identifiers_of_nothing_here_change_nothing(
    asker: Asker, resources: Resources, samples: list[Record], inbox: Path
) -> None:
    outcome = drop(asker, resources, inbox, f"{new_pid().removeprefix('kb:')}.jdx", sample="A")
    assert outcome.sample == samples[0].pid
    lost = drop(asker, resources, inbox, "lost.jdx", header=b"##TEMP=1\n", sample=new_pid())
    assert lost.sample is None
    assert "there is none of that identifier" in lost.linked_by


def test_what_several_samples_fit_waits_for_a_person(
    asker: Asker, resources: Resources, samples: list[Record], inbox: Path
) -> None:
    one, other = samples
    outcome = drop(asker, resources, inbox, f"{bare(one)} {bare(other)}.jdx")
    assert (outcome.sample, set(outcome.candidates)) == (None, {one.pid, other.pid})
    (waiting,) = undecided(asker, resources)
    assert {sample.title for sample in waiting.samples} == {"A", "B"}
    assert find(asker, resources, "candidates IS KNOWN").total == 1
    decided = link_sample(asker, resources, waiting.measurement.pid, other.pid, expected=1)
    assert (decided.version, undecided(asker, resources)) == (2, ())
    shown = show(asker, resources, other.pid)
    assert shown.facts
    assert find(asker, resources, 'sample = "B" AND kind = measurement').total == 1
    forward = provenance(asker, resources, other.pid, direction=Direction.FORWARD)
    assert len(forward.steps) == 2


def test_a_wrong_sample_is_put_right_and_taken_back(
    asker: Asker, resources: Resources, samples: list[Record], inbox: Path
) -> None:
    one, other = samples
    pid = str(drop(asker, resources, inbox, f"{bare(one)}.jdx").measurement)
    n_facts = len(show(asker, resources, one.pid).facts)
    assert n_facts
    link_sample(asker, resources, pid, other.pid)
    assert (len(show(asker, resources, one.pid).facts), len(show(asker, resources, other.pid).facts)) == (0, n_facts)
    assert show(asker, resources, one.pid).ties == ()
    with pytest.raises(InvalidValue, match="of B already"):
        link_sample(asker, resources, pid, other.pid)
    with pytest.raises(Conflict):
        link_sample(asker, resources, pid, one.pid, expected=1)
    link_sample(asker, resources, pid, None)
    assert show(asker, resources, pid).sample is None
    with pytest.raises(RecordNotFound):
        link_sample(asker, resources, pid, new_pid())
    # The same file again changes nothing of it.
    (again,) = deposit(asker, resources, list(inbox.iterdir()))
    assert (again.already_there, show(asker, resources, pid).sample) == (True, None)
