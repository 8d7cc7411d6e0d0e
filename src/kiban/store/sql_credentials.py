"""Credentials in PostgreSQL: passwords, second factors, links and attempts. Sessions and tokens: `sql_sessions`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kiban.records.parties.credentials import LoginLink, Password, Purpose, SecondFactor
from kiban.store.credentials import FORGET_ATTEMPTS_AFTER, KEEP_ENDED
from kiban.store.sql_pool import SqlPool
from kiban.store.sql_sessions import SqlSessions

_KEEP_HASH = (
    "INSERT INTO account_password (person, hash, set_at) VALUES (%s, %s, %s) "
    "ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at"
)
_FACTOR = "SELECT person, sealed, made_at, confirmed_at, last_step FROM second_factor WHERE person = %s"
_ADD_FACTOR = "INSERT INTO second_factor (person, sealed, made_at, confirmed_at, last_step) VALUES (%s, %s, %s, %s, %s)"
_USE_STEP = (
    "UPDATE second_factor SET last_step = %s, confirmed_at = coalesce(confirmed_at, %s) "
    "WHERE person = %s AND last_step < %s"
)
_LINK = "person, purpose, made_at, expires_at, made_by"
_ADD_LINK = f"INSERT INTO login_link (secret, {_LINK}) VALUES (%s, %s, %s, %s, %s, %s)"  # noqa: S608  names of ours
_FIND_LINK = f"SELECT {_LINK} FROM login_link WHERE secret = %s AND expires_at > %s"  # noqa: S608
_USE_LINK = f"DELETE FROM login_link WHERE secret = %s RETURNING {_LINK}"  # noqa: S608
_COUNT = (
    "INSERT INTO login_attempt (key, n_made, last_at) VALUES (%s, %s, %s) "
    "ON CONFLICT (key) DO UPDATE SET n_made = excluded.n_made, last_at = excluded.last_at"
)
_LOCK_ATTEMPTS = 0x6B69_6261_6E03


class SqlCredentials(SqlSessions):
    """See `kiban.store.credentials.Credentials`."""

    def __init__(self, pool: SqlPool) -> None:
        super().__init__(pool)

    def password(self, person: UUID) -> Password | None:
        """See `Credentials.password`."""
        row = self._one("SELECT person, hash, set_at FROM account_password WHERE person = %s", [person])
        return Password(person=row[0], hash=row[1], set_at=row[2]) if row is not None else None

    def keep_password(self, password: Password) -> None:
        """See `Credentials.keep_password`."""
        self._do(_KEEP_HASH, [password.person, password.hash, password.set_at])

    def forget_password(self, person: UUID) -> None:
        """See `Credentials.forget_password`."""
        self._do("DELETE FROM account_password WHERE person = %s", [person])

    def second_factor(self, person: UUID) -> SecondFactor | None:
        """See `Credentials.second_factor`."""
        row = self._one(_FACTOR, [person])
        if row is None:
            return None
        return SecondFactor(person=row[0], sealed=bytes(row[1]), made_at=row[2], confirmed_at=row[3], last_step=row[4])

    def keep_second_factor(self, factor: SecondFactor, recovery: Collection[bytes] = ()) -> None:
        """See `Credentials.keep_second_factor`."""
        with self._pool.joining() as connection:
            cursor = connection.cursor()
            cursor.execute("DELETE FROM second_factor WHERE person = %s", [factor.person])
            cursor.execute("DELETE FROM recovery_code WHERE person = %s", [factor.person])
            cursor.execute(
                _ADD_FACTOR, [factor.person, factor.sealed, factor.made_at, factor.confirmed_at, factor.last_step]
            )
            for secret in recovery:
                cursor.execute("INSERT INTO recovery_code (person, secret) VALUES (%s, %s)", [factor.person, secret])

    def forget_second_factor(self, person: UUID) -> bool:
        """See `Credentials.forget_second_factor`."""
        with self._pool.joining() as connection:
            cursor = connection.cursor()
            cursor.execute("DELETE FROM recovery_code WHERE person = %s", [person])
            return cursor.execute("DELETE FROM second_factor WHERE person = %s", [person]).rowcount > 0

    def use_step(self, person: UUID, step: int, at: datetime) -> bool:
        """See `Credentials.use_step`."""
        return self._do(_USE_STEP, [step, at, person, step]) > 0

    def use_recovery_code(self, person: UUID, secret: bytes, at: datetime) -> bool:  # noqa: ARG002  it is gone at once
        """See `Credentials.use_recovery_code`."""
        return self._do("DELETE FROM recovery_code WHERE person = %s AND secret = %s", [person, secret]) > 0

    def n_recovery_codes(self, person: UUID) -> int:
        """See `Credentials.n_recovery_codes`."""
        row = self._one("SELECT count(*) FROM recovery_code WHERE person = %s", [person])
        return int(row[0]) if row is not None else 0

    def add_link(self, link: LoginLink, secret: bytes) -> None:
        """See `Credentials.add_link`."""
        with self._pool.joining() as connection:
            cursor = connection.cursor()
            cursor.execute("DELETE FROM login_link WHERE expires_at < %s", [link.made_at - KEEP_ENDED])
            cursor.execute(
                _ADD_LINK,
                [secret, link.person, link.purpose.value, link.made_at, link.expires_at, link.made_by],
            )

    def link(self, secret: bytes, at: datetime) -> LoginLink | None:
        """See `Credentials.link`."""
        row = self._one(_FIND_LINK, [secret, at])
        return _link(row) if row is not None else None

    def use_link(self, secret: bytes, at: datetime) -> LoginLink | None:
        """See `Credentials.use_link`."""
        row = self._one(_USE_LINK, [secret])
        link = _link(row) if row is not None else None
        return link if link is not None and at < link.expires_at else None

    def void_links(self, person: UUID) -> None:
        """See `Credentials.void_links`."""
        self._do("DELETE FROM login_link WHERE person = %s", [person])

    def attempt(self, key: bytes, at: datetime, wait_s: Callable[[int], float]) -> float:
        """See `Credentials.attempt`."""
        with self._pool.joining() as connection:
            cursor = connection.cursor()
            # One after the other for each key: two that come at once would both read the same number.
            cursor.execute("SELECT pg_advisory_xact_lock(%s # hashtext(%s))", [_LOCK_ATTEMPTS, key.hex()])
            cursor.execute("DELETE FROM login_attempt WHERE last_at < %s", [at - FORGET_ATTEMPTS_AFTER])
            row = cursor.execute("SELECT n_made, last_at FROM login_attempt WHERE key = %s", [key]).fetchone()
            n_made, last_at = row if row is not None else (0, at)
            too_early = (last_at + timedelta(seconds=wait_s(n_made)) - at).total_seconds() if n_made else 0.0
            if too_early > 0:
                return too_early
            cursor.execute(_COUNT, [key, n_made + 1, at])
            return 0.0

    def take_back_attempt(self, key: bytes) -> None:
        """See `Credentials.take_back_attempt`."""
        self._do("UPDATE login_attempt SET n_made = greatest(n_made - 1, 0) WHERE key = %s", [key])

    def forget_attempts(self, key: bytes) -> None:
        """See `Credentials.forget_attempts`."""
        self._do("DELETE FROM login_attempt WHERE key = %s", [key])


def _link(row: Sequence[Any]) -> LoginLink:
    return LoginLink(person=row[0], purpose=Purpose(row[1]), made_at=row[2], expires_at=row[3], made_by=row[4])
