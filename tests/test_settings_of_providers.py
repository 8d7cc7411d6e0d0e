"""Identity providers come from a file in the home, and one more from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.errors import InvalidSetting
from kiban.settings import load

FILE = '[[provider]]\nname = "a"\nissuer = "https://a.example.org"\nclient_id = "kiban"\n'


def test_a_file_in_the_home_and_the_environment_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(tmp_path).providers == ()
    path = tmp_path / "kiban-providers.toml"
    path.write_text(FILE)
    path.chmod(0o600)
    monkeypatch.setenv("KIBAN_OIDC_ISSUER", "https://b.example.org")
    monkeypatch.setenv("KIBAN_OIDC_CLIENT_ID", "us")
    monkeypatch.setenv("KIBAN_OIDC_SCOPES", "openid email")
    first, second = load(tmp_path).providers
    assert (first.name, second.name, second.scopes) == ("a", "oidc", ("openid", "email"))


def test_a_file_that_everyone_reads_or_that_is_missing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kiban-providers.toml"
    path.write_text(FILE)
    path.chmod(0o644)
    with pytest.raises(InvalidSetting):
        load(tmp_path)
    monkeypatch.setenv("KIBAN_OIDC_PROVIDERS", str(tmp_path / "elsewhere.toml"))
    with pytest.raises(InvalidSetting):
        load(tmp_path)


def test_an_issuer_without_a_client_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIBAN_OIDC_ISSUER", "https://b.example.org")
    with pytest.raises(InvalidSetting):
        load(tmp_path)
