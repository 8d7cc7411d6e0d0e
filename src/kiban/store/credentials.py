"""The contract of the store of credentials. Of what is secret it holds hashes, or what is sealed; never the thing.

Sessions, tokens, links and recovery codes are long random texts, of which the SHA-256 is kept: nobody guesses them.
Passwords are kept as `kiban.operations.password_hash` makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from kiban.records.parties.credentials import LoginLink, Password, SecondFactor, Session, Token

FORGET_ATTEMPTS_AFTER = timedelta(days=1)
"""Attempts are counted from anew after so long without one."""
KEEP_ENDED = timedelta(days=30)
"""Sessions and links that are over are shown, or at least kept, for so long."""


class Credentials(Protocol):
    """Keeps what lets people in. Safe to use from several threads and processes."""

    def password(self, person: UUID) -> Password | None:
        """What they log in with, if they have a password."""
        ...

    def keep_password(self, password: Password) -> None:
        """Put it in place of what was there."""
        ...

    def forget_password(self, person: UUID) -> None:
        """Leave them without one."""
        ...

    def second_factor(self, person: UUID) -> SecondFactor | None:
        """The key of their codes, if they have one, confirmed or not."""
        ...

    def keep_second_factor(self, factor: SecondFactor, recovery: Collection[bytes] = ()) -> None:
        """Put it, and the hashes of its recovery codes, in place of what was there."""
        ...

    def forget_second_factor(self, person: UUID) -> bool:
        """Take it and its recovery codes away; say whether there was one."""
        ...

    def use_step(self, person: UUID, step: int, at: datetime) -> bool:
        """Take the code of a time step, once: true if no code of this step or a later one was taken before.

        The first code that is taken confirms the factor.
        """
        ...

    def use_recovery_code(self, person: UUID, secret: bytes, at: datetime) -> bool:
        """Take a recovery code, once."""
        ...

    def n_recovery_codes(self, person: UUID) -> int:
        """How many are left."""
        ...

    def add_session(self, session: Session, secret: bytes) -> None:
        """Keep a session under the hash of its cookie."""
        ...

    def session(self, secret: bytes) -> Session | None:
        """The session of a cookie, ended or not."""
        ...

    def sessions(self, person: UUID) -> tuple[Session, ...]:
        """Those of one person, the last used first."""
        ...

    def touch_session(self, session: UUID, at: datetime, address: str) -> None:
        """Say that it was used."""
        ...

    def work_in(self, session: UUID, project: UUID | None) -> None:
        """Say in which project the person works there."""
        ...

    def end_sessions(self, person: UUID, at: datetime, *, only: UUID | None = None, but: UUID | None = None) -> int:
        """End sessions of one person: all, or one of them, or all but one. Gives how many were ended."""
        ...

    def add_token(self, token: Token, secret: bytes) -> None:
        """Keep a token under its hash."""
        ...

    def token(self, secret: bytes) -> Token | None:
        """The token with this hash, whether it holds or not."""
        ...

    def tokens(self, person: UUID) -> tuple[Token, ...]:
        """Those of one person or instrument, the newest first."""
        ...

    def touch_token(self, token: UUID, at: datetime) -> None:
        """Say that it was used."""
        ...

    def revoke_tokens(self, person: UUID, at: datetime, *, only: UUID | None = None) -> int:
        """Revoke one token of one person, or all. Gives how many held until then."""
        ...

    def add_link(self, link: LoginLink, secret: bytes) -> None:
        """Keep a link under its hash."""
        ...

    def link(self, secret: bytes, at: datetime) -> LoginLink | None:
        """The link with this hash, if it is still good; it stays so."""
        ...

    def use_link(self, secret: bytes, at: datetime) -> LoginLink | None:
        """The same, and from now on it is good no more: of several who ask at once, one is given it."""
        ...

    def void_links(self, person: UUID) -> None:
        """Have none of their links be good any more."""
        ...

    def attempt(self, key: bytes, at: datetime, wait_s: Callable[[int], float]) -> float:
        """Count an attempt, unless it comes too early.

        Parameters
        ----------
        key : bytes
            What attempts are counted by: the hash of a login name, or of an address.
        wait_s : callable
            After so many attempts, how long until the next one, in seconds.

        Returns
        -------
        float
            0 if it may be made, and was counted; else how many seconds too early it is.
        """
        ...

    def take_back_attempt(self, key: bytes) -> None:
        """Count one attempt less: it was not one of those that are counted."""
        ...

    def forget_attempts(self, key: bytes) -> None:
        """Count from anew: it was the right person."""
        ...
