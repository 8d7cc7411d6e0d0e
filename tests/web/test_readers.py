"""What can be read, as a page in both languages and over REST."""

from __future__ import annotations

from .conftest import Program


def test_rest_lists_the_readers(program: Program) -> None:
    listed = program.get("/api/v1/readers").json()
    by_name = {reader["name"]: reader for reader in listed["readers"]}
    assert by_name["rigaku_ras"]["package"] == "kiban"
    assert by_name["rigaku_ras"]["recognised"].startswith("text that begins with")
    assert listed["broken"] == []
    chosen = program.get("/api/v1/readers", params={"technique": "impedance", "maker": "biologic"}).json()["readers"]
    assert {"biologic_mpr", "biologic_mpt"} <= {reader["name"] for reader in chosen} < set(by_name)
    assert program.get("/api/v1/readers", params={"technique": ""}).json() == listed


def test_a_technique_that_is_none_is_a_problem(program: Program) -> None:
    answer = program.get("/api/v1/readers", params={"technique": "xrdd"})
    assert answer.status_code == 422
    assert answer.json()["error"] == "InvalidValue"
    assert program.get("/about/readers?technique=xrdd").status_code == 422


def test_the_page_shows_every_format_in_both_languages(program: Program) -> None:
    readers = program.get("/api/v1/readers").json()["readers"]
    for language, title in (("en", "What can be read"), ("ja", "読み取れる形式")):
        text = program.get(f"/about/readers?lang={language}").text
        assert f"<h1>{title}</h1>" in text
        assert all(f"<h3>{reader['title']}</h3>" in text for reader in readers)


def test_the_page_can_be_narrowed(program: Program) -> None:
    text = program.get("/about/readers?technique=xrd&maker=Rigaku").text
    assert '<option value="xrd" selected>' in text
    assert "<option selected>Rigaku</option>" in text
    assert "<h3>Rigaku RAS</h3>" in text
    assert "MPR" not in text
    assert "0 formats" in program.get("/about/readers?maker=%3Cb%3E").text
    assert "<b>" not in program.get("/about/readers?maker=%3Cb%3E").text.partition("<main")[2]


def test_the_page_is_linked_where_files_are_dropped(program: Program) -> None:
    assert '<a href="/about/readers">' in program.get("/deposit").text.partition("<main")[2].partition("</main>")[0]


def test_rest_lists_the_techniques_with_their_terms(program: Program) -> None:
    by_key = {known["key"]: known for known in program.get("/api/v1/techniques").json()}
    assert by_key["xrd"] == {
        "key": "xrd",
        "en": "X-ray diffraction",
        "ja": "X線回折",
        "iri": "http://purl.obolibrary.org/obo/CHMO_0000156",
        "nexus": "NXmonopd",
    }
    assert by_key["table"]["iri"] is None
