"""Runs of campaigns that were asked for and go on by themselves, also after the machine was off.

Each is a file in the folder `runs` of the home: laboratories are folders and programs of this machine, and their
settings may hold what only its owner may read. It stays until the run has come to its end; what it ended with stands
in it until another one is asked for.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kiban.errors import DamagedFile, IllegalMove, InvalidValue, NotReached, Refused
from kiban.laboratory.contract import Laboratory
from kiban.laboratory.installed import driver
from kiban.laboratory.whole_file import write_whole
from kiban.operations.changed_records import current
from kiban.operations.resources import Resources
from kiban.operations.run_campaign import RunTerms, check_run
from kiban.records.document import from_json, to_json
from kiban.records.party import Asker
from kiban.records.record import RecordKind
from kiban.store.file_lock import FileLock

FOLDER = "runs"
_KEPT = "kept.lock"
_OWNER_ALONE = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRun:
    """A run that is to go on until it ends.

    Parameters
    ----------
    id : str
        Short identifier of the campaign.
    settings : mapping
        Of the laboratory's driver.
    folder : str
        That paths in the settings start from.
    driver : str
        Of the laboratory; that which the laboratory is called by where empty.
    by : str, optional
        The account in whose name it goes on, with the rights that this has by then; `None` for the person at the
        machine.
    terms : RunTerms
        As of any run: the laboratory, the limit of experiments and the others.
    asked_at : str
    ended : str, optional
        Why it ended, as `kiban.operations.campaign_ends` says it, or `failed`; `None` while it goes on.
    words : str
        Which limit, or what went wrong.
    waits : str
        Why it does not go on for the moment; empty where it does.
    ended_at : str, optional
    """

    id: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    folder: str
    driver: str = ""
    by: str | None = None
    terms: RunTerms
    asked_at: str
    ended: str | None = None
    words: str = ""
    ended_at: str | None = None
    waits: str = ""

    def connect(self) -> Laboratory:
        """Give the laboratory. Raises InvalidSetting."""
        return driver(self.driver or self.terms.laboratory).connect(self.settings, folder=Path(self.folder))


def ask_for_run(asker: Asker, resources: Resources, home: Path, run: StandingRun) -> StandingRun:
    """Write down that a campaign is to be run. Whoever keeps runs (`kiban up`) begins with it within a second.

    Raises
    ------
    RecordNotFound
        If there is no such campaign.
    Refused
        If the asker may not move it.
    IllegalMove
        If it is run already, or paused or ended.
    InvalidValue, InvalidSetting
        If nothing limits the run, there is no such driver, or its settings are wrong.
    NotReached, DiskFull
        If it cannot be written down.
    """
    record = current(asker, resources, run.id, RecordKind.CAMPAIGN)
    if record.scope not in resources.visible(asker).writable:
        raise Refused(f"You may not move {record.pid}.", mend="Ask somebody who may write to its project.")
    # What cannot be run is told to whoever asks, not hours later to nobody.
    laboratory = run.connect()
    check_run(asker, resources, record.pid, laboratory, run.terms)
    before = next((each for each in standing_runs(home) if each.id == record.pid), None)
    if before is not None and before.ended is None:
        raise IllegalMove(
            f"{record.pid} is run already, in the laboratory '{before.terms.laboratory}'.",
            mend=f"Stop it first: kiban campaign stop {record.pid}; then ask again once it has ended.",
        )
    asked = replace(run, id=record.pid)
    keep_run(home, asked)
    return asked


def keep_run(home: Path, run: StandingRun) -> None:
    """Write a run down in its place. Raises NotReached, DiskFull."""
    _make_folder(home)
    write_whole(path_of(home, run.id), json.dumps(to_json(run), ensure_ascii=False, indent=1).encode("utf-8"))


def _make_folder(home: Path) -> None:
    folder = home / FOLDER
    try:
        folder.mkdir(mode=_OWNER_ALONE, exist_ok=True)
        folder.chmod(_OWNER_ALONE)
        if os.geteuid() == 0:
            owner = home.stat()
            os.chown(folder, owner.st_uid, owner.st_gid)
    except OSError as e:
        raise NotReached(
            f"{folder} cannot be made: {e.strerror or e}.", mend="Check that the home may be written to."
        ) from e


def standing_runs(home: Path) -> tuple[StandingRun, ...]:
    """All runs that were asked for at this home, also those that have ended. Raises DamagedFile."""
    return tuple(read_run(path) for path in run_files(home))


def lock_of(home: Path, pid: str) -> FileLock | None:
    """Take the run of a campaign for oneself, for as long as the lock is not closed; `None` where another has it."""
    lock = FileLock(path_of(home, pid).with_suffix(".lock"))
    if lock.try_exclusive():
        return lock
    lock.close()
    return None


def keeping_lock(home: Path) -> FileLock | None:
    """Say that one keeps the runs of a home, for as long as the lock is not closed; several may.

    `None` where somebody just looks whether anybody does: try again. Raises NotReached, StorageError.
    """
    _make_folder(home)
    lock = FileLock(home / FOLDER / _KEPT)
    if lock.try_shared():
        return lock
    lock.close()
    return None


def are_kept(home: Path) -> bool:
    """Whether somebody keeps the runs of this home now. Runs that nobody keeps begin when the platform is up."""
    if not (home / FOLDER / _KEPT).exists():
        return False
    lock = FileLock(home / FOLDER / _KEPT)
    try:
        return not lock.try_exclusive()
    finally:
        lock.close()


def ended_now(run: StandingRun, why: str, words: str, at: str) -> StandingRun:
    """The run as it is once it has ended."""
    return replace(run, ended=why, words=words, ended_at=at, waits="")


def path_of(home: Path, pid: str) -> Path:
    """Where the run of a campaign is written down."""
    return home / FOLDER / f"{pid.replace(':', '-')}.json"


def run_files(home: Path) -> list[Path]:
    """The files that runs are written down in."""
    return sorted((home / FOLDER).glob("*.json"))


def read_run(path: Path) -> StandingRun:
    """The run that a file says. Raises DamagedFile."""
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8")), StandingRun)
    except (OSError, ValueError, InvalidValue) as e:
        raise DamagedFile(f"{path} says no run: {e}.", mend="Remove the file, and ask for the run again.") from e
