"""Identifiers of people, organisations and funders that others have given: ORCID, ROR, Crossref's funder DOIs.

A digit that was copied wrong would give somebody else the credit, so check digits are checked.
"""

from __future__ import annotations

import re
import unicodedata

from kiban.errors import InvalidValue
from kiban.records.web_address import escaped_name

ORCID_ADDRESS = "https://orcid.org/"
ROR_ADDRESS = "https://ror.org/"
DOI_ADDRESS = "https://doi.org/"
_ORCID = re.compile(
    r"(?:(?:https?://)?orcid\.org/|orcid:\s*)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])", re.IGNORECASE | re.ASCII
)
_ROR = re.compile(r"(?:(?:https?://)?ror\.org/|ror:\s*)?(0[0-9a-hj-km-np-tv-z]{6}\d{2})", re.IGNORECASE | re.ASCII)
_FUNDER_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(10\.13039/\d{6,18})", re.IGNORECASE | re.ASCII)
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def orcid_of(text: str) -> str:
    """The ORCID iD in its normal form, `0000-0002-1825-0097`; also of its address.

    Raises
    ------
    InvalidValue
        If it has another shape, or its check digit (ISO/IEC 7064, mod 11-2) disagrees.
    """
    match = _ORCID.fullmatch(_plain(text))
    if match is None:
        raise InvalidValue(
            f"'{text[:60]}' is no ORCID iD: 16 digits were expected, as in 0000-0002-1825-0097.",
            mend="Copy it from the person's page at orcid.org, or leave it out.",
        )
    digits = "".join(match.groups()).upper()
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if digits[-1] != ("X" if check == 10 else str(check)):
        raise InvalidValue(
            f"The ORCID iD '{text[:60]}' is misspelt: its last digit does not fit the others.",
            mend="Compare it with the person's page at orcid.org, digit by digit.",
        )
    return "-".join(digits[i : i + 4] for i in range(0, 16, 4))


def ror_of(text: str) -> str:
    """The ROR ID in its short form, `057zh3y96`; also of its address.

    Raises
    ------
    InvalidValue
        If it has another shape, or its check digits (ISO/IEC 7064, mod 97-10) disagree.
    """
    match = _ROR.fullmatch(_plain(text))
    if match is None:
        raise InvalidValue(
            f"'{text[:60]}' is no ROR ID: nine characters were expected, as in https://ror.org/057zh3y96.",
            mend="Look the organisation up at ror.org, or leave it out.",
        )
    found = match[1].lower()
    number = 0
    for character in found[1:7]:
        number = number * 32 + _CROCKFORD.index(character)
    if int(found[7:]) != 98 - number * 100 % 97:
        raise InvalidValue(
            f"The ROR ID '{text[:60]}' is misspelt: its check digits do not fit the rest.",
            mend="Compare it with the organisation's page at ror.org, character by character.",
        )
    return found


def funder_id_of(text: str) -> str:
    """The identifier of a funder: a ROR ID, or a DOI of Crossref's Open Funder Registry as `10.13039/501100001691`.

    Raises
    ------
    InvalidValue
        If it is neither.
    """
    match = _FUNDER_DOI.fullmatch(_plain(text))
    if match is not None:
        return match[1]
    try:
        return ror_of(text)
    except InvalidValue as e:
        if "misspelt" in e.fault:
            raise
        raise InvalidValue(
            f"'{text[:60]}' identifies no funder: a ROR ID or a DOI that begins with 10.13039/ was expected.",
            mend="Look the funder up at ror.org, or leave it out.",
        ) from e


def _plain(text: str) -> str:
    """Japanese keyboards write digits and letters of full width."""
    return unicodedata.normalize("NFKC", text).strip()


def doi_address(doi: str) -> str:
    """Where a DOI in its bare form leads to."""
    return f"{DOI_ADDRESS}{escaped_name(doi)}"


def address_of(identifier: str) -> str:
    """Where an identifier in normal form leads to."""
    if identifier.startswith("10."):
        return doi_address(identifier)
    return f"{ORCID_ADDRESS if '-' in identifier else ROR_ADDRESS}{identifier}"
