"""Connections to PostgreSQL, shared by the threads of one process."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from kiban.errors import DatabaseUnavailable, InvalidSetting, StorageError
from kiban.store.sql_asking import Connection, Rows
from kiban.store.sql_errors import telling_why

Cursor = psycopg.Cursor[tuple[Any, ...]]
AtTheEnd = Callable[[Cursor], Callable[[], None]]
"""What is done right before the end of a transaction; it gives what is to be done once that is committed."""
T = TypeVar("T")

_MAX_CONNECTIONS = 10
_WAIT_S = 60.0
_CONNECT_S = 30


@dataclass(slots=True)
class _Joint:
    """The transaction that a thread does several things in."""

    connection: Connection
    at_the_end: list[AtTheEnd] = field(default_factory=list)


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
        self._of_thread = threading.local()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have all that this thread does in `joining` become one transaction: all of it happens, or nothing.

        Raises
        ------
        StorageError
            If something in it failed, and the error was passed over.
        DatabaseUnavailable
            As `transaction`.
        """
        if self._joint() is not None:
            yield
            return
        with self.transaction() as connection, self.joined_to(connection) as committed:
            yield
        for tell in committed:
            tell()

    @contextmanager
    def joined_to(self, connection: Connection) -> Iterator[list[Callable[[], None]]]:
        """As `together`, in a transaction that is under way: it takes in what this thread does in `joining`.

        Gives a list that holds, after the block, what is to be done once the transaction is committed.
        """
        before, joint = self._joint(), _Joint(connection)
        committed: list[Callable[[], None]] = []
        self._of_thread.joint = joint
        try:
            yield committed
        finally:
            self._of_thread.joint = before
        if connection.info.transaction_status is not TransactionStatus.INTRANS:
            raise StorageError(
                "A part of what belongs together could not be written; nothing was.", mend="Do it again."
            )
        committed += [last(connection.cursor()) for last in joint.at_the_end]

    @contextmanager
    def joining(self) -> Iterator[Connection]:
        """Lend the connection of the block `together` that this thread is in; outside of one, as `transaction`."""
        joint = self._joint()
        if joint is not None:
            yield joint.connection
            return
        with self.transaction() as connection:
            yield connection

    def at_the_end(self, last: AtTheEnd) -> None:
        """Do this at the end of the block `together` that this thread is in; outside of one, in a transaction now.

        For what makes others wait until the transaction is over, as the end of the audit log does: whoever takes that
        first, and the rows of something else after it, may wait for one who waits for the end of the log.
        """
        joint = self._joint()
        if joint is not None:
            joint.at_the_end.append(last)
            return
        with self.transaction() as connection:
            committed = last(connection.cursor())
        committed()

    def _joint(self) -> _Joint | None:
        found: _Joint | None = getattr(self._of_thread, "joint", None)
        return found

    @contextmanager
    def transaction(self, first: LiteralString = "") -> Iterator[Connection]:
        """Lend a connection for one transaction: committed at the end of the block, undone by any error.

        Parameters
        ----------
        first : str
            A statement without parameters that goes over together with `BEGIN`.

        Raises
        ------
        DatabaseUnavailable
            If PostgreSQL does not answer, or all connections are in use for a minute.
        """
        with self._lent(lambda connection: connection.execute(f"BEGIN; {first}")) as (connection, _):
            yield connection
            connection.execute("COMMIT")

    def ask(self, first: str, query: str, values: Mapping[str, Any]) -> Rows:
        """Ask one question in a transaction of its own, in one message; see `Connection.ask`.

        Raises
        ------
        DatabaseUnavailable
            As `transaction`.
        """
        with self._lent(lambda connection: connection.ask(first, query, values)) as (_, rows):
            return rows

    def rows(self, query: LiteralString, values: Sequence[Any] = ()) -> Rows:
        """Ask one question, which needs no transaction of several statements.

        Raises
        ------
        DatabaseUnavailable
            As `transaction`.
        """
        with self._lent(lambda connection: connection.execute(query, values or None).fetchall()) as (_, rows):
            return rows

    def joining_rows(self, query: LiteralString, values: Sequence[Any] = ()) -> Rows:
        """As `rows`, in the transaction of the block `together` that this thread is in, if it is in one."""
        joint = self._joint()
        return self.rows(query, values) if joint is None else joint.connection.execute(query, values or None).fetchall()

    def close(self) -> None:
        """Close what is idle, and what is in use as soon as it comes back."""
        with self._mutex:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _lent(self, first: Callable[[Connection], T]) -> Iterator[tuple[Connection, T]]:
        """A connection on which the first thing has been done; whatever it left open is undone at the end."""
        if not self._room.acquire(timeout=_WAIT_S):
            raise DatabaseUnavailable(
                f"All {_MAX_CONNECTIONS} connections to the database are in use.", mend="Try again in a moment."
            )
        try:
            with telling_why():
                connection, found = self._begin(first)
                try:
                    yield connection, found
                finally:
                    _undo(connection)
                    self._give_back(connection)
        finally:
            self._room.release()

    def _begin(self, first: Callable[[Connection], T]) -> tuple[Connection, T]:
        """Take a connection and begin; one that was idle may have died without our knowing yet, and is passed over."""
        while True:
            connection, is_new = self._take()
            try:
                return connection, first(connection)
            except psycopg.OperationalError:
                was_lost = connection.closed
                connection.close()
                if is_new or not was_lost:
                    raise
            except BaseException:
                # What it has been told of, and what not, is not certain any more.
                connection.close()
                raise

    def _take(self) -> tuple[Connection, bool]:
        while True:
            with self._mutex:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return Connection.connect(self._conninfo, autocommit=True, connect_timeout=_CONNECT_S), True
            if _is_alive(connection):
                return connection, False
            connection.close()

    def _give_back(self, connection: Connection) -> None:
        with self._mutex:
            if not connection.closed and not self._is_closed:
                self._idle.append(connection)
                return
        connection.close()


def _undo(connection: Connection) -> None:
    """End a transaction that is still open."""
    if connection.closed or connection.info.transaction_status is TransactionStatus.IDLE:
        return
    try:
        connection.execute("ROLLBACK")
    except psycopg.Error:
        connection.close()  # the server undoes it when it notices


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
