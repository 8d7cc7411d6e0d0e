"""Addresses and identifiers, written so that they are URIs and lead to the same thing."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.records.related import Related, RelatedKind, doi_of
from kiban.records.web_address import escaped_address, escaped_name, escaped_reference

SOUND = (
    "https://example.org/a/b?c=d&e=%20#f",
    "http://[2001:db8::1]:8420/id/kb:7Q4M-2KXD-98",
    "https://user@example.org:443/~x/(1)",
)


@pytest.mark.parametrize("address", SOUND)
def test_what_is_sound_stays_as_it_is(address: str) -> None:
    assert escaped_address(address) == address


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/a[1]", "https://example.org/a%5B1%5D"),
        ("https://example.org/#a#b", "https://example.org/#a%23b"),
        ("https://example.org/膜", "https://example.org/%E8%86%9C"),
        ("https://exa[mple.org:port/", "https://exa%5Bmple.org%3Aport/"),
        ("https://例え.jp:8420/", "https://%E4%BE%8B%E3%81%88.jp:8420/"),
    ],
)
def test_what_only_browsers_put_up_with_is_escaped(address: str, expected: str) -> None:
    assert escaped_address(address) == expected


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_names_are_one_path_and_come_back(name: str) -> None:
    parts = urlsplit(f"https://doi.org/{escaped_name(name)}")
    assert (unquote(parts.path.removeprefix("/")), parts.query, parts.fragment) == (name, "", "")


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_identifiers_come_back(identifier: str) -> None:
    assert unquote(escaped_reference(identifier)) == identifier


@pytest.mark.parametrize(
    ("kind", "identifier", "address"),
    [
        (RelatedKind.DOI, "10.1002/(SICI)1:2;3-A#4", "https://doi.org/10.1002/(sici)1:2;3-a%234"),
        (
            RelatedKind.DOI,
            "https://doi.org/10.1002/(SICI)1521-4095(199911)11:15%3C1261::AID-ADMA1261%3E3.0.CO;2-C",
            "https://doi.org/10.1002/(sici)1521-4095(199911)11:15%3C1261::aid-adma1261%3E3.0.co;2-c",
        ),
        (RelatedKind.DOI, "doi:10.5072/a%23b", "https://doi.org/10.5072/a%2523b"),
        (RelatedKind.HANDLE, "hdl:2115/64495", "https://hdl.handle.net/2115/64495"),
        (RelatedKind.ARK, "ark:12148/x", "https://n2t.net/ark:12148/x"),
        (RelatedKind.ARK, "12148/x", "https://n2t.net/ark:12148/x"),
        (RelatedKind.ARK, "https://n2t.net/ark:/12148/x", "https://n2t.net/ark:/12148/x"),
        (RelatedKind.ARXIV, "2101.00001v2", None),
        (RelatedKind.ISBN, "978-3-16-148410-0", None),
    ],
)
def test_a_related_work_is_found_where_its_identifiers_lead(
    kind: RelatedKind, identifier: str, address: str | None
) -> None:
    assert Related(identifier=identifier, kind=kind).address == address


def test_dois_of_older_articles_are_taken_as_they_are_and_out_of_an_address() -> None:
    name = "10.1002/(sici)1521-4095(199911)11:15<1261::aid-adma1261>3.0.co;2-c"
    assert doi_of(name.upper()) == name
    assert doi_of(f"https://doi.org/{name}") == name
    assert doi_of(Related(identifier=name).address or "") == name
    for wrong in ('10.5072/a"b', "https://doi.org/10.5072/a%20b", "https://doi.org/10.5072/a%00"):
        with pytest.raises(InvalidValue):
            doi_of(wrong)
