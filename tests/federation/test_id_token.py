"""An ID token that was not made by this provider, for us, now, for this login, lets nobody in."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from kiban.errors import NotLoggedIn, ProviderUnavailable
from kiban.federation.id_token import checked_claims
from kiban.federation.oidc import Begun, OidcClient
from kiban.records.parties.provider import Provider

NOW = time.time()
ISSUER = "https://idp.example.org"
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
KEYS = KeySet([KEY]).as_dict(private=False)
GOOD: dict[str, Any] = {
    "iss": ISSUER, "aud": "kiban", "sub": "hana", "nonce": "n-1", "iat": NOW - 1, "exp": NOW + 60,
}  # fmt: skip


def token(claims: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    return jwt.encode(
        {"alg": "RS256", "kid": "k1", **header}, claims, key, algorithms=["RS256", "ES256", "HS256", "Ed25519"]
    )


def check(text: object, keys: dict[str, Any] = KEYS) -> dict[str, Any]:
    return checked_claims(text, keys, issuer=ISSUER, client_id="kiban", nonce="n-1", access_token="at", now=NOW)


def unsigned(claims: dict[str, Any]) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])


def test_a_good_one_says_who_it_is() -> None:
    assert check(token(GOOD))["sub"] == "hana"
    assert check(token({**GOOD, "aud": ["kiban", "other"], "azp": "kiban"}))["sub"] == "hana"


@pytest.mark.parametrize(
    "made",
    [ECKey.generate_key("P-256", {"kid": "k1"}), OKPKey.generate_key("Ed25519", {"kid": "k1"})],
    ids=["EC", "OKP"],
)
def test_other_kinds_of_keys_are_taken(made: Any) -> None:
    algorithm = "ES256" if made.key_type == "EC" else "Ed25519"
    assert check(token(GOOD, made, alg=algorithm), KeySet([made]).as_dict(private=False))["sub"] == "hana"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iss": "https://idp.example.com"}, "of another issuer"),
        ({"iss": ISSUER + "/"}, "of another issuer"),
        ({"aud": "another-platform"}, "for another platform"),
        ({"aud": []}, "for another platform"),
        ({"aud": {"kiban": 1}}, "for another platform"),
        ({"aud": ["kiban", "other"]}, "given to another platform"),
        ({"azp": "other"}, "given to another platform"),
        ({"exp": NOW - 61}, "has expired"),
        ({"exp": None}, "has expired"),
        ({"exp": "later"}, "has expired"),
        ({"iat": NOW - 700}, "made at another time"),
        ({"iat": NOW + 61}, "made at another time"),
        ({"iat": None}, "made at another time"),
        ({"nonce": "n-2"}, "of another login"),
        ({"nonce": None}, "of another login"),
        ({"nonce": 1}, "of another login"),
        ({"sub": ""}, "does not say who"),
        ({"sub": "x" * 256}, "does not say who"),
        ({"sub": None}, "does not say who"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "another access token"),
    ],
)
def test_what_is_wrong_is_refused(changes: dict[str, Any], why: str) -> None:
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(NotLoggedIn, match=why):
        check(token(claims))


def test_one_that_the_provider_did_not_sign_is_refused() -> None:
    other = RSAKey.generate_key(2048, {"kid": "k1"})
    signed = token(GOOD)
    head, body, signature = signed.split(".")
    changed = base64.urlsafe_b64encode(json.dumps({**GOOD, "sub": "ken"}).encode()).rstrip(b"=").decode()
    public = json.dumps(KEYS["keys"][0]).encode()
    by_public_key = token(GOOD, OctKey.import_key(public), alg="HS256")
    for forged in (
        unsigned(GOOD), token(GOOD, other), f"{head}.{changed}.{signature}", f"{head}.{body}.", by_public_key,
        "", "a.b.c", None, 5, signed + "x",
    ):  # fmt: skip
        with pytest.raises(NotLoggedIn):
            check(forged)


def test_keys_for_other_uses_do_not_sign() -> None:
    keys = {"keys": [{**KEYS["keys"][0], "use": "enc"}, {"kty": "strange"}, 7]}
    with pytest.raises(NotLoggedIn):
        check(token(GOOD), keys)
    with pytest.raises(NotLoggedIn):
        check(token(GOOD), {"keys": "none"})


METADATA = {
    "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/auth", "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks", "userinfo_endpoint": f"{ISSUER}/me",
}  # fmt: skip
BEGUN = Begun(state="s", nonce="n-1", verifier="v" * 43)


def answering(**other: Any) -> OidcClient:
    """A client of a provider whose answers are given by the ends of their paths. It goes by the real clock."""
    now = time.time()
    fresh = token({**GOOD, "iat": now - 1, "exp": now + 60})
    answers = {
        "openid-configuration": METADATA, "jwks": KEYS, "me": {"sub": "hana", "name": "花"},
        "token": {"id_token": fresh, "access_token": "at"}, **other,
    }  # fmt: skip

    def answer(request: httpx.Request) -> httpx.Response:
        found = answers[request.url.path.rpartition("/")[2]]
        return found if isinstance(found, httpx.Response) else httpx.Response(200, json=found)

    provider = Provider(name="test", label="Test", issuer=ISSUER, client_id="kiban", client_secret="x")
    return OidcClient(provider, transport=httpx.MockTransport(answer))


def test_the_claims_of_token_and_userinfo_come_together() -> None:
    found = answering().identity(BEGUN, "https://kiban.example.org/back", code="c")
    assert (found.issuer, found.subject, found.claims["name"]) == (ISSUER, "hana", "花")


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"me": {"sub": "ken"}}, NotLoggedIn),
        ({"token": httpx.Response(400, json={"error": "invalid_grant"})}, NotLoggedIn),
        ({"token": {"access_token": "at"}}, NotLoggedIn),
        ({"token": httpx.Response(500)}, ProviderUnavailable),
        ({"token": httpx.Response(200, text="<html>")}, ProviderUnavailable),
        ({"token": httpx.Response(200, json=[])}, ProviderUnavailable),
        ({"jwks": httpx.Response(404)}, ProviderUnavailable),
        ({"openid-configuration": {**METADATA, "issuer": "https://idp.example.com"}}, ProviderUnavailable),
        ({"openid-configuration": {**METADATA, "token_endpoint": "http://idp.example.org/token"}}, ProviderUnavailable),
        ({"openid-configuration": {**METADATA, "jwks_uri": None}}, ProviderUnavailable),
        ({"openid-configuration": httpx.Response(302, headers={"location": "https://x"})}, ProviderUnavailable),
    ],
)
def test_answers_that_are_none_are_refused(answers: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        answering(**answers).identity(BEGUN, "https://kiban.example.org/back", code="c")


def test_an_answer_that_names_another_issuer_or_should_name_one_and_does_not_is_refused() -> None:
    with pytest.raises(NotLoggedIn):
        answering().identity(BEGUN, "https://x/back", code="c", issuer="https://idp.example.com")
    says = {"openid-configuration": {**METADATA, "authorization_response_iss_parameter_supported": True}}
    with pytest.raises(NotLoggedIn):
        answering(**says).identity(BEGUN, "https://x/back", code="c")
    assert answering(**says).identity(BEGUN, "https://x/back", code="c", issuer=ISSUER).subject == "hana"


def test_a_provider_that_is_down_is_told() -> None:
    provider = Provider(name="test", label="Test", issuer="http://127.0.0.1:9", client_id="kiban")
    with pytest.raises(ProviderUnavailable):
        OidcClient(provider).address(BEGUN, "https://x/back")
