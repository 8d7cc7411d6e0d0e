"""The audit log as a file: JSON lines with their hashes, then the signed heads; it can be checked anywhere.

The first line says what was left out; the last ones begin with `{"head":`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiban.errors import InvalidValue, UnreadableFile
from kiban.records.audit_chain import AuditLine, Head, head_of, line_of, time_text
from kiban.records.audit_finding import AuditReport, Finding
from kiban.store.audit_check import Checker
from kiban.store.audit_key import is_signed
from kiban.store.audit_log import Asked
from kiban.store.audit_proof import Evidence

_FORMAT = 1
_LONGEST_LINE = 1 << 24
_AGAIN = "Export the log again, and compare where the two differ."


def export_lines(
    lines: Iterable[AuditLine], heads: Iterable[Head], asked: Asked, key: str | None
) -> Generator[str, None, None]:
    """The lines of the file."""
    left_out = {
        "since": time_text(asked.since) if asked.since else None,
        "until": time_text(asked.until) if asked.until else None,
        "actor": asked.actor,
        "act": asked.act,
        "subject": asked.subject,
    }
    yield _text(
        {
            "kiban": "audit export",
            "format": _FORMAT,
            "at": time_text(datetime.now(UTC)),
            "excerpt": asked != Asked(),
            "asked": {name: value for name, value in left_out.items() if value is not None},
            "key": key,
        }
    )
    for line in lines:
        part = {} if asked.scopes is None or asked.scopes.issuperset(line.scopes) else {"partial": True}
        yield _text(line_for(line, asked.scopes).as_json() | part)
    for head in heads:
        yield _text({"head": head.as_json()})


def line_for(line: AuditLine, scopes: frozenset[int] | None) -> AuditLine:
    """The line as those may read it who may read the lines of some scopes.

    Where it touches others as well, their numbers are left out, and the details, which are of all of them together.
    """
    if scopes is None or scopes.issuperset(line.scopes):
        return line
    return replace(line, scopes=tuple(n for n in line.scopes if n in scopes), details="{}")


def check_export(path: Path, *, key: str | None = None, progress: Callable[[int], None] | None = None) -> AuditReport:
    """Check a file by itself.

    Parameters
    ----------
    key : str, optional
        The public key that its heads must be signed with; the one that it names, unless given.

    Raises
    ------
    UnreadableFile
        If it is no export of an audit log.
    """
    header = _header(path)
    named = header.get("key")
    findings: list[Finding] = []
    if key is not None and named != key:
        fault = f"The file names the key {str(named)[:16]}…, not {key[:16]}…."
        findings.append(Finding(kind="key", fault=fault, mend="Ask whoever sent it for the key, by another way."))
    heads = list(_heads(path, key or named, findings))
    is_excerpt = bool(header.get("excerpt"))
    absent = Finding(kind="kept heads", fault="The file holds no signed head that vouches for its lines.", mend=_AGAIN)
    evidence = Evidence(
        heads=tuple(heads),
        key=key or named,
        is_owned=False,
        findings=tuple(findings),
        absent=() if heads else (absent,),
    )
    return Checker(evidence, is_excerpt=is_excerpt).check(_lines(path), progress)


def _header(path: Path) -> dict[str, Any]:
    _, first = next(_documents(path), (0, None))
    if not isinstance(first, dict) or first.get("kiban") != "audit export" or first.get("format") != _FORMAT:
        raise UnreadableFile(
            f"{path.name} is no export of an audit log.", mend="Give a file that `kiban audit export` has written."
        )
    return first


def _heads(path: Path, key: str | None, findings: list[Finding]) -> Iterator[Head]:
    for n, document in _documents(path):
        if "head" not in document:
            continue
        try:
            head = head_of(document["head"])
        except InvalidValue:
            findings.append(Finding(kind="signature", fault=f"Line {n} of the file is no signed head.", mend=_AGAIN))
            continue
        if is_signed(head) and head.key == key:
            yield head
        else:
            fault = f"The signature of the head of line {head.number} is wrong, or of another key."
            findings.append(Finding(kind="signature", first=head.number, last=head.number, fault=fault, mend=_AGAIN))


def _lines(path: Path) -> Iterator[AuditLine]:
    for n, document in _documents(path):
        if n == 1 or "head" in document or document.get("partial"):
            continue
        try:
            yield line_of(document)
        except InvalidValue as e:
            raise UnreadableFile(f"Line {n} of {path.name} is no line of an audit log.", mend=_AGAIN) from e


def _documents(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            n = 0
            while text := file.readline(_LONGEST_LINE):
                n += 1
                document = json.loads(text)
                if not isinstance(document, dict):
                    raise ValueError(text)
                yield n, document
    except OSError as e:
        raise UnreadableFile(f"{path.name} cannot be read: {e.strerror}.", mend="Check the name of the file.") from e
    except (ValueError, RecursionError) as e:
        raise UnreadableFile(f"Line {n} of {path.name} is no JSON.", mend=_AGAIN) from e


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)
