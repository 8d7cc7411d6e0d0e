"""kiban rights."""

from __future__ import annotations

import pytest

from .conftest import Terminal


@pytest.fixture(name="samples")
def _samples(kiban: Terminal) -> list[str]:
    return [str(kiban.one("sample", "new", name)["id"]) for name in ("S-1", "S-2")]


@pytest.fixture(name="project")
def _project(kiban: Terminal) -> str:
    [found] = kiban.lines("find", 'kind = "project"')
    return str(found["id"])


def test_rights_of_a_project_are_shown_with_its_records(kiban: Terminal, samples: list[str], project: str) -> None:
    assert "nothing is stated" in kiban.run("rights", samples[0])[0]
    assert kiban.one("rights", samples[0]) == {"id": samples[0], "version": 1, "stated_by": None}
    kiban.run(
        "rights", project, "--licence", "cc-by-4.0", "--holder", "Example University; ror=057zh3y96",
        "--contributor", "佐藤; orcid=0000-0002-1825-0097; roles=software", "--contributor", "B",
        "--funding", "JSPS; award=JP1", "--citation", "See us",
    )  # fmt: skip
    out, _ = kiban.run("rights", samples[0])
    assert out.splitlines()[1:] == [
        f"  stated by its project, {project} My laboratory",
        "  licence: CC-BY-4.0  https://creativecommons.org/licenses/by/4.0/",
        "  rights holder: Example University; ror=057zh3y96",
        "  contributor: 佐藤; orcid=0000-0002-1825-0097; roles=software",
        "  contributor: B",
        "  funding: JSPS; award=JP1",
        "  citation: See us",
    ]
    assert "  licence: CC-BY-4.0 (stated by its project)\n" in kiban.run("show", samples[0])[0]
    shown = kiban.one("rights", samples[0])
    assert (shown["stated_by"], shown["licence"], shown["contributors"][1]) == ("project", "CC-BY-4.0", {"name": "B"})


def test_parts_are_stated_one_by_one_and_taken_away(kiban: Terminal, samples: list[str]) -> None:
    kiban.run("rights", samples[0], "--licence", "MIT")
    assert kiban.one("rights", samples[0], "--citation", "x", "--expected", "2")["licence"] == "MIT"
    shown = kiban.one("rights", samples[0], "--licence", "")
    assert shown == {"id": samples[0], "version": 4, "stated_by": "record", "citation": "x"}
    assert kiban.one("rights", samples[0], "--as-in", "2")["licence"] == "MIT"
    assert kiban.one("rights", samples[0], "--withdraw")["stated_by"] is None
    _, err = kiban.run("rights", samples[0], "--licence", "MIT", "--expected", "1", exit_code=1)
    assert "has version 6 by now" in err


def test_all_that_answer_a_question_are_stated(kiban: Terminal, samples: list[str]) -> None:
    kiban.run("rights", samples[0], "--licence", "MIT")
    told = kiban.one("rights", "--where", 'kind = "sample"', "--licence", "mit", "--expected", "2")
    assert told == {"stated": 1, "same": 1, "elsewhere": 0}
    out, err = kiban.run("rights", "--where", 'kind = "sample"', "--withdraw")
    assert (out, err) == ("2 records state it now.\n", "")
    assert kiban.one("rights", samples[1])["stated_by"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--licence", "MIT"), 2, "Neither ID nor --where"),
        (("{0}", "--where", "x"), 2, "or both"),
        (("--where", "x"), 2, "not what"),
        (("{0}", "--licence", "MIT", "--withdraw"), 2, "Several ways"),
        (("{0}", "--licence", "CC-BY"), 1, "is no licence"),
        (("{0}", "--contributor", "x; orcid=0000-0002-1825-0098"), 1, "last digit does not fit"),
        (("{0}", "--holder", "; ror=057zh3y96"), 1, "has no name"),
        (("kb:0000-0000-00",), 1, ""),
    ],
)
def test_what_cannot_be_stated_is_refused(
    kiban: Terminal, samples: list[str], arguments: tuple[str, ...], code: int, words: str
) -> None:
    out, err = kiban.run("rights", *(each.format(*samples) for each in arguments), exit_code=code)
    assert out == ""
    assert words in err
    assert kiban.one("rights", samples[0])["version"] == 1
