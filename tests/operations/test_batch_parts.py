"""A batch in parts has all of the batch once, in its order, and links of new samples come with them."""

from __future__ import annotations

import pytest

from kiban.operations.batch_parts import in_parts
from kiban.operations.past_experiments import TableFile, keep_experiments
from kiban.operations.progress import Phase, Progress
from kiban.operations.resources import Resources
from kiban.records.party import Asker
from kiban.records.record import RecordKind
from kiban.store.catalog import Batch

TABLE = "Sample,Temperature [degC],Hardness [GPa]\n" + "".join(
    f"S-{i},{800 + 10 * i},{1 + i / 100}\n" for i in range(60)
)


def _kept(asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch, size: int) -> list[Progress]:
    monkeypatch.setattr("kiban.operations.past_experiments._PART", size)
    told: list[Progress] = []
    file = TableFile(content=TABLE.encode(), name="many.csv")
    assert keep_experiments(asker, resources, file, told=told.append).made.n_new == 60
    return told


def test_how_far_it_is_is_told_and_all_is_kept(
    asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _kept(asker, resources, monkeypatch, 20)
    assert [each.phase for each in told][:2] == [Phase.READING, Phase.COMPARING]
    writing = [each for each in told if each.phase is Phase.WRITING]
    assert len(writing) > 5
    assert [each.done for each in writing] == sorted({each.done for each in writing})
    # 60 samples, processes and measurements, and the templates of the columns.
    assert writing[-1].total >= 180
    assert told[-1] == Progress(Phase.FINISHING, writing[-1].total, writing[-1].total)


def test_a_fault_in_the_last_part_leaves_nothing(
    asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.phase is Phase.FINISHING:
            raise Cut

    monkeypatch.setattr("kiban.operations.past_experiments._PART", 20)
    file = TableFile(content=TABLE.encode(), name="many.csv")
    with pytest.raises(Cut):
        keep_experiments(asker, resources, file, told=stop)
    again = keep_experiments(asker, resources, file)
    assert (again.status, again.made.n_new, again.made.n_known_samples) == ("imported", 60, 0)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_parts_are_the_batch_cut_up(
    asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    batches: list[Batch] = []

    def noted(batch: Batch, n: int) -> list[Batch]:
        batches.append(batch)
        return list(in_parts(batch, n))

    monkeypatch.setattr("kiban.operations.past_experiments.in_parts", noted)
    _kept(asker, resources, monkeypatch, size)
    [whole] = batches
    parts = list(in_parts(whole, size))
    for name in ("records", "links", "facts", "events", "file_records", "files", "blobs"):
        together = [each for part in parts for each in getattr(part, name)]
        assert len(together) == len(getattr(whole, name)), name
        assert set(map(id, together)) == set(map(id, getattr(whole, name))) or name == "file_records"
    assert [record.id for part in parts for record in part.records] == [record.id for record in whole.records]
    assert {i for part in parts for i in part.compositions} == set(whole.compositions)
    for part in parts:
        new = {record.id for record in part.records}
        assert all(link.subject in new for link in part.links)
        samples = [record for record in part.records if record.kind is RecordKind.SAMPLE]
        assert len(parts) == 1 or len(samples) <= size + 1
