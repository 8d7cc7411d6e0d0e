"""The rights in a record: its licence, whose it is, who contributed and who paid."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiban.errors import InvalidValue
from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.licence import licence_of
from kiban.records.rights.outside_ids import funder_id_of, orcid_of, ror_of

MOST_CONTRIBUTORS = 1000
MOST_FUNDINGS = 100
LONGEST_NAME = 500
LONGEST_CITATION = 5000
# What XML, HDF5 and one line of a text cannot hold, so that every export can carry it.
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsHolder:
    """The organisation or person whose data they are."""

    name: str
    ror: str = ""

    def __post_init__(self) -> None:
        _tidy(self, "The rights holder", needed="name", name=LONGEST_NAME)
        _settle(self, "ror", ror_of(self.ror) if self.ror.strip() else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor:
    """A person, or a group, with what they did.

    Parameters
    ----------
    orcid : str
        ORCID iD, also as an address; empty where there is none.
    ror : str
        ROR ID of the affiliation.
    """

    name: str
    orcid: str = ""
    affiliation: str = ""
    ror: str = ""
    roles: tuple[CreditRole, ...] = ()

    def __post_init__(self) -> None:
        _tidy(self, "A contributor", needed="name", name=LONGEST_NAME, affiliation=LONGEST_NAME)
        _settle(self, "orcid", orcid_of(self.orcid) if self.orcid.strip() else "")
        _settle(self, "ror", ror_of(self.ror) if self.ror.strip() else "")
        # In the taxonomy's order, which ranks nobody.
        _settle(self, "roles", tuple(role for role in CreditRole if role in self.roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """A grant, or a funder without one.

    Parameters
    ----------
    funder_id : str
        ROR ID, or DOI of Crossref's Open Funder Registry.
    """

    funder: str
    funder_id: str = ""
    award_number: str = ""
    award_title: str = ""

    def __post_init__(self) -> None:
        _tidy(self, "A funding", needed="funder", funder=LONGEST_NAME, award_number=200, award_title=LONGEST_NAME)
        _settle(self, "funder_id", funder_id_of(self.funder_id) if self.funder_id.strip() else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What is stated of the rights in a record. What is empty has not been stated.

    Parameters
    ----------
    licence : str
        An SPDX expression.
    citation : str
        How those who use it are asked to cite it, in one sentence.
    """

    licence: str = ""
    rights_holder: RightsHolder | None = None
    contributors: tuple[Contributor, ...] = ()
    funding: tuple[Funding, ...] = ()
    citation: str = ""

    def __post_init__(self) -> None:
        _settle(self, "licence", licence_of(self.licence) if self.licence.strip() else "")
        _tidy(self, "The citation", citation=LONGEST_CITATION)
        for what, given, most in (
            ("contributors", self.contributors, MOST_CONTRIBUTORS),
            ("fundings", self.funding, MOST_FUNDINGS),
        ):
            if len(given) > most:
                raise InvalidValue(
                    f"{len(given)} {what} were given.", mend=f"At most {most} are kept: name the group instead."
                )
        if not (self.licence or self.rights_holder or self.contributors or self.funding or self.citation):
            raise InvalidValue(
                "Nothing was stated of the rights.", mend="Give a licence, a rights holder, a contributor or a funder."
            )


def _settle(noun: object, name: str, value: object) -> None:
    object.__setattr__(noun, name, value)


def _tidy(noun: object, what: str, *, needed: str = "", **longest: int) -> None:
    """Trim texts and bring them to one line; refuse those that are too long, or hold what no file can."""
    for name, most in longest.items():
        text = " ".join(str(getattr(noun, name)).split())
        if _ODD.search(text):
            raise InvalidValue(f"{what} has a {_said(name)} with characters that no text holds.", mend="Type it anew.")
        if len(text) > most:
            raise InvalidValue(
                f"{what} has a {_said(name)} of {len(text)} characters.", mend=f"At most {most} are kept: shorten it."
            )
        if name == needed and not text:
            raise InvalidValue(f"{what} has no {_said(name)}.", mend="Give it one, or leave all of it out.")
        _settle(noun, name, text)


def _said(name: str) -> str:
    return {"funder": "name of the funder", "citation": "text"}.get(name, name.replace("_", " "))
