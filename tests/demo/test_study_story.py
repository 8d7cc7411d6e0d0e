"""The story of the demonstration: batches, splits, processes meant and done, tied to the files of the study."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiban.compute.fence import Fence
from kiban.demo.study import make_study
from kiban.demo.study_story import Story
from kiban.operations.deposit import deposit
from kiban.operations.find import find
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.provenance import provenance
from kiban.operations.resources import Resources
from kiban.operations.samples import register_sample
from kiban.operations.show import show
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.provenance import Direction
from kiban.records.sample import Sample
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform

ASKER = Asker(party="operator", roles={FIRST_PROJECT: Role.OWNER})


@pytest.fixture(scope="module", name="told")
def _told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Resources, Path]]:
    """The story told, files of four techniques deposited, logs tied."""
    folder = tmp_path_factory.mktemp("story")
    fence = Fence(n_workers=1)
    resources = memory_platform(ObjectFolder(folder / "objects"), fence)
    make_study(folder / "files")
    story = Story(ASKER, resources)
    assert story.tell() > 30
    list(deposit(ASKER, resources, [folder / "files" / name for name in ("xrd", "raman", "battery", "process")]))
    assert story.tie_logs() == 9
    yield resources, folder / "files"
    fence.close()


def test_a_value_is_followed_back_to_the_bottles(told: tuple[Resources, Path]) -> None:
    resources, _ = told
    (film,) = find(ASKER, resources, 'kind = sample AND title = "TiO2-A700"').hits
    scans = find(ASKER, resources, 'sample = "TiO2-A700" AND technique = xrd').hits
    assert {fact.property.term for fact in show(ASKER, resources, film.id).facts} >= {"d_spacing", "raman_shift"}
    back = provenance(ASKER, resources, scans[0].id, direction=Direction.BACK)
    titles = {step.record.title for step in back.steps}
    assert titles >= {
        "TiO2-A700",
        "Annealing of TiO2-A700",
        "TiO2-gel",
        "Spin coating of TiO2-gel",
        "TiO2-sol 1",
        "Ti-isopropoxide L2604",
    }
    forward = provenance(ASKER, resources, show(ASKER, resources, film.id).record.pid, direction=Direction.FORWARD)
    assert {step.record.document.get("technique") for step in forward.steps[1:]} >= {"xrd", "raman"}


def test_what_was_done_differs_from_what_was_meant_and_is_found(told: tuple[Resources, Path]) -> None:
    resources, _ = told
    assert find(ASKER, resources, "meant.steps.temperature = 700 degC").total == 1
    assert find(ASKER, resources, "done.steps.temperature = 700 degC").total == 0
    assert find(ASKER, resources, "done.steps.temperature > 690 degC AND done.steps.temperature < 710 degC").total == 1
    assert find(ASKER, resources, 'template = "heat_treatment"').total == 6


def test_the_logs_of_the_furnaces_belong_to_their_processes(told: tuple[Resources, Path]) -> None:
    resources, _ = told
    (run,) = find(ASKER, resources, 'kind = process AND title = "Calcination of LCO-C850"').hits
    ties = show(ASKER, resources, run.id).ties
    assert {tie.predicate for tie in ties} == {"used", "made_by", "log_of"}


def test_telling_it_again_changes_nothing(told: tuple[Resources, Path]) -> None:
    resources, _ = told
    before = resources.catalog.count
    again = Story(ASKER, resources)
    assert (again.tell(), again.tie_logs()) == (0, 0)
    assert before == resources.catalog.count


def test_it_is_told_again_where_people_have_added_many_samples(
    told: tuple[Resources, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    resources, _ = told
    monkeypatch.setattr("kiban.demo.study_story._PART", 5)
    for n in range(12):
        register_sample(ASKER, resources, Sample(name=f"added {n}"))
    again = Story(ASKER, resources)
    assert (again.tell(), again.tie_logs()) == (0, 0)
