"""Sessions and tokens in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from kiban.records.parties.credentials import Session, Token
from kiban.records.party import Act
from kiban.store.credentials import KEEP_ENDED
from kiban.store.sql_pool import SqlPool

# ruff: noqa: S608  the lists of columns are ours
_SESSION = "id, person, way, made_at, used_at, ends_at, agent, address, project, ended_at"
_ADD_SESSION = f"INSERT INTO login_session (secret, {_SESSION}) VALUES ({', '.join(['%s'] * 11)})"
_END_SESSIONS = (
    "UPDATE login_session SET ended_at = %(at)s WHERE person = %(person)s AND ended_at IS NULL "
    "AND (%(only)s::uuid IS NULL OR id = %(only)s) AND (%(but)s::uuid IS NULL OR id <> %(but)s)"
)
_TOKEN = "id, person, name, acts, project, made_at, made_by, expires_at, used_at, revoked_at"  # noqa: S105
_ADD_TOKEN = f"INSERT INTO token (secret, {_TOKEN}) VALUES ({', '.join(['%s'] * 11)})"
_REVOKE = (
    "UPDATE token SET revoked_at = %(at)s WHERE person = %(person)s AND revoked_at IS NULL "
    "AND (%(only)s::uuid IS NULL OR id = %(only)s)"
)


class SqlSessions:
    """The part of `kiban.store.credentials.Credentials` that is asked with each request."""

    def __init__(self, pool: SqlPool) -> None:
        self._pool = pool

    def add_session(self, session: Session, secret: bytes) -> None:
        """See `Credentials.add_session`."""
        values = [getattr(session, name.strip()) for name in _SESSION.split(",")]
        with self._pool.joining() as connection:
            cursor = connection.cursor()
            cursor.execute("DELETE FROM login_session WHERE ends_at < %s", [session.made_at - KEEP_ENDED])
            cursor.execute(_ADD_SESSION, [secret, *values])

    def session(self, secret: bytes) -> Session | None:
        """See `Credentials.session`."""
        row = self._one(f"SELECT {_SESSION} FROM login_session WHERE secret = %s", [secret])
        return _session(row) if row is not None else None

    def sessions(self, person: UUID) -> tuple[Session, ...]:
        """See `Credentials.sessions`."""
        asked = f"SELECT {_SESSION} FROM login_session WHERE person = %s ORDER BY used_at DESC, id DESC"
        return tuple(map(_session, self._pool.joining_rows(asked, [person])))

    def touch_session(self, session: UUID, at: datetime, address: str) -> None:
        """See `Credentials.touch_session`."""
        self._do("UPDATE login_session SET used_at = %s, address = %s WHERE id = %s", [at, address, session])

    def work_in(self, session: UUID, project: UUID | None) -> None:
        """See `Credentials.work_in`."""
        self._do("UPDATE login_session SET project = %s WHERE id = %s", [project, session])

    def end_sessions(self, person: UUID, at: datetime, *, only: UUID | None = None, but: UUID | None = None) -> int:
        """See `Credentials.end_sessions`."""
        return self._do(_END_SESSIONS, {"person": person, "at": at, "only": only, "but": but})

    def add_token(self, token: Token, secret: bytes) -> None:
        """See `Credentials.add_token`."""
        values = {name.strip(): getattr(token, name.strip()) for name in _TOKEN.split(",")}
        values["acts"] = sorted(act.value for act in token.acts)
        self._do(_ADD_TOKEN, [secret, *values.values()])

    def token(self, secret: bytes) -> Token | None:
        """See `Credentials.token`."""
        row = self._one(f"SELECT {_TOKEN} FROM token WHERE secret = %s", [secret])
        return _token(row) if row is not None else None

    def tokens(self, person: UUID) -> tuple[Token, ...]:
        """See `Credentials.tokens`."""
        asked = f"SELECT {_TOKEN} FROM token WHERE person = %s ORDER BY made_at DESC, id DESC"
        return tuple(map(_token, self._pool.joining_rows(asked, [person])))

    def touch_token(self, token: UUID, at: datetime) -> None:
        """See `Credentials.touch_token`."""
        self._do("UPDATE token SET used_at = %s WHERE id = %s", [at, token])

    def revoke_tokens(self, person: UUID, at: datetime, *, only: UUID | None = None) -> int:
        """See `Credentials.revoke_tokens`."""
        return self._do(_REVOKE, {"person": person, "at": at, "only": only})

    def _one(self, statement: LiteralString, values: Sequence[Any]) -> Sequence[Any] | None:
        return next(iter(self._pool.joining_rows(statement, values)), None)

    def _do(self, statement: str, values: Any) -> int:
        """Give the number of rows that it changed."""
        with self._pool.joining() as connection:
            return connection.cursor().execute(statement.encode(), values).rowcount


def _session(row: Sequence[Any]) -> Session:
    names = (name.strip() for name in _SESSION.split(","))
    return Session(**dict(zip(names, row, strict=True)))


def _token(row: Sequence[Any]) -> Token:
    values = dict(zip((name.strip() for name in _TOKEN.split(",")), row, strict=True))
    return Token(**{**values, "acts": frozenset(map(Act, values["acts"]))})
