"""kiban search."""

from __future__ import annotations

from pathlib import Path

from .conftest import Terminal


def _scan(folder: Path, name: str, first: int) -> Path:
    path = folder / name
    path.write_text(f"# wavelength 1.5406\n{first} 1\n{first + 1} 5\n{first + 2} 2\n{first + 3} 1\n")
    return path


def test_a_search_is_saved_tells_what_is_new_and_forgets_it(kiban: Terminal, tmp_path: Path) -> None:
    saved = kiban.one("search", "save", "patterns", 'kind = "measurement"')
    assert (saved["name"], saved["question"], saved["is_notified"]) == ("patterns", 'kind = "measurement"', True)
    [outcome] = kiban.lines("deposit", _scan(tmp_path, "one.xy", 10))
    out, _ = kiban.run("search", "list")
    assert out.split() == ["patterns", "1", "new", "kind", "=", '"measurement"']
    news = kiban.one("search", "new", "patterns")
    assert [(each["id"], each["why"]) for each in news["answers"]] == [(outcome["measurement"], "new")]
    out, err = kiban.run("search", "new", "patterns", "--seen")
    assert outcome["measurement"] in out
    assert err.startswith("1 since ")
    [[counted]] = kiban.lines("search", "list")
    assert (counted["n_new"], counted["is_more"], counted["fault"]) == (0, False, "")


def test_a_search_is_changed_removed_and_brought_back(kiban: Terminal) -> None:
    saved = kiban.one("search", "save", "patterns", 'kind = "measurement"', "--quiet")
    assert saved["is_notified"] is False
    changed = kiban.one("search", "change", "patterns", "--name", "films", "--notify", "--question", "硬さ > 5 GPa")
    assert (changed["name"], changed["question"], changed["is_notified"]) == ("films", "硬さ > 5 GPa", True)
    assert kiban.one("search", "change", "films", "--name", "hard films")["is_notified"] is True
    _, err = kiban.run("search", "remove", "hard films")
    assert f"kiban search restore {saved['id']}" in err
    assert kiban.lines("search", "list") == [[]]
    assert kiban.one("search", "restore", saved["id"])["name"] == "hard films"
    kiban.run("search", "restore", "hard films", exit_code=2)
    kiban.run("search", "new", "patterns", exit_code=1)
    _, err = kiban.run("search", "save", "wrong", "hardness >", exit_code=1)
    assert "hardness" in err or "'>'" in err
