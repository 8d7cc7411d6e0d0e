"""Whether the audit log is as it was written, here or in a file that somebody has exported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kiban.errors import Refused
from kiban.operations.resources import Resources
from kiban.records.audit_finding import AuditReport
from kiban.records.party import Asker
from kiban.store.audit_check import Checker
from kiban.store.audit_export import check_export
from kiban.store.audit_proof import Evidence


def verify_audit(asker: Asker, resources: Resources, *, progress: Callable[[int], None] | None = None) -> AuditReport:
    """Check every line, and every signed head against the line it names. It reads the log in a stream.

    Parameters
    ----------
    progress : callable, optional
        Told how many lines have been read.

    Raises
    ------
    Refused
        If the asker is no operator.
    """
    if not asker.is_operator:
        raise Refused("The audit log is verified by operators.", mend="Ask the operator of this platform.")
    proof = resources.audit_proof
    evidence = proof.evidence() if proof is not None else Evidence(heads=(), key=None, is_owned=False)
    report = Checker(evidence).check(resources.audit.lines(), progress)
    if proof is not None:
        proof.remember(report)
    return report


def verify_exported_audit(
    path: Path, *, key: str | None = None, progress: Callable[[int], None] | None = None
) -> AuditReport:
    """Check a file that `kiban audit export` has written. It needs no platform. Raises UnreadableFile.

    Parameters
    ----------
    key : str, optional
        The public key that its heads must be signed with; the one that it names, unless given.
    """
    return check_export(path, key=key, progress=progress)


def report_as_json(report: AuditReport) -> dict[str, Any]:
    """The report as a document."""
    return {**asdict(report), "sound": report.is_sound}
