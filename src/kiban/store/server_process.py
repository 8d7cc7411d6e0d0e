"""One PostgreSQL server on one data folder: made, started, waited for, stopped.

All of this happens under the start lock of `EmbeddedPostgres`. Whether the server lives is told by a lock that it
inherits (`postgres.alive`), never by the process number in `postmaster.pid`: that number may long belong to another
program, and in a container it usually does.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.errors import DatabaseUnavailable, DiskFull, InvalidSetting, StorageError
from kiban.store.file_lock import FileLock
from kiban.store.postgres_programs import ENVIRONMENT, POSTGRES_VERSION, PostgresPrograms, postgres_programs
from kiban.store.postgres_settings import DATABASE, INITDB_ARGUMENTS, OWNER, write_settings
from kiban.store.server_address import ServerAddress

if TYPE_CHECKING:
    import psycopg

_LARGEST_LOG = 10 * 2**20
_POLL_S = 0.005
_N_ATTEMPTS = 3
"""A server that ends while it starts may have been killed; a fault of its own comes again at once."""


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """The server of one home.

    Parameters
    ----------
    home : Path
        Absolute, without symbolic links.
    """

    home: Path

    @property
    def data(self) -> Path:
        """Where the server keeps its files."""
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "postgres.log"

    @property
    def address(self) -> ServerAddress:
        """Where the server listens."""
        return ServerAddress(self.data)

    def run(self, *, timeout_s: float) -> None:
        """Make sure that the server runs and takes connections, whatever state the last one left behind.

        Raises
        ------
        DatabaseUnavailable
            If it does not come up in time, or ends by itself. The fault quotes its log.
        DiskFull
            If it ends by itself for lack of room, or there is none to start it.
        InvalidSetting
            If the data are those of another version of PostgreSQL, or nothing here can run it.
        """
        until = time.monotonic() + timeout_s
        n_started = 0
        while not self._is_ready():
            with self._lock_of_the_living() as alive:
                if alive.try_exclusive():
                    if n_started == _N_ATTEMPTS:
                        raise self._failure("PostgreSQL ended while it was starting")
                    try:
                        self._start(alive)
                    except OSError as e:
                        if e.errno in {errno.ENOSPC, errno.EDQUOT}:
                            raise _failure("The database cannot be started", str(e)) from e
                        raise
                    n_started += 1
            if time.monotonic() > until:
                raise self._failure(f"PostgreSQL takes no connections after {timeout_s:g} s")
            time.sleep(_POLL_S)

    def stop(self, *, timeout_s: float) -> None:
        """Stop the server and wait until it has stopped; clients that are left lose their connections.

        Raises
        ------
        DatabaseUnavailable
            If it does not stop.
        """
        # The second request skips the last writes to the tables; the next start makes up for them from the log.
        for request in (signal.SIGINT, signal.SIGQUIT):
            process = self.address.listener()
            if process is not None and process > 1:
                with suppress(ProcessLookupError):
                    os.kill(process, request)
            with self._lock_of_the_living() as alive:
                if alive.wait_exclusive(timeout_s):
                    self.address.forget()
                    return
        raise self._failure(f"PostgreSQL does not stop after {2 * timeout_s:g} s")

    @contextmanager
    def _lock_of_the_living(self) -> Iterator[FileLock]:
        lock = FileLock(self.home / "postgres.alive")
        try:
            yield lock
        finally:
            lock.close()

    def _start(self, alive: FileLock) -> None:
        programs = postgres_programs(self.home, self.data)
        if not self.data.exists():
            self._make_data(programs, alive)
        version = self._version()
        if version != str(POSTGRES_VERSION):
            raise InvalidSetting(
                f"The database in {self.data} has the version {version}; this Kiban brings {POSTGRES_VERSION}.",
                mend="Restore a backup into a new data folder (KIBAN_HOME), or run the Kiban that wrote this one.",
            )
        self.address.clear(uid=programs.uid, gid=programs.gid)
        write_settings(self.data, uid=programs.uid, gid=programs.gid)
        self._launch(programs, alive)

    def _make_data(self, programs: PostgresPrograms, alive: FileLock) -> None:
        # Only a finished folder gets the name that counts: what an interrupted attempt has left is thrown away.
        new = self.home / "postgres.new"
        if new.exists():
            shutil.rmtree(new)
        new.mkdir(mode=0o700)
        os.chown(new, programs.uid, programs.gid)
        made = subprocess.run(
            programs.command("initdb", f"--pgdata={new}", *INITDB_ARGUMENTS),
            env=ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            # If this process is killed, the next one waits until the orphan has let go of the folder.
            pass_fds=(alive.fileno(),),
            **programs.identity,
        )
        if made.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise _failure("The database could not be made", made.stdout.decode(errors="replace"))
        new.rename(self.data)
        _sync(self.home)

    def _launch(self, programs: PostgresPrograms, alive: FileLock) -> None:
        sockets = self.address.folder
        command = programs.command("postgres", "-D", str(self.data), "-c", f"unix_socket_directories={sockets}")
        with self._open_log() as log:
            # The shell ends at once and leaves the server to init: no child that this process has to wait for, in a
            # session of its own that Ctrl-C does not reach.
            subprocess.run(
                ["/bin/sh", "-c", '"$@" &', "sh", *command],
                env=ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=True,
                start_new_session=True,
                pass_fds=(alive.fileno(),),
                **programs.identity,
            )

    @contextmanager
    def _open_log(self) -> Iterator[int]:
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        log = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield log
        finally:
            os.close(log)

    def _is_ready(self) -> bool:
        """Try to connect; make the database if this is the first time."""
        import psycopg

        if not self.address.is_ready():
            return False
        try:
            with psycopg.connect(self.address.conninfo(OWNER, "postgres"), autocommit=True) as connection:
                _ensure_database(connection)
        except psycopg.Error as error:
            if _may_pass(error):
                return False
            raise self._failure(f"PostgreSQL refuses the connection ({error})") from error
        return True

    def _version(self) -> str:
        try:
            return (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return "unknown"

    def _failure(self, what: str) -> StorageError:
        try:
            text = self.log.read_text(errors="replace")
        except FileNotFoundError:
            text = ""
        return _failure(f"{what}; {self.log} ends with", text)


def _failure(what: str, text: str) -> StorageError:
    tail = "\n".join(text.strip().splitlines()[-8:])
    if "No space left on device" in tail or "Disk quota exceeded" in tail:
        return DiskFull(f"{what}:\n{tail}\n", mend="Make room on the disk of the data folder and try again.")
    return DatabaseUnavailable(f"{what}:\n{tail}\n", mend="Mend what is named there and try again.")


def _may_pass(error: psycopg.Error) -> bool:
    """Say whether the server has only gone away, or is not there yet or any more."""
    if error.sqlstate is not None:
        return error.sqlstate.startswith("57P")
    # While connecting there are only words: "the database system is shutting down", "... is in recovery mode".
    return "FATAL:" not in str(error) or "the database system is" in str(error)


def _ensure_database(connection: psycopg.Connection) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
        connection.execute(f"CREATE DATABASE {DATABASE}")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
