from __future__ import annotations

import pytest

from kiban.web.reach import Reach, split_host


@pytest.mark.parametrize(
    ("host", "parts"),
    [
        ("a.example", ("a.example", "")),
        ("a.example:8420", ("a.example", "8420")),
        ("a.example:", ("a.example", "")),
        ("[::1]", ("[::1]", "")),
        ("[::1]:8420", ("[::1]", "8420")),
        ("a.example:http", ("a.example:http", "")),
        ("a.example:123456", ("a.example:123456", "")),
        ("", ("", "")),
    ],
)
def test_a_host_is_a_name_and_perhaps_a_port(host: str, parts: tuple[str, str]) -> None:
    assert split_host(host) == parts


@pytest.mark.parametrize(
    ("base_url", "host", "origin", "https"),
    [
        (None, "127.0.0.1:8420", "http://127.0.0.1:8420", False),
        ("https://kiban.example.org", "kiban.example.org", "https://kiban.example.org", True),
        ("https://Kiban.example.org:443/", "kiban.example.org", "https://kiban.example.org", True),
        ("https://kiban.example.org:8443/x", "kiban.example.org:8443", "https://kiban.example.org:8443", True),
        ("https://kiban.example.org", "127.0.0.1:8420", "http://127.0.0.1:8420", False),
        ("https://[2001:db8::1]", "[2001:db8::1]", "https://[2001:db8::1]", True),
        ("http://localhost:9000", "localhost:9000", "http://localhost:9000", False),
    ],
)
def test_what_our_pages_are_called(base_url: str | None, host: str, origin: str, https: bool) -> None:
    reach = Reach(base_url=base_url)
    name = split_host(host)[0]
    assert reach.is_known(name)
    assert reach.origin(host) == origin
    assert reach.came_by_https(name) is https
