"""kiban deposit --tier, kiban tier, kiban invite, kiban access."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Terminal
from tests.operations.neighbours import later, neighbours
from tests.operations.test_placement import SWEEP

from kiban.access.asker_of import anonymous
from kiban.operations.find import find


@pytest.fixture(name="files")
def _files(tmp_path: Path) -> list[Path]:
    found = [tmp_path / f"{name}.csv" for name in ("closed", "shared", "open")]
    for path in found:
        path.write_bytes(SWEEP % path.name.encode())
    return found


def _public(kiban: Terminal) -> set[str]:
    at = later(0)
    asker = anonymous(kiban.resources.directory.load(), at)
    return {hit.file or hit.title for hit in find(asker, kiban.resources, "").hits}


def test_files_are_deposited_in_each_tier_and_the_public_sees_the_open_one(kiban: Terminal, files: list[Path]) -> None:
    for path in files:
        kiban.one("deposit", path, "--tier", path.stem)
    shown = {hit["file"]: hit["tier"] for hit in kiban.lines("find", 'kind = "measurement"')}
    assert shown == {"closed.csv": "closed", "shared.csv": "shared", "open.csv": "open"}
    assert _public(kiban) == {"open.csv"}
    again = kiban.one("deposit", files[0], "--tier", "open")
    assert again["stays"].startswith("It stays closed")
    assert _public(kiban) == {"open.csv"}


def test_an_embargo_and_an_agreement_are_named_on_the_terminal(kiban: Terminal, files: list[Path]) -> None:
    kiban.one("deposit", files[2], "--tier", "open", "--embargo", "24 months")
    assert _public(kiban) == set()
    wrong = kiban.one("deposit", files[1], "--tier", "shared", "--agreement", "nobody's", exit_code=1)
    assert "'Partners of My laboratory'" in wrong["mend"]
    for bad in (
        ["--embargo", "soon"],
        ["--agreement", "Partners of My laboratory"],
        ["--tier", "open", "--project", "x"],
    ):
        kiban.run("deposit", files[1], *bad, exit_code=1 if "--project" in bad else 2)
    for verb in (["sample", "new", "S-1"], ["process", "record", "milling"], ["template", "adopt", "heat_treatment"]):
        made = kiban.lines(*verb, "--tier", "open", "--project", "My laboratory")[0]
        assert kiban.one("access", made["id"])["tier"] == "open"
    kiban.run("term", "list", "--tier", "open", exit_code=2)


def test_a_change_is_shown_then_made_then_taken_back(kiban: Terminal, files: list[Path]) -> None:
    pid = kiban.one("deposit", files[0], "--sample", "S-1")["measurement"]
    out, err = kiban.run("tier", pid, "--tier", "open")
    assert "everybody, without logging in: +1 record" in out
    assert f"{pid} is seen without sample" in out
    assert "Nothing has been changed." in err
    assert _public(kiban) == set()
    seen = kiban.one("tier", "--all", 'kind = "measurement"', "--tier", "open")
    assert (seen["done"], seen["n_records"], seen["effects"]["is_public"]) == (False, 1, True)
    done = kiban.one("tier", pid, "--tier", "open", "--yes")
    assert _public(kiban) == {"closed.csv"}
    kiban.run("tier", "--undo", done["change"])
    assert _public(kiban) == {"closed.csv"}
    kiban.run("tier", "--undo", done["change"], "--yes")
    assert _public(kiban) == set()
    kiban.one("tier", pid, "--as-project", "--yes", exit_code=1)  # it does already


@pytest.mark.parametrize(
    "arguments",
    [
        ["tier"],
        ["tier", "kb:7Q4M-2KXD-98"],
        ["tier", "kb:7Q4M-2KXD-98", "--all", "x", "--tier", "open"],
        ["tier", "kb:7Q4M-2KXD-98", "--tier", "open", "--as-project"],
        ["tier", "kb:7Q4M-2KXD-98", "--undo", "0190a2d0-0000-7000-8000-000000000001"],
        ["invite", "--to", "x"],
        ["invite", "kb:7Q4M-2KXD-98", "--to", "x", "--take-back", "--right", "use"],
        ["access"],
        ["access", "kb:7Q4M-2KXD-98", "--person", "x"],
        ["access", "--person", "x", "--others"],
    ],
)
def test_what_is_not_clear_is_wrong_usage(kiban: Terminal, arguments: list[str]) -> None:
    kiban.run(*arguments, exit_code=2)


def test_guests_come_and_go_and_access_tells_of_them(kiban: Terminal, files: list[Path]) -> None:
    lab = neighbours(kiban.resources)
    pid = kiban.one("deposit", files[0])["measurement"]
    assert kiban.one("invite", pid, "--to", "guest", "--until", "30 days")["done"] is False
    kiban.one("invite", pid, "--to", "guest", "--until", "30 days", "--yes")
    told = kiban.one("access", pid, "--others")
    [guest] = [each for each in told["seers"] if each["login"] == "guest"]
    assert (guest["rights"], guest["grounds"][0]["rule"]) == (["data", "exists", "metadata"], "invitation")
    assert {"ume", "momo"} <= {each["login"] for each in told["others"]}
    out, _ = kiban.run("access", pid)
    assert "Guest (guest): data, exists, metadata\n    invitation: invited since " in out
    assert f"until {later(30):%Y-%m-%d}" in out
    sees = kiban.one("access", "--person", "guest")
    assert (sees["n_records"], sees["seen"][0]["reasons"][0]["rule"]) == (1, "invitation")
    assert (
        "1 of My laboratory: closed; data, exists, metadata; by invitation"
        in kiban.run("access", "--person", "guest")[0]
    )
    kiban.one("invite", pid, "--to", str(lab.people["guest"]), "--take-back", "--yes")
    assert "guest" not in {each["login"] for each in kiban.one("access", pid)["seers"]}
    kiban.one("invite", pid, "--to", "guest", "--take-back", exit_code=1)
