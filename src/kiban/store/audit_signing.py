"""Opening the signing of the audit log: the key and heads of a home, made once, missed where they have gone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.errors import InvalidSetting, StorageError
from kiban.records.audit_entry import AuditEntry
from kiban.store.audit_heads import HeadFolder, make_head_folder, newest_head
from kiban.store.audit_keeper import AuditKeeper
from kiban.store.audit_key import AuditKey, make_key, read_key
from kiban.store.file_lock import FileLock

if TYPE_CHECKING:
    from kiban.store.sql_audit_log import SqlAuditLog

_WAIT_S = 30.0
BEGAN = "began to sign audit log"
"""The act of the line that names a key: the first of a home, and again wherever key or heads had gone."""


def key_path(home: Path, named: Path | None) -> Path:
    """Where the key of a home lies."""
    return named if named is not None else home / "keys" / "audit.key"


def head_folder(home: Path) -> Path:
    """Where the heads of a home lie."""
    return home / "audit"


def open_signing(home: Path, named: Path | None, log: SqlAuditLog) -> AuditKeeper:
    """Make ready to sign the end of the log; the first time, with a new key.

    Parameters
    ----------
    named : Path, optional
        Where the key is, if not in the home.

    Raises
    ------
    InvalidSetting
        If heads were signed in this home and the key has gone: another key would hide what happened.
    StorageError, DiskFull
        If the home cannot be written to.
    """
    folder, path = head_folder(home), key_path(home, named)
    make_head_folder(folder)
    key = read_key(path)
    if key is None or not (folder / "heads.jsonl").exists() or log.tail().number == 0:
        key = _first_key(folder, path, log)
    keeper = AuditKeeper(HeadFolder(folder, key, log.hash_of), log)
    keeper.open()
    return keeper


def _first_key(folder: Path, path: Path, log: SqlAuditLog) -> AuditKey:
    lock = FileLock(folder / "making-key.lock")
    try:
        if not lock.wait_exclusive(_WAIT_S):
            raise StorageError("Another command is making the key of the audit log.", mend="Try again in a moment.")
        n_before = log.tail().number
        key = read_key(path)
        has_heads = (folder / "heads.jsonl").exists()
        if key is not None and has_heads and n_before > 0:
            return key
        if key is None and (has_heads or newest_head(folder) is not None):
            raise InvalidSetting(
                f"The audit log of this home was signed with a key that is not there any more: {path.name}.",
                mend="Restore keys/audit.key of the home from a backup, or have KIBAN_AUDIT_KEY name where it is.",
            )
        key = key or make_key(path)
        details = {"key": key.public, "lines_before": n_before}
        log.append([AuditEntry(at=datetime.now(UTC), actor="kiban", act=BEGAN, address="", details=details)])
        return key
    finally:
        lock.close()
