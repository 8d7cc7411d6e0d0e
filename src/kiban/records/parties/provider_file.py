"""Identity providers as a TOML file names them.

[[provider]]
name = "gakunin"                        # in addresses
label = "GakuNin"                       # on the button
issuer = "https://idp.u-example.ac.jp"
client_id = "kiban"
client_secret = "..."                   # not for public clients
scopes = ["openid", "profile", "email"]
admits = "operator"                     # or "anyone": people without an account get one
organisation_claim = "eduperson_scoped_affiliation"
groups_claim = "groups"

[provider.organisations]                # what follows the @: the ROR identifier of an organisation here
"u-example.ac.jp" = "https://ror.org/00example0"

[provider.groups]                       # a value of the claim: the name of a group here
"xrd-users" = "Users of the diffractometer"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from kiban.errors import InvalidSetting
from kiban.records.parties.provider import Admission, Provider

_MAPPINGS = frozenset({"organisations", "groups"})
_KNOWN = frozenset(field.name for field in fields(Provider))


def providers_of(text: str, name: str) -> tuple[Provider, ...]:
    """The providers that a file names.

    Parameters
    ----------
    name : str
        What the file is called, for the fault.

    Raises
    ------
    InvalidSetting
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise InvalidSetting(f"{name} is no TOML: {e}.", mend="Compare it with the example in the reference.") from e
    listed = document.pop("provider", [])
    if document or not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise InvalidSetting(f"{name} holds something else than providers.", mend="Begin each with [[provider]].")
    found = tuple(provider_of(each, name) for each in listed)
    for what in ("name", "issuer"):
        if len({getattr(each, what) for each in found}) < len(found):
            raise InvalidSetting(f"{name} has two providers with the same {what}.", mend="Leave one of them out.")
    return found


def provider_of(given: Mapping[str, Any], name: str) -> Provider:
    """One provider of its keys and values. Raises InvalidSetting."""
    if unknown := sorted(set(given) - _KNOWN):
        raise InvalidSetting(f"{name} has a key {unknown[0]!r}.", mend=f"These are known: {', '.join(sorted(_KNOWN))}.")
    values = dict(given)
    for key, value in values.items():
        if key in _MAPPINGS:
            is_right = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
        elif key == "scopes":
            is_right = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        else:
            is_right = isinstance(value, str)
        if not is_right:
            raise InvalidSetting(f"{name}: {key} cannot be read.", mend="Compare it with the example in the reference.")
    if missing := [key for key in ("name", "issuer", "client_id") if not values.get(key)]:
        raise InvalidSetting(f"{name}: a provider has no {missing[0]}.", mend="Give it one.")
    values["label"] = values.get("label") or values["name"]
    values["scopes"] = tuple(values.get("scopes") or ("openid", "profile", "email"))
    try:
        values["admits"] = Admission(values.get("admits", Admission.OPERATOR))
    except ValueError as e:
        raise InvalidSetting(f"{name}: admits is {values['admits']!r}.", mend="Write operator or anyone.") from e
    return Provider(**values)
