"""What a check of the audit log finds, and what it says all in all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    Parameters
    ----------
    kind : str
        `missing`, `changed`, `unlinked`, `disordered`, `contradicted`, `truncated` (of lines); `signature`,
        `newest head`, `kept heads`, `key` (of what lies outside the database).
    first, last : int, optional
        Numbers of the lines.
    at : str
        When: the time of the last sound line before, or of the head that tells; empty where neither is.
    """

    kind: str
    fault: str
    mend: str
    first: int | None = None
    last: int | None = None
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """The outcome of a check."""

    n_lines: int
    last_number: int
    """Of the last line."""
    n_heads: int
    """Signed heads that the log was compared with."""
    signed_to: int
    """Number of the last line that a signed head confirms; 0 where none does."""
    signed_at: str
    """When that was signed."""
    key: str | None
    """The public key of the signatures."""
    is_excerpt: bool
    """Lines were left out on purpose: that none is missing cannot be told."""
    findings: tuple[Finding, ...]
    n_findings: int
    """Of more than a thousand, a thousand are given."""

    @property
    def is_sound(self) -> bool:
        """Nothing is wrong."""
        return self.n_findings == 0
