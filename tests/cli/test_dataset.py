"""kiban dataset."""

from __future__ import annotations

from pathlib import Path

from .conftest import Terminal


def _ready(kiban: Terminal) -> tuple[str, str]:
    film = kiban.one("sample", "new", "film 1", "--formula", "TiO2", "--tier", "closed")["id"]
    draft = kiban.one(
        "dataset", "new", "Films", "--title-ja", "膜", "--question", 'title = "film 1"',
        "--publisher", "Example Institute", "--keyword", "oxide", "--keyword", "film",
        "--related", "IsSupplementTo 10.1000/xyz", "--type", "Dataset",
    )["id"]  # fmt: skip
    kiban.run("rights", draft, "--licence", "CC-BY-4.0", "--contributor", "Sato Hanako")
    return film, draft


def test_from_a_question_to_a_published_data_set_and_its_withdrawal(kiban: Terminal) -> None:
    film, draft = _ready(kiban)
    shown = kiban.one("dataset", "show", draft)
    assert [each["id"] for each in shown["members"]] == [film]
    assert shown["title"] == {"en": "Films", "ja": "膜"}
    assert shown["related"] == [{"identifier": "10.1000/xyz", "kind": "DOI", "relation": "IsSupplementTo"}]
    kiban.run("dataset", "freeze", draft)
    out, err = kiban.run("dataset", "publish", draft, exit_code=1)
    assert f"in the way: sample {film} film 1, not open to everybody" in out
    assert "Not possible yet." in err
    kiban.run("tier", film, "--tier", "open", "--yes")
    out, err = kiban.run("dataset", "publish", draft)
    assert "everybody, without logging in" in out
    assert "--yes" in err
    assert kiban.one("dataset", "show", draft)["tier"] == "closed"
    assert kiban.one("dataset", "publish", draft, "--yes")["done"] is True
    assert kiban.one("dataset", "show", draft)["tier"] == "open"
    kiban.run("dataset", "withdraw", draft, "--reason", "Wrong furnace.")
    out, _ = kiban.run("dataset", "show", draft)
    assert "withdrawn: Wrong furnace." in out


def test_a_draft_is_changed_and_the_next_version_begun(kiban: Terminal) -> None:
    film, draft = _ready(kiban)
    other = kiban.one("sample", "new", "film 2")["id"]
    kiban.run("dataset", "add", draft, "--record", other)
    kiban.run("dataset", "remove", draft, "--record", film)
    kiban.run("dataset", "change", draft, "--title-ja", "薄膜", "--description", "Annealed in air.")
    shown = kiban.one("dataset", "show", draft)
    assert [each["id"] for each in shown["members"]] == [other]
    assert (shown["title"], shown["description"]["en"]) == ({"en": "Films", "ja": "薄膜"}, "Annealed in air.")
    kiban.run("dataset", "freeze", draft)
    kiban.run("dataset", "change", draft, "--doi", "10.5072/films")
    later = kiban.one("dataset", "new", "--next-of", draft)["id"]
    [first, second] = kiban.one("dataset", "list")["datasets"][::-1]
    assert (first["id"], first["doi"], second["id"], second["number"]) == (draft, "10.5072/films", later, 2)
    out, _ = kiban.run("dataset", "show", later)
    assert f"version 1: {draft} (frozen)" in out


def test_wrong_usage_is_told_as_such(kiban: Terminal) -> None:
    _, draft = _ready(kiban)
    kiban.run("dataset", "add", draft, exit_code=2)
    kiban.run("dataset", "new", "Title", "--next-of", draft, exit_code=2)
    kiban.run("dataset", "list", "--limit", "0", exit_code=2)
    _, err = kiban.run("dataset", "new", exit_code=1)
    assert "needs a title" in err


def test_a_data_set_is_exported_as_a_file(kiban: Terminal, tmp_path: Path) -> None:
    _, draft = _ready(kiban)
    out, _ = kiban.run("dataset", "export", draft)
    assert "jpcoar" in out
    _, err = kiban.run("dataset", "export", draft, "--as", "jpcoar", "-o", tmp_path, "--address", "https://x.org/")
    assert "not carried: " in err
    written = tmp_path / f"{draft.replace(':', '-')}.jpcoar.xml"
    assert f"https://x.org/id/{draft}" in written.read_text(encoding="utf-8")
    kiban.run("dataset", "export", draft, "--as", "nothing", exit_code=2)
