"""kiban user and kiban token, as an operator uses them at the machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kiban.cli.main import main
from kiban.cli.served_address import USUAL, remember, served_address


@pytest.fixture(scope="module", name="home")
def _home(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("users") / "home")


def run(home: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = main([*arguments, "--home", home, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_an_account_from_its_making_to_its_end(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, made = run(home, capsys, "user", "add", "hana", "--name", "佐藤 花", "--until", "2999-03-31")
    assert code == 0
    assert made["set_password"].startswith("http://127.0.0.1:8420/login/once/")
    assert made["is_in_force"]
    code, failed = run(home, capsys, "user", "add", "hana")
    assert (code, failed["error"]) == (1, "Conflict")
    _, listed = run(home, capsys, "user", "list")
    assert [(each["login"], each["is_operator"]) for each in listed] == [("hana", False), ("operator", True)]
    _, link = run(home, capsys, "user", "password", "hana", "--address", "https://kiban.example.org/")
    assert link["link"].startswith("https://kiban.example.org/login/once/")
    remember(Path(home), "http://127.0.0.1:9341/")
    _, link = run(home, capsys, "user", "link", "hana")
    assert link["link"].startswith("http://127.0.0.1:9341/login/once/")
    code, token = run(home, capsys, "token", "add", "hana", "--name", "script", "--act", "read", "--days", "7")
    assert code == 0
    assert token["token"].startswith("kbt_")
    _, tokens = run(home, capsys, "token", "list", "hana")
    assert token["token"] not in json.dumps(tokens)
    _, changed = run(home, capsys, "user", "change", "hana", "--export-officer")
    assert changed["is_export_officer"]
    assert not changed["has_password"]
    tie = ("user", "identity", "hana", "--issuer", "https://idp.example.org", "--subject", "42")
    assert run(home, capsys, *tie)[1]["identities"] == [{"issuer": "https://idp.example.org", "subject": "42"}]
    assert run(home, capsys, *tie, "--remove")[1]["identities"] == []
    assert run(home, capsys, "user", "totp-off", "hana")[1] == {"login": "hana", "was_on": False}
    assert run(home, capsys, "user", "sessions", "hana", "--end")[1]["n_ended"] == 0
    assert not run(home, capsys, "user", "deactivate", "hana")[1]["is_in_force"]
    assert run(home, capsys, "token", "revoke", "hana", token["id"])[1]["was_good"] is False
    assert run(home, capsys, "user", "link", "hana")[0] == 1
    assert run(home, capsys, "user", "activate", "hana")[1]["is_in_force"]
    assert main(["user", "show", "hana", "--home", home]) == 0
    assert "name: 佐藤 花" in capsys.readouterr().out


def test_the_home_keeps_its_key_for_its_owner_alone(home: str) -> None:
    from pathlib import Path

    key = Path(home) / "keys" / "sealing.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("user", "add", "Nobody Here"), "InvalidValue"),
        (("user", "add", "x", "--organisation", "nowhere"), "InvalidValue"),
        (("user", "add", "x", "--until", "soon"), "InvalidValue"),
        (("user", "add", "xrd", "--instrument"), "InvalidValue"),
        (("user", "show", "nobody"), "RecordNotFound"),
        (("user", "change", "operator"), "WrongUsage"),
        (("user", "deactivate", "operator"), "Refused"),
        (("token", "add", "operator", "--name", "x", "--act", "read", "--project", "none"), "InvalidValue"),
        (("token", "revoke", "operator", "kbt_made-up"), "WrongUsage"),
    ],
)
def test_what_cannot_be_done_says_why(
    home: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], error: str
) -> None:
    code, said = run(home, capsys, *arguments)
    assert code in (1, 2)
    assert said["error"] == error


@pytest.mark.parametrize("written", [b"", b"javascript:alert(1)", b"\xff\xfe", b"127.0.0.1:9341"])
def test_what_is_no_address_is_not_believed(tmp_path: Path, written: bytes) -> None:
    assert served_address(tmp_path) == USUAL
    (tmp_path / "kiban-served-at.txt").write_bytes(written)
    assert served_address(tmp_path) == USUAL
    remember(tmp_path, "http://[::1]:9341/")
    assert served_address(tmp_path) == "http://[::1]:9341/"
