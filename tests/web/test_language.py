from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import kiban.web
from kiban.access.verdict import rules
from kiban.operations.find import Facet
from kiban.records.file_entry import FileStatus
from kiban.records.parties.right import Right, Role
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.record import RecordKind
from kiban.records.scope import Tier
from kiban.records.technique import TECHNIQUES
from kiban.web.language import Speaker, preferred, words
from kiban.web.pages.search import EXAMPLES

from .conftest import Program

FOLDER = Path(kiban.web.__file__).parent
_SAID = re.compile(r"""\b(?:t|speaker)\(\s*["']([\w.]+)["']""")
_FROM_LIST = re.compile(r"""\b(?:t|speaker)\.word\(\s*["']([\w.]+)["']""")


def _sources() -> str:
    files = [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_both_languages_have_the_same_words() -> None:
    assert words("en").keys() == words("ja").keys()


@pytest.mark.parametrize("key", sorted(words("en")))
def test_both_languages_fill_in_the_same_things(key: str) -> None:
    english, japanese = (
        {name for _, name, _, _ in Formatter().parse(words(language)[key]) if name} for language in ("en", "ja")
    )
    assert english == japanese
    assert words("ja")[key].strip()


def test_templates_use_only_words_that_there_are() -> None:
    used = set(_SAID.findall(_sources()))
    assert len(used) > 100
    assert used <= words("en").keys()


def test_there_are_words_for_every_member_of_a_closed_list() -> None:
    known = words("en").keys()
    assert {f"kind.{kind}" for kind in RecordKind} <= known
    assert {f"tier.{tier}" for tier in Tier} <= known
    assert {f"status.{status}" for status in FileStatus} <= known
    assert {f"search.by.{facet}" for facet in Facet} <= known
    assert {f"access.rule.{rule.name}" for rule in rules()} <= known
    assert {f"right.{right}" for right in Right} | {f"role.{role}" for role in Role} <= known
    assert set(EXAMPLES) <= known
    assert all(known.en and known.ja for known in (*TECHNIQUES.values(), *PROPERTY_TERMS.values()))


def test_no_word_is_left_over() -> None:
    source = _sources()
    groups = set(_FROM_LIST.findall(source)) | {"column", "variable", "cell"}
    # Keys that are put together of a part that stands in the source and one that does not.
    composed = (
        "access.rule.",
        "home.step",
        "search.by.",
        "search.order.",
        "search.beyond.",
        "deposit.tier.",
        "record.plot_",
        "record.picture_",
        "record.variable_",
        "error.",
        "mend.",
        "status_page.",
        "files.about_",
        "change_said.",
    )
    left = [
        key
        for key in words("en")
        if f"'{key}'" not in source
        and f'"{key}"' not in source
        and key.rpartition(".")[0] not in groups
        and not any(key.startswith(f"{group}.") for group in groups)
        and not key.startswith(composed)
    ]
    assert left == []


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("en-GB,en;q=0.9,ja;q=0.8", "en"),
        ("de,fr;q=0.9,ja;q=0.1", "ja"),
        ("de", "en"),
        ("ja;q=0", "en"),
        ("ja;q=x,en;q=0.1", "en"),
        (";;;,,,=", "en"),
    ],
)
def test_the_browser_s_wish_is_heard(accept: str, language: str) -> None:
    assert preferred(accept) == language


def test_the_address_comes_before_the_memory_and_that_before_the_browser(program: Program) -> None:
    def language(address: str, **headers: str) -> str:
        found = re.search(r'<html lang="(\w+)"', program.get(address, headers=headers).text)
        assert found is not None
        return found[1]

    assert language("/", **{"accept-language": "ja"}) == "ja"
    assert language("/", cookie="kiban_language=ja") == "ja"
    assert language("/?lang=en", cookie="kiban_language=ja") == "en"
    assert language("/?lang=xx", cookie="kiban_language=yy") == "en"


def test_a_choice_is_remembered_for_a_year(program: Program) -> None:
    cookie = program.get("/?lang=ja").headers["set-cookie"]
    assert cookie.startswith("kiban_language=ja;")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "set-cookie" not in program.get("/").headers


def test_the_other_language_is_one_link_away_and_the_question_stays(program: Program) -> None:
    text = program.get("/search?q=a%26b%22&lang=en").text
    assert 'href="?q=a%26b%22&amp;lang=ja"' in text


def test_techniques_and_terms_are_named_in_both() -> None:
    assert Speaker("ja").technique("xrd") == "X線回折"
    assert Speaker("en").term("d_spacing") == "Lattice-plane spacing"
    assert Speaker("ja").word("kind", "something new") == "something new"


def test_a_text_agrees_with_its_number() -> None:
    said = {n: Speaker("en")("parties.n_records", n=n) for n in (0, 1, 2)}
    assert said == {0: "0 records", 1: "1 record", 2: "2 records"}
    assert Speaker("ja")("parties.n_records", n=1) == Speaker("ja")("parties.n_records", n=2).replace("2", "1")


def test_every_number_that_texts_agree_with_is_one() -> None:
    for key, text in words("en").items():
        for _, name, form, _ in Formatter().parse(text):
            assert not form or (name and (form == "," or form.count("|") == 1)), key


def test_large_numbers_are_grouped_where_the_text_says_so() -> None:
    assert Speaker("en")("experiments.keep", n=3000) == "Keep 3,000 rows"
    assert Speaker("ja")("experiments.keep", n=3000) == "3,000行を保存"
    assert Speaker("en")("experiments.keep", n=1) == "Keep 1 row"
