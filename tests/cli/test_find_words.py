"""kiban find with words: by relevance, and in bold where somebody is looking."""

from __future__ import annotations

import pytest

from kiban.testing.catalog_examples import Laboratory

from .conftest import Terminal


@pytest.fixture
def lab(kiban: Terminal) -> Laboratory:
    lab = Laboratory(kiban.resources.catalog, project=kiban.resources.project)
    lab.write(
        lab.measurement("LTO film", document={"file_name": "x.ras"}),
        lab.measurement("Scan \x1b[2J", document={"file_name": "LTO-7.ras", "operator": "LTO \x1b[31m"}),
    )
    return lab


def test_answers_come_by_relevance_where_that_is_asked_for(kiban: Terminal, lab: Laboratory) -> None:
    assert [hit["title"] for hit in kiban.lines("find", "lto")] == ["Scan \x1b[2J", "LTO film"]
    found = kiban.lines("find", "lto", "--sort", "relevance")
    assert [hit["title"] for hit in found] == ["LTO film", "Scan \x1b[2J"]
    assert found[0]["highlights"][0]["places"] == [[0, 3]]


def test_words_are_bold_where_somebody_is_looking(
    kiban: Terminal, lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, _ = kiban.run("find", "lto", "--sort", "relevance")
    assert "\033[1m" not in out
    assert len(out.splitlines()) == 2
    monkeypatch.setattr("kiban.cli.marked_text.shows_bold", lambda: True)
    out, _ = kiban.run("find", "lto", "--sort", "relevance")
    first, second, file, operator = out.splitlines()
    assert "\033[1mLTO\033[22m film" in first
    assert file == "    file_name: \033[1mLTO\033[22m-7.ras"
    assert "Scan  [2J" in second
    # What a file says cannot command the terminal.
    assert operator == "    operator: \033[1mLTO\033[22m  [31m"


def test_it_is_said_where_only_the_newest_are_ranked(
    kiban: Terminal, lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked = kiban.resources.catalog.ranked
    monkeypatch.setattr(
        type(kiban.resources.catalog), "ranked", lambda _, *asked, **more: ranked(*asked, **more, most=1)
    )
    _, err = kiban.run("find", "lto", "--sort", "relevance")
    assert "only the newest 500" in err
