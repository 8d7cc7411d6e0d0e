"""What lies outside the database to check the audit log against: the key, the newest head and the kept ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kiban.errors import InvalidSetting, InvalidValue
from kiban.records.audit_chain import NO_HASH, Head, time_text
from kiban.records.audit_finding import AuditReport, Finding
from kiban.store.audit_heads import alone, kept_heads, make_head_folder, newest_head, read_head
from kiban.store.audit_key import is_signed, read_key, read_public, write_whole
from kiban.store.audit_signing import head_folder, key_path
from kiban.store.disk_room import writing_failed

_RESTORE_HEADS = (
    "Restore the folder audit of the home from the backup that the database is from. If nobody has restored anything, "
    "somebody has removed or changed it: compare with heads that were put elsewhere."
)
_RESTORE_KEY = (
    "Restore keys/audit.key and keys/audit.pub of the home from a backup, or have KIBAN_AUDIT_KEY name where they are."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Heads that can be trusted, and what is wrong with the rest."""

    heads: tuple[Head, ...]
    """Well signed; those that were kept first, then the newest."""
    key: str | None
    """The public key that they must be signed with."""
    is_owned: bool
    """The log belongs to this home alone, so that its key must be as old as the log."""
    findings: tuple[Finding, ...] = ()
    absent: tuple[Finding, ...] = ()
    """What is missing if the log holds any line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """When the log was last checked, and what came of it."""

    at: datetime
    is_sound: bool
    n_lines: int
    n_findings: int


@dataclass(frozen=True, slots=True)
class AuditProof:
    """Where it lies in a home.

    Parameters
    ----------
    key : Path, optional
        Where the key is, if not in the home.
    is_shared : bool
        Other homes write to the same database.
    """

    home: Path
    key: Path | None = None
    is_shared: bool = False

    def evidence(self) -> Evidence:
        """Read it. Read it before the log: the log only grows.

        Raises
        ------
        StorageError
            If the folder of the heads cannot be locked.
        """
        folder = head_folder(self.home)
        if not folder.exists():
            return self._read()
        try:
            with alone(folder):  # not while one is being written
                return self._read()
        except OSError as e:
            raise writing_failed(folder, e) from e

    def _read(self) -> Evidence:
        findings: list[Finding] = []
        absent: list[Finding] = []
        newest = self._newest(findings, absent)
        kept = self._kept(findings, absent)
        key = self._key(findings, has_heads=newest is not None or bool(kept))
        if newest is not None and not any(head.own_hash() == newest.before for head in kept):
            findings.append(
                Finding(
                    kind="kept heads",
                    fault="audit/heads.jsonl does not hold the head that the newest one names as the one before it.",
                    mend=_RESTORE_HEADS,
                )
            )
        trusted = []
        for head in (*kept, *([newest] if newest else [])):
            if not is_signed(head) or (key is not None and head.key != key):
                findings.append(_wrongly_signed(head, key))
            else:
                trusted.append(head)
        return Evidence(
            heads=tuple(trusted),
            key=key,
            is_owned=not self.is_shared,
            findings=tuple(findings),
            absent=tuple(absent),
        )

    def remember(self, report: AuditReport) -> None:
        """Keep what a check has found, for those who look at the log. Raises StorageError, DiskFull."""
        document = {
            "at": time_text(datetime.now(UTC)),
            "sound": report.is_sound,
            "n_lines": report.n_lines,
            "n_findings": report.n_findings,
        }
        folder = head_folder(self.home)
        make_head_folder(folder)
        try:
            write_whole(folder / "verified.json", json.dumps(document).encode(), mode=0o600)
        except OSError as e:
            raise writing_failed(folder, e) from e

    def last_check(self) -> Checked | None:
        """What the last check found; `None` where there was none."""
        try:
            document = json.loads((head_folder(self.home) / "verified.json").read_bytes())
            return Checked(
                at=datetime.fromisoformat(document["at"]),
                is_sound=bool(document["sound"]),
                n_lines=int(document["n_lines"]),
                n_findings=int(document["n_findings"]),
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def newest(self) -> Head | None:
        """The newest head, as it stands there."""
        return newest_head(head_folder(self.home))

    def kept(self) -> Iterator[Head]:
        """The heads that were kept, as they stand there."""
        for _, text in kept_heads(head_folder(self.home)):
            try:
                yield read_head(text)
            except InvalidValue:
                continue

    def _newest(self, findings: list[Finding], absent: list[Finding]) -> Head | None:
        path = head_folder(self.home) / "head"
        try:
            return read_head(path.read_bytes())
        except FileNotFoundError:
            fault = "The newest signed head, audit/head, is not there."
            absent.append(Finding(kind="newest head", fault=fault, mend=_RESTORE_HEADS))
        except InvalidValue:
            fault = "audit/head is no signed head."
            findings.append(Finding(kind="newest head", fault=fault, mend=_RESTORE_HEADS))
        return None

    def _kept(self, findings: list[Finding], absent: list[Finding]) -> list[Head]:
        kept: list[Head] = []
        before = NO_HASH
        for n, text in kept_heads(head_folder(self.home)):
            try:
                head = read_head(text)
            except InvalidValue:
                # Half a line that a crash has left: the chain goes on over it. If it was a head, the next one tells.
                continue
            if head.before != before:
                findings.append(
                    Finding(
                        kind="kept heads",
                        fault=f"Line {n} of audit/heads.jsonl does not name the head before it: heads were removed, "
                        "changed or put in another order.",
                        mend=_RESTORE_HEADS,
                    )
                )
            kept.append(head)
            before = head.own_hash()
        if not kept:
            fault = "audit/heads.jsonl, with the heads that are kept for good, is not there or holds none."
            absent.append(Finding(kind="kept heads", fault=fault, mend=_RESTORE_HEADS))
        return kept

    def _key(self, findings: list[Finding], *, has_heads: bool) -> str | None:
        path = key_path(self.home, self.key)
        public = read_public(path)
        try:
            key = read_key(path)
        except InvalidSetting as e:
            findings.append(Finding(kind="key", fault=e.fault, mend=e.mend))
            return public
        if key is None:
            if has_heads:
                fault = f"The key that the log is signed with, {path.name}, is not there."
                findings.append(Finding(kind="key", fault=fault, mend=_RESTORE_KEY))
            return public
        if public != key.public:
            fault = "The public key beside the key of the audit log is missing or belongs to another one."
            findings.append(Finding(kind="key", fault=fault, mend=_RESTORE_KEY))
        return key.public


def _wrongly_signed(head: Head, key: str | None) -> Finding:
    if key is not None and head.key != key:
        fault = f"The head of line {head.number} was signed with another key than this home's ({key[:16]}…)."
    else:
        fault = f"The signature of the head of line {head.number} is wrong."
    return Finding(kind="signature", first=head.number, last=head.number, at=head.at, fault=fault, mend=_RESTORE_HEADS)
