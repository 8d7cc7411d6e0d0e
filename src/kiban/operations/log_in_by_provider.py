"""Logging in with an identity provider, and tying its identity to one's account."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kiban.access.asker_of import anonymous
from kiban.errors import NotLoggedIn, RecordNotFound
from kiban.federation.oidc import Begun, Identity, OidcClient
from kiban.operations.audited import note
from kiban.operations.provider_accounts import admit, keep_up, person_of, tie
from kiban.operations.resources import Resources
from kiban.operations.secret_text import new_secret
from kiban.operations.sessions import begin_session
from kiban.operations.who_is import Visitor
from kiban.records.parties.people import Person
from kiban.records.parties.provider import Admission, Provider

GOOD_FOR = timedelta(minutes=10)
"""So long somebody may take to log in there."""
_SEALED_FOR = "login with a provider"


@dataclass(frozen=True, slots=True)
class WayOut:
    """Where the browser is sent, and what it keeps as a cookie until it comes back."""

    address: str
    cookie: str


@dataclass(frozen=True, slots=True)
class WayBack:
    """What came of it: where to go, with the cookie of a session; none where an identity was tied to one's account."""

    following: str
    cookie: str | None


def provider_named(resources: Resources, name: str) -> Provider:
    """One of the providers. Raises RecordNotFound."""
    for provider in resources.providers:
        if provider.name == name:
            return provider
    raise RecordNotFound(name)


def begin_with_provider(
    resources: Resources, name: str, *, redirect_uri: str, following: str, ties_to: UUID | None = None
) -> WayOut:
    """Send somebody to the provider.

    Parameters
    ----------
    redirect_uri : str
        Where the provider sends the browser back to.
    following : str
        Where to go after that.
    ties_to : UUID, optional
        The account that the identity is to be tied to, of somebody who is logged in; a login unless given.

    Raises
    ------
    RecordNotFound
        If there is no such provider.
    ProviderUnavailable
    """
    provider = provider_named(resources, name)
    begun = Begun(state=new_secret(), nonce=new_secret(), verifier=new_secret())
    kept = {
        "provider": name,
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "following": following,
        "ties_to": str(ties_to) if ties_to is not None else None,
        "until": (datetime.now(UTC) + GOOD_FOR).timestamp(),
    }
    sealed = resources.sealer.seal(json.dumps(kept).encode(), _SEALED_FOR)
    address = OidcClient(provider).address(begun, redirect_uri)
    return WayOut(address, base64.urlsafe_b64encode(sealed).decode())


def finish_with_provider(
    resources: Resources,
    visitor: Visitor,
    name: str,
    *,
    cookie: str,
    answer: dict[str, str],
    redirect_uri: str,
    agent: str = "",
) -> WayBack:
    """Take what the browser came back with.

    Parameters
    ----------
    cookie : str
        What it kept; without it, it is another browser that comes back.
    answer : dict
        The parameters of the address: `code`, `state`, `iss`, or `error`.

    Raises
    ------
    NotLoggedIn
        If the answer is not good, or belongs to another login, or nobody here is known by this identity.
    ProviderUnavailable
    """
    provider = provider_named(resources, name)
    address = visitor.asker.address
    try:
        kept = _opened(resources, cookie, name)
        if not hmac.compare_digest(str(kept["state"]).encode(), answer.get("state", "").encode("utf-8", "replace")):
            raise _refused("the answer belongs to another login")
        if "code" not in answer:
            raise _refused("nobody logged in there")
        begun = Begun(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"])
        identity = OidcClient(provider).identity(begun, redirect_uri, code=answer["code"], issuer=answer.get("iss"))
        if kept["ties_to"] is not None:
            tie(visitor, resources, UUID(kept["ties_to"]), identity)
            return WayBack(str(kept["following"]), None)
        person = _known(resources, provider, identity, address)
    except NotLoggedIn as e:
        asker = anonymous(resources.directory.load(), datetime.now(UTC), address=address)
        note(asker, resources, "refused login", wrong=e.fault, provider=provider.name)
        raise
    return WayBack(
        str(kept["following"]), begin_session(resources, person, way=provider.label, address=address, agent=agent)
    )


def _known(resources: Resources, provider: Provider, identity: Identity, address: str) -> Person:
    person = person_of(resources, identity)
    if person is None:
        if provider.admits is not Admission.ANYONE:
            raise NotLoggedIn(
                f"{provider.label} knows you as {identity.subject}, and no account here is tied to that.",
                mend="Tell an operator this identifier; whoever has an account ties it on its page.",
            )
        person = admit(resources, provider, identity, address)
    if not person.acts_at(datetime.now(UTC)):
        raise NotLoggedIn("The account is not in force.", mend="Ask an operator.")
    return keep_up(resources, provider, identity, person)


def _opened(resources: Resources, cookie: str, name: str) -> dict[str, Any]:
    try:
        sealed = base64.urlsafe_b64decode(cookie.encode("ascii"))
    except ValueError as e:
        raise _refused("it was begun in another browser") from e
    opened = resources.sealer.open(sealed, _SEALED_FOR)
    if opened is None:
        raise _refused("it was begun in another browser")
    kept: dict[str, Any] = json.loads(opened)
    if kept["provider"] != name:
        raise _refused("the answer is of another provider")
    if datetime.now(UTC).timestamp() > kept["until"]:
        raise _refused("it took too long")
    return kept


def _refused(why: str) -> NotLoggedIn:
    return NotLoggedIn(f"The login with the provider did not work: {why}.", mend="Begin again on the login page.")
