"""Credentials in memory, for tests: the model that the SQL ones are compared with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from kiban.records.parties.credentials import LoginLink, Password, SecondFactor, Session, Token
from kiban.store.credentials import FORGET_ATTEMPTS_AFTER


class MemoryCredentials:
    """See `kiban.store.credentials.Credentials`."""

    def __init__(self) -> None:
        self._mutex = threading.RLock()
        self._passwords: dict[UUID, Password] = {}
        self._factors: dict[UUID, SecondFactor] = {}
        self._recovery: dict[UUID, set[bytes]] = {}
        self._sessions: dict[bytes, Session] = {}
        self._tokens: dict[bytes, Token] = {}
        self._links: dict[bytes, LoginLink] = {}
        self._attempts: dict[bytes, tuple[int, datetime]] = {}

    def password(self, person: UUID) -> Password | None:
        """See `Credentials.password`."""
        return self._passwords.get(person)

    def keep_password(self, password: Password) -> None:
        """See `Credentials.keep_password`."""
        self._passwords[password.person] = password

    def forget_password(self, person: UUID) -> None:
        """See `Credentials.forget_password`."""
        self._passwords.pop(person, None)

    def second_factor(self, person: UUID) -> SecondFactor | None:
        """See `Credentials.second_factor`."""
        return self._factors.get(person)

    def keep_second_factor(self, factor: SecondFactor, recovery: Collection[bytes] = ()) -> None:
        """See `Credentials.keep_second_factor`."""
        with self._mutex:
            self._factors[factor.person] = factor
            self._recovery[factor.person] = set(recovery)

    def forget_second_factor(self, person: UUID) -> bool:
        """See `Credentials.forget_second_factor`."""
        with self._mutex:
            self._recovery.pop(person, None)
            return self._factors.pop(person, None) is not None

    def use_step(self, person: UUID, step: int, at: datetime) -> bool:
        """See `Credentials.use_step`."""
        with self._mutex:
            factor = self._factors.get(person)
            if factor is None or step <= factor.last_step:
                return False
            self._factors[person] = replace(factor, last_step=step, confirmed_at=factor.confirmed_at or at)
            return True

    def use_recovery_code(self, person: UUID, secret: bytes, at: datetime) -> bool:  # noqa: ARG002  it is gone at once
        """See `Credentials.use_recovery_code`."""
        with self._mutex:
            codes = self._recovery.get(person, set())
            if secret not in codes:
                return False
            codes.remove(secret)
            return True

    def n_recovery_codes(self, person: UUID) -> int:
        """See `Credentials.n_recovery_codes`."""
        return len(self._recovery.get(person, ()))

    def add_session(self, session: Session, secret: bytes) -> None:
        """See `Credentials.add_session`."""
        self._sessions[secret] = session

    def session(self, secret: bytes) -> Session | None:
        """See `Credentials.session`."""
        return self._sessions.get(secret)

    def sessions(self, person: UUID) -> tuple[Session, ...]:
        """See `Credentials.sessions`."""
        own = [session for session in list(self._sessions.values()) if session.person == person]
        return tuple(sorted(own, key=lambda session: (session.used_at, session.id), reverse=True))

    def touch_session(self, session: UUID, at: datetime, address: str) -> None:
        """See `Credentials.touch_session`."""
        self._change_session(session, used_at=at, address=address)

    def work_in(self, session: UUID, project: UUID | None) -> None:
        """See `Credentials.work_in`."""
        self._change_session(session, project=project)

    def end_sessions(self, person: UUID, at: datetime, *, only: UUID | None = None, but: UUID | None = None) -> int:
        """See `Credentials.end_sessions`."""
        n_ended = 0
        with self._mutex:
            for session in self.sessions(person):
                if session.ended_at is None and only in (None, session.id) and session.id != but:
                    self._change_session(session.id, ended_at=at)
                    n_ended += 1
        return n_ended

    def _change_session(self, session: UUID, **changes: object) -> None:
        with self._mutex:
            for secret, found in self._sessions.items():
                if found.id == session:
                    self._sessions[secret] = replace(found, **changes)  # type: ignore[arg-type]
                    return

    def add_token(self, token: Token, secret: bytes) -> None:
        """See `Credentials.add_token`."""
        self._tokens[secret] = token

    def token(self, secret: bytes) -> Token | None:
        """See `Credentials.token`."""
        return self._tokens.get(secret)

    def tokens(self, person: UUID) -> tuple[Token, ...]:
        """See `Credentials.tokens`."""
        own = [token for token in list(self._tokens.values()) if token.person == person]
        return tuple(sorted(own, key=lambda token: (token.made_at, token.id), reverse=True))

    def touch_token(self, token: UUID, at: datetime) -> None:
        """See `Credentials.touch_token`."""
        with self._mutex:
            for secret, found in self._tokens.items():
                if found.id == token:
                    self._tokens[secret] = replace(found, used_at=at)
                    return

    def revoke_tokens(self, person: UUID, at: datetime, *, only: UUID | None = None) -> int:
        """See `Credentials.revoke_tokens`."""
        n_revoked = 0
        with self._mutex:
            for secret, token in self._tokens.items():
                if token.person == person and token.revoked_at is None and only in (None, token.id):
                    self._tokens[secret] = replace(token, revoked_at=at)
                    n_revoked += 1
        return n_revoked

    def add_link(self, link: LoginLink, secret: bytes) -> None:
        """See `Credentials.add_link`."""
        self._links[secret] = link

    def link(self, secret: bytes, at: datetime) -> LoginLink | None:
        """See `Credentials.link`."""
        found = self._links.get(secret)
        return found if found is not None and at < found.expires_at else None

    def use_link(self, secret: bytes, at: datetime) -> LoginLink | None:
        """See `Credentials.use_link`."""
        with self._mutex:
            found = self.link(secret, at)
            self._links.pop(secret, None)
            return found

    def void_links(self, person: UUID) -> None:
        """See `Credentials.void_links`."""
        with self._mutex:
            self._links = {secret: link for secret, link in self._links.items() if link.person != person}

    def attempt(self, key: bytes, at: datetime, wait_s: Callable[[int], float]) -> float:
        """See `Credentials.attempt`."""
        with self._mutex:
            n_made, last_at = self._attempts.get(key, (0, at))
            if at - last_at > FORGET_ATTEMPTS_AFTER:
                n_made = 0
            too_early = (last_at + timedelta(seconds=wait_s(n_made)) - at).total_seconds() if n_made else 0.0
            if too_early > 0:
                return too_early
            self._attempts[key] = (n_made + 1, at)
            return 0.0

    def take_back_attempt(self, key: bytes) -> None:
        """See `Credentials.take_back_attempt`."""
        with self._mutex:
            if key in self._attempts:
                n_made, last_at = self._attempts[key]
                self._attempts[key] = (max(n_made - 1, 0), last_at)

    def forget_attempts(self, key: bytes) -> None:
        """See `Credentials.forget_attempts`."""
        self._attempts.pop(key, None)
