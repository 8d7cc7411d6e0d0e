"""The file that names identity providers."""

from __future__ import annotations

import pytest

from kiban.errors import InvalidSetting
from kiban.records.parties import provider_file
from kiban.records.parties.provider import Admission
from kiban.records.parties.provider_file import providers_of

ONE = """
[[provider]]
name = "gakunin"
issuer = "https://idp.u-example.ac.jp"
client_id = "kiban"
client_secret = "very secret"
"""


def test_the_example_of_the_module_is_read() -> None:
    example = (provider_file.__doc__ or "").partition("\n\n")[2]
    [found] = providers_of(example, "example")
    assert (found.name, found.label, found.admits) == ("gakunin", "GakuNin", Admission.OPERATOR)
    assert found.organisations == {"u-example.ac.jp": "https://ror.org/00example0"}


def test_what_is_not_said_is_the_usual() -> None:
    [found] = providers_of(ONE, "x")
    assert (found.label, found.scopes, found.groups) == ("gakunin", ("openid", "profile", "email"), {})
    assert "very secret" not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "[[provider", "x = 1", "provider = 1", "[[provider]]\nname = 'a'", ONE + ONE, ONE + "colour = 'red'",
        ONE + "scopes = 'openid'", ONE + "scopes = ['email']", ONE + "admits = 'everyone'", ONE + "label = 5",
        ONE + "[provider.groups]\na = 1", ONE.replace("https:", "http:"), ONE.replace("gakunin", "Gaku Nin"),
        ONE.replace("idp.u-example.ac.jp", "idp.u-example.ac.jp/?a=b"), ONE.replace("https://idp.u-example.ac.jp", "https://"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(InvalidSetting):
        providers_of(text, "x")
