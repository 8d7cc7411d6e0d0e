"""Checking the audit log: every hash, every link, every number, and every signed head against the line it names."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable

from kiban.records.audit_chain import NO_HASH, AuditLine, Head
from kiban.records.audit_finding import AuditReport, Finding
from kiban.store.audit_proof import Evidence
from kiban.store.audit_signing import BEGAN

_MOST = 1000
_TOLD_EVERY = 5000
_RESTORE = (
    "Keep the database and the folder audit as they are, for those who look into it. What the log held stands in a "
    "backup or an export from before."
)
_OLDER = (
    "If the database was restored from a backup, restore the folders audit and keys of the home from the same backup. "
    "If nobody has restored it, lines were taken away: " + _RESTORE[0].lower() + _RESTORE[1:]
)
_FAULTS = {
    "missing": "{lines} not there.",
    "changed": "{lines} not what was written: the contents no longer have the hash beside them.",
    "unlinked": "{lines} not linked to the line before: one of the two was put in another's place.",
    "disordered": "{lines} not in order.",
    "contradicted": "{lines} not what was signed: a signed head says otherwise, whatever the "
    "hashes say. Somebody has rewritten the log inside the database.",
    "truncated": "{lines} not there, though a signed head says that the log went as far.",
}


class Checker:
    """Goes along the log once.

    Parameters
    ----------
    evidence : Evidence
        Read before the log.
    is_excerpt : bool
        Numbers may be left out.
    """

    def __init__(self, evidence: Evidence, *, is_excerpt: bool = False) -> None:
        self._evidence = evidence
        self._is_excerpt = is_excerpt
        self._heads: defaultdict[int, list[Head]] = defaultdict(list)
        for head in evidence.heads:
            self._heads[head.number].append(head)
        self._findings: list[Finding] = list(evidence.findings)
        self._n_findings = len(self._findings)
        self._run: tuple[str, int, int, str] | None = None
        self._last = 0
        self._previous: str | None = None if is_excerpt else NO_HASH
        self._time = ""
        self._signed: Head | None = None
        self._keys: set[str] = set()
        self._n_before: dict[str, int] = {}
        self._has_others = False

    def check(self, lines: Iterable[AuditLine], progress: Callable[[int], None] | None = None) -> AuditReport:
        """Read all lines, by number.

        Parameters
        ----------
        progress : callable, optional
            Told how many lines have been read.
        """
        n = 0
        for line in lines:
            self._line(line)
            n += 1
            if progress is not None and n % _TOLD_EVERY == 0:
                progress(n)
        self._end()
        signed = self._signed
        return AuditReport(
            n_lines=n,
            last_number=self._last,
            n_heads=len(self._evidence.heads),
            signed_to=signed.number if signed is not None else 0,
            signed_at=signed.at if signed is not None else "",
            key=self._evidence.key,
            is_excerpt=self._is_excerpt,
            findings=tuple(self._findings),
            n_findings=self._n_findings,
        )

    def _line(self, line: AuditLine) -> None:
        if line.number <= self._last:
            self._found("disordered", line.number)
            return
        if line.number != self._last + 1:
            if not self._is_excerpt:
                self._found("missing", self._last + 1, line.number - 1)
            self._previous = None
        if line.right_hash() != line.hash:
            self._found("changed", line.number)
        elif self._previous is not None and line.previous != self._previous:
            self._found("unlinked", line.number)
        else:
            self._time = line.at
            if line.act == BEGAN and line.actor == "kiban":
                self._key(line)
            else:
                self._has_others = True
        self._last, self._previous = line.number, line.hash
        for head in self._heads.get(line.number, ()):
            if head.hash == line.hash:
                self._signed = head
            else:
                first = self._signed.number + 1 if self._signed is not None else 1
                self._found("contradicted", min(first, line.number), line.number, at=head.at)

    def _key(self, line: AuditLine) -> None:
        try:
            details = json.loads(line.details)
            key, n_before = str(details["key"]), int(details["lines_before"])
        except (ValueError, KeyError, TypeError):
            return  # somebody has rewritten it: then it names no key
        self._keys.add(key)
        # A start that was cut short may have left such lines behind, and nothing else.
        self._n_before[key] = max(n_before if self._has_others else 0, self._n_before.get(key, 0))

    def _end(self) -> None:
        self._close_run()
        furthest = max(self._heads, default=0)
        if furthest > self._last and not self._is_excerpt:
            head = max(self._heads[furthest], key=lambda each: each.at)
            self._found("truncated", self._last + 1, furthest, at=head.at)
        self._close_run()
        if not self._is_excerpt:
            self._check_keys()
            for finding in self._evidence.absent if self._last else ():
                self._add(finding)

    def _check_keys(self) -> None:
        key = self._evidence.key
        if key is None or self._last == 0:
            return
        if key not in self._keys:
            self._add(
                Finding(
                    kind="key",
                    fault=f"The log was not begun with the key {key[:16]}… that its heads are signed with.",
                    mend="Restore the folders keys and audit of the home from a backup. " + _RESTORE,
                )
            )
        elif self._evidence.is_owned and (n := self._n_before[key]) > 0:
            self._add(
                Finding(
                    kind="key",
                    first=1,
                    last=n,
                    fault=f"Signing began when the log held {n} lines already: nothing in this home vouches for them. "
                    "Either the database was restored without the folders keys and audit, or somebody has removed "
                    "those.",
                    mend="Restore the folders keys and audit of the home from the backup that the database is from.",
                )
            )

    def _found(self, kind: str, first: int, last: int | None = None, *, at: str | None = None) -> None:
        last = first if last is None else last
        run, self._run = self._run, None
        if run is not None and run[0] == kind and first <= run[2] + 1 and at is None:
            self._run = (kind, min(run[1], first), max(run[2], last), run[3])
            return
        self._run = run
        self._close_run()
        self._run = (kind, first, last, self._time if at is None else at)

    def _close_run(self) -> None:
        if self._run is None:
            return
        kind, first, last, at = self._run
        self._run = None
        fault = _FAULTS[kind].format(lines=_words(first, last))
        mend = _OLDER if kind in {"truncated", "contradicted"} else _RESTORE
        self._add(Finding(kind=kind, first=first, last=last, at=at, fault=fault, mend=mend))

    def _add(self, finding: Finding) -> None:
        self._n_findings += 1
        if len(self._findings) < _MOST:
            self._findings.append(finding)


def _words(first: int, last: int) -> str:
    return f"Line {first} is" if first == last else f"Lines {first} to {last} are"
