"""Where the embedded PostgreSQL is found: its socket, and the connection string that leads there."""

from __future__ import annotations

import hashlib
import os
import pwd
import socket
import stat
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kiban.errors import InvalidSetting
from kiban.store.postgres_settings import PORT

_LONGEST_SOCKET_FOLDER = 89
"""Bytes: macOS has room for 103 in the path of a socket, of which its name takes 14."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The socket of the server that keeps its files in `data`.

    Parameters
    ----------
    data : Path
        Absolute, without symbolic links; its parent, the home, exists.
    """

    data: Path

    @property
    def folder(self) -> Path:
        """The folder of the socket: the data folder, or a short path where that one would not do."""
        try:
            path = str(self.data).encode()
        except UnicodeEncodeError:
            return self._elsewhere()
        # libpq takes a comma for a list of hosts; PostgreSQL splits its list at commas and quotes.
        if len(path) > _LONGEST_SOCKET_FOLDER or any(character in path for character in b",\"'\\\n\r\t"):
            return self._elsewhere()
        return self.data

    @property
    def socket(self) -> Path:
        """The socket itself, as PostgreSQL names it."""
        return self.folder / f".s.PGSQL.{PORT}"

    def conninfo(self, user: str, database: str) -> str:
        """Say to libpq how to connect. Nothing is left to PGPORT, PGOPTIONS and the like."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo(
            host=str(self.folder),
            port=PORT,
            user=user,
            dbname=database,
            options="",
            client_encoding="UTF8",
            connect_timeout=10,
            # Nobody else can play the server, also where the socket is in /tmp.
            requirepeer=self._account(),
        )

    def listener(self) -> int | None:
        """Give the process that listens at the socket, 0 where the system does not say, `None` where there is none."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            try:
                client.connect(os.fsencode(self.socket))
            except OSError:
                return None
            asking = getattr(socket, "SO_PEERCRED", None)  # Linux; macOS has another way that Python does not name
            if asking is None:
                return self._noted_process()
            process, _, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, asking, struct.calcsize("3i")))
            return int(process)

    def is_ready(self) -> bool:
        """Say whether the server listens and calls itself ready, that is, has recovered from what the last one left."""
        return self.listener() is not None and self._note()[7:8] == ["ready"]

    def clear(self, *, uid: int, gid: int) -> None:
        """Remove what a dead server has left and make the folder ready for the next one, run by this account.

        Raises
        ------
        InvalidSetting
            If somebody else holds the short path.
        """
        # PostgreSQL would refuse to start if the process number noted in one of these belonged, by now, to any other
        # program of the same account.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        if self.folder != self.data:
            _private_folder(self.folder, uid, gid)
        self.socket.unlink(missing_ok=True)
        self.socket.with_name(f"{self.socket.name}.lock").unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove the short path that a server needed which has stopped."""
        if self.folder != self.data:
            with suppress(OSError):
                self.folder.rmdir()

    def _account(self) -> str | None:
        try:
            return pwd.getpwuid(self.data.stat().st_uid).pw_name
        except (FileNotFoundError, KeyError):
            return None

    def _elsewhere(self) -> Path:
        place = self.data.parent.stat()
        name = hashlib.sha256(b"%s %d %d" % (os.fsencode(self.data), place.st_dev, place.st_ino)).hexdigest()[:16]
        # Whatever TMPDIR says: all commands must look for the server in one place.
        return Path("/tmp") / f"kiban-{name}"  # noqa: S108  owner and permissions are checked

    def _noted_process(self) -> int:
        # Asked for only while the server listens; then the note is its own.
        number = "".join(self._note()[:1])
        return int(number) if number.isdecimal() else 0

    def _note(self) -> list[str]:
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except OSError:
            return []


def _private_folder(folder: Path, uid: int, gid: int) -> None:
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
            raise InvalidSetting(
                f"{folder}, where the database shall listen, is not a private folder of its account.",
                mend="Remove it, or choose a data folder (KIBAN_HOME) with a shorter path.",
            ) from None
