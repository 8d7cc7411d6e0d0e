"""Identifiers that others have given, with their check digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.records.rights.outside_ids import address_of, funder_id_of, orcid_of, ror_of

# Of ORCID's own documentation, and of organisations as ror.org lists them (University of Tokyo, Caltech, NIMS).
ORCIDS = ("0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X")
RORS = ("057zh3y96", "05dxps055", "026v1ze26")


@pytest.mark.parametrize("orcid", ORCIDS)
def test_an_orcid_is_read_in_every_spelling(orcid: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in orcid)
    for text in (
        orcid,
        f"https://orcid.org/{orcid}",
        f" orcid.org/{orcid} ",
        orcid.replace("-", ""),
        orcid.lower(),
        wide,
    ):
        assert orcid_of(text) == orcid
    assert address_of(orcid) == f"https://orcid.org/{orcid}"


@pytest.mark.parametrize("ror", RORS)
def test_a_ror_is_read_in_every_spelling(ror: str) -> None:
    for text in (ror, f"https://ror.org/{ror}", f"ror.org/{ror}", ror.upper()):
        assert ror_of(text) == ror
        assert funder_id_of(text) == ror
    assert address_of(ror) == f"https://ror.org/{ror}"


@given(orcid=st.sampled_from(ORCIDS), place=st.integers(0, 18), digit=st.sampled_from("0123456789"))
def test_any_wrong_digit_of_an_orcid_is_refused(orcid: str, place: int, digit: str) -> None:
    if orcid[place] in {"-", digit}:
        return
    with pytest.raises(InvalidValue) as refused:
        orcid_of(orcid[:place] + digit + orcid[place + 1 :])
    assert refused.value.mend


@given(ror=st.sampled_from(RORS), place=st.integers(0, 8), sign=st.sampled_from("0123456789abcdefghjkmnpqrstvwxyzilou"))
def test_any_wrong_character_of_a_ror_is_refused(ror: str, place: int, sign: str) -> None:
    if ror[place] == sign:
        return
    with pytest.raises(InvalidValue):
        ror_of(ror[:place] + sign + ror[place + 1 :])


@pytest.mark.parametrize("text", ["", "0000-0002-1825", "https://example.org/0000-0002-1825-0097", "x" * 500])
def test_what_is_no_orcid_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="no ORCID iD"):
        orcid_of(text)


def test_a_funder_is_a_doi_of_crossref_or_a_ror() -> None:
    assert funder_id_of("https://doi.org/10.13039/501100001691") == "10.13039/501100001691"
    assert address_of("10.13039/501100001691") == "https://doi.org/10.13039/501100001691"
    with pytest.raises(InvalidValue, match="identifies no funder"):
        funder_id_of("10.1000/182")
    with pytest.raises(InvalidValue, match="misspelt"):
        funder_id_of("057zh3y97")
