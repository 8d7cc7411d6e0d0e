from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.web.client_address import UNKNOWN, address_in

PROXIES = (ip_network("127.0.0.1"), ip_network("10.0.3.0/24"), ip_network("fd00::/8"))


def _scope(peer: str | None, *forwarded: str) -> dict[str, object]:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    return {"client": None if peer is None else (peer, 5), "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.7", (), "192.0.2.7"),
        ("127.0.0.1", (), "127.0.0.1"),
        ("127.0.0.1", ("192.0.2.7",), "192.0.2.7"),
        # Who is no proxy of ours says what he likes.
        ("192.0.2.7", ("198.51.100.1",), "192.0.2.7"),
        # The client's own word stands to the left of what the proxy saw.
        ("127.0.0.1", ("198.51.100.1, 192.0.2.7",), "192.0.2.7"),
        ("127.0.0.1", ("198.51.100.1", "192.0.2.7"), "192.0.2.7"),
        # A chain of proxies of ours.
        ("127.0.0.1", ("198.51.100.1, 192.0.2.7, 10.0.3.9",), "192.0.2.7"),
        ("127.0.0.1", ("10.0.3.8, 10.0.3.9",), "10.0.3.8"),
        # What is no address ends the walk at the last machine that is known.
        ("127.0.0.1", ("evil",), "127.0.0.1"),
        ("127.0.0.1", ("192.0.2.7, evil, 10.0.3.9",), "10.0.3.9"),
        ("127.0.0.1", ("",), "127.0.0.1"),
        ("127.0.0.1", ("192.0.2.7:4711",), "127.0.0.1"),
        # Other ways to write an address.
        ("::ffff:192.0.2.7", (), "192.0.2.7"),
        ("::ffff:127.0.0.1", ("[2001:db8::1]",), "2001:db8::1"),
        ("fe80::1%eth0", (), "fe80::1"),
        ("fd00::1", ("2001:DB8:0::1",), "2001:db8::1"),
        (None, ("192.0.2.7",), UNKNOWN),
        ("/run/kiban.sock", ("192.0.2.7",), UNKNOWN),
    ],
)
def test_only_named_proxies_are_believed(peer: str | None, forwarded: tuple[str, ...], address: str) -> None:
    assert address_in(_scope(peer, *forwarded), PROXIES) == address


@given(st.lists(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")), max_size=5))
def test_without_named_proxies_nothing_that_is_said_counts(forwarded: list[str]) -> None:
    assert address_in(_scope("192.0.2.7", *forwarded), ()) == "192.0.2.7"


@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")), st.ip_addresses(v=4))
def test_what_a_client_says_before_the_proxy_never_counts(said: str, client: object) -> None:
    found = address_in(_scope("127.0.0.1", f"{said}, {client}"), (ip_network("127.0.0.1"),))
    assert found == str(client) or str(client) == "127.0.0.1"
