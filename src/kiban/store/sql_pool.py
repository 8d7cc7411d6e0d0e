"""Connections to PostgreSQL, shared by the threads of one process."""

from __future__ import annotations

import select
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kiban.errors import DatabaseUnavailable, InvalidSetting
from kiban.store.sql_errors import telling_why

Connection = psycopg.Connection[tuple[Any, ...]]

_MAX_CONNECTIONS = 10
_WAIT_S = 60.0
_CONNECT_S = 30


class SqlPool:
    """Makes connections when they are needed and keeps them for the next who asks.

    Parameters
    ----------
    conninfo : str
        As libpq takes it: `host=... user=...` or a URL.
    role : str, optional
        The role to work as, where the login has more rights than it should use.
    """

    def __init__(self, conninfo: str, *, role: str | None = None) -> None:
        self._conninfo = _with_options(conninfo, role)
        self._idle: list[Connection] = []
        self._mutex = threading.Lock()
        self._room = threading.BoundedSemaphore(_MAX_CONNECTIONS)
        self._is_closed = False

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Lend a connection for one transaction: committed at the end of the block, undone by any error.

        Raises
        ------
        DatabaseUnavailable
            If PostgreSQL does not answer, or all connections are in use for a minute.
        """
        if not self._room.acquire(timeout=_WAIT_S):
            raise DatabaseUnavailable(
                f"All {_MAX_CONNECTIONS} connections to the database are in use.", mend="Try again in a moment."
            )
        try:
            with telling_why():
                connection, begun = self._begin()
                try:
                    with ExitStack() as until_end:
                        until_end.push(begun)
                        yield connection
                finally:
                    self._give_back(connection)
        finally:
            self._room.release()

    def close(self) -> None:
        """Close what is idle, and what is in use as soon as it comes back."""
        with self._mutex:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _begin(self) -> tuple[Connection, AbstractContextManager[object]]:
        """Take a connection and begin; one that was idle may have died without our knowing yet, and is passed over."""
        while True:
            connection, is_new = self._take()
            begun = connection.transaction()
            try:
                begun.__enter__()
            except psycopg.OperationalError:
                connection.close()
                if is_new:
                    raise
            else:
                return connection, begun

    def _take(self) -> tuple[Connection, bool]:
        while True:
            with self._mutex:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return psycopg.connect(self._conninfo, autocommit=True, connect_timeout=_CONNECT_S), True
            if _is_alive(connection):
                return connection, False
            connection.close()

    def _give_back(self, connection: Connection) -> None:
        with self._mutex:
            if not connection.closed and not self._is_closed:
                self._idle.append(connection)
                return
        connection.close()


def _is_alive(connection: Connection) -> bool:
    """Say whether the server still holds its end. An idle one says nothing, so anything to be read is its good-bye."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
    return not poll.poll(0)


def _with_options(conninfo: str, role: str | None) -> str:
    try:
        given = conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError as e:
        raise InvalidSetting(
            "The address of the database cannot be read.",
            mend="Write it as postgresql://user:password@host/database (KIBAN_DATABASE_URL).",
        ) from e
    options = [str(given.get("options") or ""), "-c TimeZone=UTC", f"-c role={role}" if role else ""]
    return make_conninfo(
        conninfo, options=" ".join(filter(None, options)), client_encoding="UTF8", application_name="kiban"
    )
