"""How far something has come is told to whoever began with it, and to nobody else."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from kiban.operations.past_experiments import keep_experiments
from kiban.operations.progress import Phase, Progress
from kiban.records.party import ANONYMOUS
from kiban.web.asker import Desk
from kiban.web.under_way import UnderWay

from .conftest import Program

TICKET = "0123456789abcdef" * 2
TABLE = b"Sample,Temperature [degC],Hardness [GPa]\n" + b"".join(b"S-%d,%d,%d\n" % (i, 800 + i, i) for i in range(40))


def test_a_ticket_is_good_for_who_drew_it_and_until_it_ends() -> None:
    under_way = UnderWay()
    told = under_way.begin(TICKET, "sato")
    assert under_way.look(TICKET, "sato") is None
    told(Progress(Phase.WRITING, 5, 10))
    assert under_way.look(TICKET, "sato") == Progress(Phase.WRITING, 5, 10)
    assert under_way.look(TICKET, "ume") is None
    under_way.begin(TICKET, "ume")(Progress(Phase.READING))
    assert under_way.look(TICKET, "sato") == Progress(Phase.WRITING, 5, 10)
    under_way.end(TICKET)
    told(Progress(Phase.FINISHING))
    assert under_way.look(TICKET, "sato") is None
    under_way.begin("no ticket", "sato")(Progress(Phase.READING))
    assert under_way.look("no ticket", "sato") is None


def test_the_page_is_told_while_a_table_is_kept(empty: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, answered = threading.Event(), threading.Event()

    def slow(*arguments: Any, told: Any, **said: Any) -> Any:
        def waiting(progress: Progress) -> None:
            told(progress)
            if progress.phase is Phase.WRITING and not reached.is_set():
                reached.set()
                assert answered.wait(60)

        return keep_experiments(*arguments, told=waiting, **said)

    monkeypatch.setattr("kiban.web.pages.experiments.keep_experiments", slow)
    answers: list[Any] = []
    form = {"do": "keep", "ticket": TICKET}
    keeping = threading.Thread(
        target=lambda: answers.append(
            empty.ask("POST", "/experiments", data=form, files={"file": ("past.csv", TABLE, "text/csv")})
        )
    )
    keeping.start()
    try:
        assert reached.wait(60)
        found = empty.get(f"/experiments/progress?ticket={TICKET}")
        assert found.headers["cache-control"] == "no-store"
        assert found.json()["phase"] == "writing"
        assert found.json()["total"] >= 120
        # What the page is told a program is told, too; and nobody else.
        assert empty.get(f"/api/v1/experiments/progress?ticket={TICKET}").json() == found.json()
        stranger = Program(empty.resources, asks=Desk(ANONYMOUS, empty.resources))
        stranger.app.state.under_way = empty.app.state.under_way
        assert stranger.get(f"/api/v1/experiments/progress?ticket={TICKET}").json()["phase"] is None
    finally:
        answered.set()
        keeping.join(60)
    assert answers[0].status_code == 200
    assert empty.get(f"/api/v1/experiments/progress?ticket={TICKET}").json() == {"phase": None, "done": 0, "total": 0}
    assert empty.get("/api/v1/experiments/progress?ticket=mine").status_code == 422
    assert empty.get(f"/experiments/progress?ticket={TICKET}").json() == {"phase": None}
