"""The vocabulary of property terms, as pages in both languages and over REST."""

from __future__ import annotations

from typing import Any

from .conftest import Program

DENT = {"key": "dent_hardness", "en": "Dent hardness", "ja": "圧痕硬さ", "unit": "GPa", "synonyms": ["DH"]}


def add(program: Program, **said: Any) -> Any:
    return program.ask("POST", "/api/v1/terms", json={**DENT, **said})


def test_rest_lists_and_shows_terms(program: Program) -> None:
    listed = {term["key"]: term for term in program.get("/api/v1/terms").json()}
    assert listed["melting_point"]["iri"] == "http://qudt.org/vocab/quantitykind/MeltingPoint"
    assert listed["hardness"]["id"] is None
    found = [term["key"] for term in program.get("/api/v1/terms", params={"q": "ビッカース"}).json()]
    assert found == ["vickers_hardness"]
    shown = program.get("/api/v1/terms/硬さ").json()
    assert (shown["key"], shown["same"], shown["n_samples"]) == ("hardness", [], 0)
    assert program.get("/api/v1/terms/no_such").status_code == 404


def test_rest_adds_changes_merges_and_parts(program: Program) -> None:
    added = add(program)
    assert added.status_code == 200
    assert added.json()["version"] == 1
    assert add(program).status_code == 409
    assert add(program, key="other", en="硬さ", ja="", synonyms=[]).json()["fault"].endswith("stands for hardness.")
    assert add(program, key="other", unit="no_such_unit").status_code == 422
    assert add(program, key="No Key").status_code == 422
    assert add(program, nonsense=1).status_code == 422
    changed = program.ask("PUT", "/api/v1/terms/DH", json={**DENT, "symbol": "H_d"}, params={"expected": 1})
    assert changed.json()["symbol"] == "H_d"
    assert program.ask("PUT", "/api/v1/terms/DH", json=DENT, params={"expected": 1}).status_code == 409
    address = "/api/v1/terms/dent_hardness/merge"
    assert program.get(address, params={"into": "melting_point"}).status_code == 422
    assert program.get(address, params={"into": "硬さ"}).json()["into"]["key"] == "hardness"
    assert program.get("/api/v1/terms/dent_hardness").json()["merged_into"] == ""
    assert (
        program.ask("POST", address, params={"into": "硬さ", "expected": 2}).json()["one"]["merged_into"] == "hardness"
    )
    assert program.get("/api/v1/terms/hardness").json()["same"] == ["dent_hardness"]
    assert program.ask("DELETE", address, params={"expected": 3}).json()["merged_into"] == ""
    assert program.ask("DELETE", address).status_code == 422
    assert program.get("/api/v1/search", params={"q": "圧痕硬さ > 5"}).json()["total"] == 0


def test_the_pages_speak_both_languages(program: Program) -> None:
    for language, title, name in (("en", "Property terms", "Hardness"), ("ja", "物性の用語", "硬さ")):
        text = program.get(f"/terms?lang={language}").text
        assert f"<h1>{title}</h1>" in text
        assert f'<a href="/terms/hardness">{name}</a>' in text
        assert f"<h1>{name} <code>hardness</code></h1>" in program.get(f"/terms/hardness?lang={language}").text
    assert "1 term<" in program.get("/terms?q=ヌープ").text
    assert "<b>" not in program.get("/terms?q=%3Cb%3E").text.partition("<main")[2]
    assert program.get("/terms/no_such").status_code == 404


def test_a_term_is_added_and_merged_on_its_page(program: Program) -> None:
    said = {"key": "notch", "ja": "切欠き", "unit": "GPa", "synonyms": "DS、 dent size", "description": "深さ"}
    answer = program.ask("POST", "/terms", data=said, headers={"accept-language": "ja"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/terms/notch")
    assert program.get("/api/v1/terms/notch").json()["description"] == {"en": "", "ja": "深さ"}
    text = program.get("/terms/notch?lang=ja").text
    assert "DS、dent size" in text
    assert "統合先の用語" in text
    preview = program.get("/terms/notch?into=hardness").text
    assert "Questions about 切欠き and about Hardness would ask for both." in preview
    assert program.get("/terms/notch?into=melting_point").status_code == 422
    done = program.ask("POST", "/terms/notch/merge", data={"into": "hardness", "expected": 1})
    assert done.status_code == 303
    assert "Take the merge back" in program.get("/terms/notch").text
    assert '<a href="/terms/notch">切欠き</a>' in program.get("/terms/hardness").text
    assert "→ <code>hardness</code>" in program.get("/terms?q=notch").text
    assert program.ask("POST", "/terms/notch/part", data={"expected": 1}).status_code == 409
    assert program.ask("POST", "/terms/notch/part", data={"expected": 2}).status_code == 303
    assert "The other term" in program.get("/terms/notch").text
    assert program.ask("POST", "/terms", data={"key": "notch", "en": "x"}).status_code == 409
    # A term of Kiban cannot be merged into another, and its page offers no form for it.
    assert "/merge" not in program.get("/terms/hardness").text.partition("<main")[2]


def test_the_record_of_a_term_has_its_page_and_is_found(program: Program) -> None:
    record = add(program, key="luster", en="Luster", ja="つや", synonyms=[]).json()["id"]
    assert "<h1>Luster" in program.get(f"/records/{record}").text
    assert f'"/records/{record}"' in program.get("/terms/luster").text
    hits = program.get("/api/v1/search", params={"q": "kind = term AND Luster"}).json()["hits"]
    assert [(hit["id"], hit["kind"]) for hit in hits] == [(record, "term")]
