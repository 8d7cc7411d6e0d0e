"""Asking an OpenID Connect provider who somebody is: authorization code flow with PKCE (S256), state and nonce.

OpenID Connect Core 1.0, Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the answer). The challenge is made with
Authlib, tokens are checked with joserfc, the library of its authors for that; requests are made with httpx.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from kiban.errors import ProviderUnavailable
from kiban.federation.id_token import checked_claims, refused
from kiban.records.parties.provider import Provider

if TYPE_CHECKING:
    import httpx

_TIMEOUT_S = 10.0
_LARGEST_BYTES = 1 << 20
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What has to be remembered from the way out to the way back. None of it leaves us but in other words."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who it is, as the provider says."""

    issuer: str
    subject: str
    claims: Mapping[str, Any] = field(default_factory=dict)


class OidcClient:
    """Talks with one provider."""

    def __init__(self, provider: Provider, *, transport: httpx.BaseTransport | None = None) -> None:
        self._provider = provider
        self._transport = transport

    def address(self, begun: Begun, redirect_uri: str) -> str:
        """Where the browser goes to log in there. Raises ProviderUnavailable."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        with self._http() as http:
            endpoint = self._endpoint(self._metadata(http), "authorization_endpoint")
        asked = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self._provider.scopes),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": create_s256_code_challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    def identity(self, begun: Begun, redirect_uri: str, *, code: str, issuer: str | None = None) -> Identity:
        """Take the code that the browser came back with to the provider, and give who it is.

        Parameters
        ----------
        issuer : str, optional
            As the answer names it (`iss`), where it does.

        Raises
        ------
        NotLoggedIn
            If the code is not taken, or what comes for it was not made by this provider, for us, now, for this login.
        ProviderUnavailable
            If the provider does not answer, or with something else.
        """
        with self._http() as http:
            metadata = self._metadata(http)
            if (issuer or self._provider.issuer) != self._provider.issuer or (
                issuer is None and metadata.get("authorization_response_iss_parameter_supported") is True
            ):
                raise refused("the answer names another issuer")
            tokens = self._tokens(http, metadata, begun, redirect_uri, code)
            keys = self._json(self._ask(http, "GET", self._endpoint(metadata, "jwks_uri")))
            claims = checked_claims(
                tokens.get("id_token"),
                keys,
                issuer=self._provider.issuer,
                client_id=self._provider.client_id,
                nonce=begun.nonce,
                access_token=tokens.get("access_token"),
                now=time.time(),
            )
            more = self._userinfo(http, metadata, tokens.get("access_token"), str(claims["sub"]))
        return Identity(issuer=self._provider.issuer, subject=str(claims["sub"]), claims={**more, **claims})

    def _http(self) -> httpx.Client:
        import httpx

        return httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False, transport=self._transport, trust_env=False)

    def _metadata(self, http: httpx.Client) -> dict[str, Any]:
        found = self._json(
            self._ask(http, "GET", f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        )
        if found.get("issuer") != self._provider.issuer:
            raise ProviderUnavailable(self._provider.label, "it calls itself by another name than the settings do")
        return found

    def _tokens(
        self, http: httpx.Client, metadata: Mapping[str, Any], begun: Begun, redirect_uri: str, code: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": begun.verifier,
        }
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        options: dict[str, Any] = {}
        if not self._provider.client_secret:
            form["client_id"] = self._provider.client_id
        elif "client_secret_basic" in ways:
            from urllib.parse import quote_plus

            # RFC 6749, section 2.3.1: both are encoded as in a form before they are put together.
            options["auth"] = (quote_plus(self._provider.client_id), quote_plus(self._provider.client_secret))
        else:
            form |= {"client_id": self._provider.client_id, "client_secret": self._provider.client_secret}
        answer = self._ask(http, "POST", self._endpoint(metadata, "token_endpoint"), data=form, **options)
        if answer.status_code in (400, 401):
            raise refused("the code was used already, has expired, or is not ours")
        return self._json(answer)

    def _userinfo(
        self, http: httpx.Client, metadata: Mapping[str, Any], access_token: object, subject: str
    ) -> dict[str, Any]:
        if not metadata.get("userinfo_endpoint") or not isinstance(access_token, str):
            return {}
        headers = {"authorization": f"Bearer {access_token}", "accept": "application/json"}
        answer = self._ask(http, "GET", self._endpoint(metadata, "userinfo_endpoint"), headers=headers)
        if not answer.headers.get("content-type", "").startswith("application/json"):
            return {}  # a signed one; the ID token has what is needed to know who it is
        found = self._json(answer)
        if found.get("sub") != subject:
            raise refused("two answers speak of two people")
        return found

    def _endpoint(self, metadata: Mapping[str, Any], name: str) -> str:
        address = metadata.get(name)
        parts = urlsplit(address) if isinstance(address, str) else None
        if parts is None or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
            raise ProviderUnavailable(
                self._provider.label, f"its {name.replace('_', ' ')} is not encrypted, or missing"
            )
        return str(address)

    def _ask(self, http: httpx.Client, method: str, address: str, **options: Any) -> httpx.Response:
        import httpx

        try:
            return http.request(method, address, **options)
        except httpx.HTTPError as e:
            raise ProviderUnavailable(self._provider.label, "it does not answer") from e

    def _json(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.status_code != 200 or len(answer.content) > _LARGEST_BYTES:
            raise ProviderUnavailable(self._provider.label, f"it answers with status {answer.status_code}")
        try:
            found = answer.json()
        except ValueError as e:
            raise ProviderUnavailable(self._provider.label, "it answers with something else than JSON") from e
        if not isinstance(found, dict):
            raise ProviderUnavailable(self._provider.label, "it answers with something else than an object")
        return found
