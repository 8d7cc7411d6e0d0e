"""The chain of the audit log: each line holds a hash of itself and of the line before.

A line's hash is the SHA-256 of ten texts in UTF-8, one after the other, each written as its length in bytes, a colon,
the text and a comma: number, time (`2026-01-31T23:59:59.123456Z`), actor, act, subject, scopes (`3,7`), rule, address,
details (JSON, as it was written) and the hash of the line before (64 hexadecimal digits; zeros before the first).
`docs/explanation/audit.md` has a program of twenty lines that checks it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kiban.errors import InvalidValue

NO_HASH = "0" * 64
"""What stands for the hash of the line before the first."""
_TEXTS = ("at", "actor", "act", "subject", "rule", "address", "details", "previous", "hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line as it is kept. `details` is JSON, untouched, so that its hash can be worked out again."""

    number: int
    """From 1, without gaps."""
    at: str
    actor: str
    act: str
    subject: str
    scopes: tuple[int, ...]
    rule: str
    address: str
    details: str
    previous: str
    hash: str

    def right_hash(self) -> str:
        """The hash that its contents have."""
        scopes = ",".join(map(str, self.scopes))
        texts = (str(self.number), self.at, self.actor, self.act, self.subject, scopes, self.rule, self.address)
        return chained(*texts, self.details, self.previous)

    def as_json(self) -> dict[str, Any]:
        """As it stands in an export."""
        scopes = list(self.scopes)
        return {"number": self.number} | {name: getattr(self, name) for name in _TEXTS} | {"scopes": scopes}


def line_of(document: Mapping[str, Any]) -> AuditLine:
    """Read a line of an export. Raises InvalidValue where it is none."""
    try:
        number, scopes = document["number"], tuple(document["scopes"])
        texts = {name: document[name] for name in _TEXTS}
    except (KeyError, TypeError):
        texts, number, scopes = {}, None, ()
    if type(number) is not int or not all(type(n) is int for n in scopes):
        texts = {}
    if not texts or not all(isinstance(text, str) for text in texts.values()):
        raise InvalidValue("This is no line of an audit log.", mend="Export the log again with `kiban audit export`.")
    return AuditLine(number=number, scopes=scopes, **texts)


def chained(*texts: str) -> str:
    """The hash of texts, none of which can run into another."""
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    return hashlib.sha256(b"".join(b"%d:%b," % (len(part), part) for part in parts)).hexdigest()


def time_text(at: datetime) -> str:
    """A moment as it goes into a hash."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the log at one moment, signed: whoever holds it can tell whether the log was changed before it."""

    number: int
    """Of the last line; 0 while there is none."""
    hash: str
    """Of that line."""
    at: str
    before: str
    """Hash of the head that was kept before."""
    key: str
    """The public key (Ed25519, 64 hexadecimal digits) that the signature is checked with."""
    signature: str = ""

    def signed_bytes(self) -> bytes:
        """What is signed."""
        return f"kiban audit head {self.number} {self.hash} {self.at} {self.before}".encode()

    def own_hash(self) -> str:
        """What the next kept head names it by."""
        return chained(str(self.number), self.hash, self.at, self.before, self.key, self.signature)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        names = ("number", "hash", "at", "before", "key", "signature")
        return {name: getattr(self, name) for name in names}


def head_of(document: Any) -> Head:
    """Read a kept head. Raises InvalidValue where it is none."""
    names = ("hash", "at", "before", "key", "signature")
    if not isinstance(document, dict) or type(document.get("number")) is not int:
        texts = {}
    else:
        texts = {name: document[name] for name in names if isinstance(document.get(name), str)}
    if len(texts) != len(names):
        raise InvalidValue("This is no signed head of an audit log.", mend="Restore it from a backup.")
    return Head(number=document["number"], **texts)
