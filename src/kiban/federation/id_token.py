"""Checking an ID token as OpenID Connect Core 1.0, section 3.1.3.7 asks: who made it, for whom, when, and why."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from kiban.errors import NotLoggedIn

# By asymmetric keys alone: `none` is no signature, and HS256 would be one by whoever knows the client secret.
_ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
_LEEWAY_S = 60
_OLDEST_S = 600
_LONGEST_SUBJECT = 255


def checked_claims(
    token: object,
    keys: Mapping[str, Any],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: object,
    now: float,
) -> dict[str, Any]:
    """The claims of a token that is good.

    Parameters
    ----------
    keys : mapping
        The provider's JWKS document.
    now : float, s
        Since 1970.

    Raises
    ------
    NotLoggedIn
        If it is not; the fault says why.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    if not isinstance(token, str):
        raise refused("there is no ID token")
    try:
        decoded = jwt.decode(token, KeySet.import_key_set(_usable(keys)), algorithms=list(_ALGORITHMS))
    except (JoseError, ValueError, TypeError, KeyError) as e:
        raise refused("the ID token is not signed by the provider") from e
    claims = decoded.claims
    subject, audience = claims.get("sub"), claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    expires, made = claims.get("exp"), claims.get("iat")
    if claims.get("iss") != issuer:
        raise refused("the ID token is of another issuer")
    if not isinstance(audiences, list) or client_id not in audiences:
        raise refused("the ID token is for another platform")
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != client_id:
        raise refused("the ID token was given to another platform")
    if not isinstance(expires, int | float) or now > expires + _LEEWAY_S:
        raise refused("the ID token has expired")
    if not isinstance(made, int | float) or not now - _OLDEST_S <= made <= now + _LEEWAY_S:
        raise refused("the ID token was made at another time")
    if not isinstance(given := claims.get("nonce"), str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise refused("the ID token is of another login")
    if not isinstance(subject, str) or not 1 <= len(subject) <= _LONGEST_SUBJECT:
        raise refused("the ID token does not say who it is")
    _check_access_token(claims.get("at_hash"), access_token, str(decoded.header.get("alg")))
    return dict(claims)


def refused(why: str) -> NotLoggedIn:
    """What somebody is told whom the provider's answer does not let in."""
    return NotLoggedIn(f"The login with the provider did not work: {why}.", mend="Begin again on the login page.")


def _usable(keys: Mapping[str, Any]) -> Any:
    """The keys that sign: a provider may have others, of kinds that we do not know."""
    found = keys.get("keys")
    signing = [
        key
        for key in (found if isinstance(found, list) else [])
        if isinstance(key, dict) and key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig"
    ]
    return {"keys": signing}


def _check_access_token(at_hash: object, access_token: object, algorithm: str) -> None:
    if not isinstance(at_hash, str) or algorithm[2:] not in {"256", "384", "512"}:
        return
    digest = hashlib.new(f"sha{algorithm[2:]}", str(access_token).encode()).digest()
    expected = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not hmac.compare_digest(expected, at_hash.encode()):
        raise refused("the ID token belongs to another access token")
