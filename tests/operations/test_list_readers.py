from __future__ import annotations

import pytest

from kiban.compute.fence import Fence
from kiban.compute.structured import Failure
from kiban.errors import BrokenPlugin, InvalidValue
from kiban.operations.list_readers import list_readers


def _names(fence: Fence, **chosen: str) -> set[str]:
    return {facts.name for facts in list_readers(fence, **chosen).readers}


def test_the_list_can_be_narrowed_by_technique_and_maker(fence: Fence) -> None:
    everything = _names(fence)
    assert {"rigaku_ras", "biologic_mpr", "delimited_text"} <= everything
    assert _names(fence, technique="xrd_map") >= {"rigaku_ras", "rigaku_rasx"}
    assert "biologic_mpr" not in _names(fence, technique="xrd_map")
    assert {"biologic_mpr", "biologic_mpt"} <= _names(fence, maker=" biologic ")
    assert _names(fence, maker="no such maker") == set()
    assert _names(fence, technique="impedance", maker="rigaku") == set()
    assert _names(fence, maker="") == everything


def test_a_technique_that_is_none_is_refused(fence: Fence) -> None:
    with pytest.raises(InvalidValue, match="xrdd"):
        list_readers(fence, technique="xrdd")


def test_workers_that_die_before_they_answer_are_told(monkeypatch: pytest.MonkeyPatch, fence: Fence) -> None:
    died = Failure(error="LimitExceeded", fault="It ended twice.", mend="")
    monkeypatch.setattr(fence, "list_readers", lambda: died)
    with pytest.raises(BrokenPlugin, match="ended twice"):
        list_readers(fence)
