from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from kiban.errors import InvalidSetting
from kiban.settings import LARGEST_UPLOAD_BYTES, REQUESTS_PER_MINUTE, load

NAMES = ("KIBAN_TRUSTED_PROXIES", "KIBAN_LARGEST_UPLOAD", "KIBAN_REQUESTS_PER_MINUTE")


@pytest.fixture(name="environment", autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_unless_told_no_proxy_is_believed_and_there_are_limits(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.trusted_proxies == ()
    assert settings.largest_upload_bytes == LARGEST_UPLOAD_BYTES
    assert settings.requests_per_minute == REQUESTS_PER_MINUTE


def test_proxies_are_addresses_and_networks(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("KIBAN_TRUSTED_PROXIES", " 127.0.0.1, 10.0.3.0/24,, ::1 ")
    wanted = (ip_network("127.0.0.1"), ip_network("10.0.3.0/24"), ip_network("::1"))
    assert load(tmp_path).trusted_proxies == wanted


@pytest.mark.parametrize("given", ["proxy.example.org", "10.0.3.9/24", "0.0.0.0/0", "::/0", "*", "127.0.0.1 ::1"])
def test_what_is_no_proxy_is_refused(environment: pytest.MonkeyPatch, tmp_path: Path, given: str) -> None:
    environment.setenv("KIBAN_TRUSTED_PROXIES", given)
    with pytest.raises(InvalidSetting, match="KIBAN_TRUSTED_PROXIES"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("given", "n_bytes"),
    [("1000", 1000), ("500 MB", 500 * 10**6), ("50GB", 50 * 10**9), ("2 tb", 2 * 10**12), ("8 kB", 8000)],
)
def test_a_size_has_a_unit(environment: pytest.MonkeyPatch, tmp_path: Path, given: str, n_bytes: int) -> None:
    environment.setenv("KIBAN_LARGEST_UPLOAD", given)
    assert load(tmp_path).largest_upload_bytes == n_bytes


@pytest.mark.parametrize("given", ["0", "-1", "1.5 GB", "GB", "5 PB", "five", "1e9", "５GB"])
def test_what_is_no_size_is_refused(environment: pytest.MonkeyPatch, tmp_path: Path, given: str) -> None:
    environment.setenv("KIBAN_LARGEST_UPLOAD", given)
    with pytest.raises(InvalidSetting, match="KIBAN_LARGEST_UPLOAD"):
        load(tmp_path)


@pytest.mark.parametrize("given", ["-1", "1.5", "many", "9999999999", "1２"])
def test_what_is_no_count_is_refused(environment: pytest.MonkeyPatch, tmp_path: Path, given: str) -> None:
    environment.setenv("KIBAN_REQUESTS_PER_MINUTE", "0")
    assert load(tmp_path).requests_per_minute == 0
    environment.setenv("KIBAN_REQUESTS_PER_MINUTE", given)
    with pytest.raises(InvalidSetting, match="KIBAN_REQUESTS_PER_MINUTE"):
        load(tmp_path)


def test_operators_give_roles_unless_told_otherwise(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert load(tmp_path).operators_give_roles
    for given, is_so in (("no", False), ("YES", True), ("", True)):
        environment.setenv("KIBAN_OPERATORS_GIVE_ROLES", given)
        assert load(tmp_path).operators_give_roles is is_so
    environment.setenv("KIBAN_OPERATORS_GIVE_ROLES", "never")
    with pytest.raises(InvalidSetting, match="KIBAN_OPERATORS_GIVE_ROLES"):
        load(tmp_path)
