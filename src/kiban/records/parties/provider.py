"""Identity providers: who says, in the place of a password, who somebody is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from kiban.errors import InvalidSetting

_NAME = re.compile(r"[a-z0-9-]{1,40}")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Admission(StrEnum):
    """What becomes of people whom the provider knows and we do not."""

    OPERATOR = "operator"
    """An operator makes their account and links it."""
    ANYONE = "anyone"
    """They get an account, with no role anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One OpenID Connect provider.

    Parameters
    ----------
    name : str
        In addresses: `gakunin`, `orcid`, `company`.
    label : str
        On the button.
    issuer : str
        As the provider spells it; its discovery document is below it.
    admits : Admission
        What becomes of people without an account.
    organisation_claim : str, optional
        Claim that says to which organisation somebody belongs: `schac_home_organization`,
        `eduperson_scoped_affiliation`, `hd`.
    organisations : mapping
        Of its values (of what follows the `@` of a scoped one), the ROR identifier of the organisation here.
    groups_claim : str, optional
        Claim that lists the groups somebody is in.
    groups : mapping
        Of its values, the name of the group here. Others are passed over.
    """

    name: str
    label: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    admits: Admission = Admission.OPERATOR
    organisation_claim: str | None = None
    organisations: Mapping[str, str] = field(default_factory=dict)
    groups_claim: str | None = None
    groups: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InvalidSetting(
                f"An identity provider is called {self.name[:60]!r}.", mend="Use small letters, digits and -."
            )
        parts = urlsplit(self.issuer)
        is_here = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not (parts.scheme == "https" or is_here) or not parts.hostname or parts.query or parts.fragment:
            raise InvalidSetting(
                f"The issuer of {self.name} is {self.issuer[:200]!r}.",
                mend="Give the address that the provider calls itself by: https://idp.example.org.",
            )
        if not self.client_id:
            raise InvalidSetting(f"{self.name} has no client id.", mend="Give the one that the provider gave you.")
        if "openid" not in self.scopes:
            raise InvalidSetting(f"{self.name} is not asked for the scope openid.", mend="Add it to its scopes.")
