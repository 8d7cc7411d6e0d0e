"""PostgreSQL inside the data folder: started by whoever needs it first, stopped by whoever leaves last.

Three locks in the home say all there is to say, and the kernel takes each back when its holder ends, even by kill -9:

- `postgres.lock`: held while a server is being started or stopped, so that commands which start at once wait in line;
- `postgres.users`: shared by everyone who uses the server; who can have it alone is the last;
- `postgres.alive`: held by the server itself.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from kiban.errors import DatabaseUnavailable, InvalidSetting
from kiban.store.file_lock import FileLock
from kiban.store.postgres_settings import DATABASE
from kiban.store.server_process import ServerProcess

_START_S = 120.0
"""Recovery after a crash may read the whole log."""
_STOP_S = 60.0


class EmbeddedPostgres:
    """A share in the server of one home.

    Shares are counted: as many calls of `release` as of `start` give it back. One object may serve many threads, and
    many objects, processes and commands one server. A forked child has no share before it calls `start` itself.

    Parameters
    ----------
    home : Path
        The data folder of Kiban; made with mode 0700 if there is none. The database lives in `postgres` below it.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self._mutex = threading.RLock()
        self._n_shares = 0
        self._share: FileLock | None = None
        self._process = os.getpid()

    def start(self) -> None:
        """Take a share; the server runs when this returns, also if it was killed meanwhile.

        Raises
        ------
        DatabaseUnavailable
            If the server does not come up within two minutes. The fault quotes its log.
        DiskFull
            If there is no room to start it.
        InvalidSetting
            If the home cannot be made, or this machine cannot run the embedded PostgreSQL in it.
        StorageError
            If the home cannot be written to, or its disk knows no locks.
        """
        with self._mutex:
            self._forget_parent()
            starting = self._wait_in_line()
            try:
                if self._share is None:
                    self._share = self._take_share()
                self._server().run(timeout_s=_START_S)
                self._n_shares += 1
            finally:
                if self._n_shares == 0:
                    self._leave()
                starting.close()

    def release(self) -> None:
        """Give a share back. The last one stops the server and waits until it has stopped.

        Raises
        ------
        DatabaseUnavailable
            If the server does not stop within two minutes. The share is given back even so.
        """
        with self._mutex:
            self._forget_parent()
            self._n_shares = max(self._n_shares - 1, 0)
            if self._n_shares > 0 or self._share is None:
                return
            if not self.home.exists():
                # Somebody has removed the home under a server that runs: it notices and ends within a minute.
                self._share.close()
                self._share = None
                return
            starting = self._wait_in_line()
            try:
                self._leave()
            finally:
                starting.close()

    def is_running(self) -> bool:
        """Say whether the server listens."""
        return self.home.exists() and self._server().address.listener() is not None

    def conninfo(self, user: str, database: str = DATABASE) -> str:
        """Give the connection string of libpq (`host=... user=... dbname=...`) for a database user."""
        return self._server().address.conninfo(user, database)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _server(self) -> ServerProcess:
        return ServerProcess(self.home.resolve())

    def _wait_in_line(self) -> FileLock:
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidSetting(
                f"The data folder {self.home} cannot be made: {error.strerror}.",
                mend="Choose another one (KIBAN_HOME).",
            ) from error
        lock = FileLock(self.home / "postgres.lock")
        if not lock.wait_exclusive(_START_S + _STOP_S):
            lock.close()
            raise DatabaseUnavailable(
                f"Another command has been starting or stopping the database in {self.home} for minutes.",
                mend="End that command and try again.",
            )
        return lock

    def _take_share(self) -> FileLock:
        share = FileLock(self.home / "postgres.users")
        # Only the last user has it alone, and not outside the line in which we stand.
        if not share.try_shared():
            share.close()
            raise DatabaseUnavailable(
                f"Another program holds {share.path} for itself.", mend="End that program and try again."
            )
        return share

    def _leave(self) -> None:
        """Give up the lock on the users; stop the server if nobody else holds it. We stand in line."""
        if self._share is None:
            return
        try:
            # A server that still recovers is left to it: stopped, it would have to begin again.
            if self._share.try_exclusive() and self._server().address.is_ready():
                self._server().stop(timeout_s=_STOP_S)
        finally:
            self._share.close()
            self._share = None

    def _forget_parent(self) -> None:
        if self._process != os.getpid():
            # Closing leaves the parent its share: the lock belongs to the opening that both have.
            if self._share is not None:
                self._share.close()
            self._share, self._n_shares, self._process = None, 0, os.getpid()
