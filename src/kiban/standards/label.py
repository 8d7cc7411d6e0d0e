"""What one label says, and what its QR code holds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from kiban.errors import InvalidValue
from kiban.records.identity import parse_pid

_ADDRESS = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The words of one label. Texts are kept in Unicode's composed form (NFC), without signs that print nothing."""

    pid: str
    """The checked identifier, kept in its normal form: `kb:7Q4M-2KXD-98`."""
    title: str
    """What people call the thing."""
    lines: tuple[str, ...] = ()
    """Further lines, the most important first: formula, date, hazards as words."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "pid", parse_pid(self.pid))
        object.__setattr__(self, "title", _printable(self.title, f"the title of {self.pid}"))
        lines = [_printable(line, f"line {number} of {self.pid}") for number, line in enumerate(self.lines, start=1)]
        object.__setattr__(self, "lines", tuple(line for line in lines if line))
        if not self.title:
            raise InvalidValue(f"The label of {self.pid} has no title.", mend="Give the name of the sample.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One file to print, and what had no room on it."""

    content: bytes
    losses: tuple[str, ...] = ()
    """Sentences: which texts were shortened, which lines were left out."""
    n_pages: int = 1


def code_content(pid: str, base_url: str | None) -> str:
    """Give what the QR code of a record holds.

    Parameters
    ----------
    pid : str
        In its normal form.
    base_url : str or None
        Where the platform is reached: `https://kiban.example.org`. A phone then opens the record. Without it the code
        holds the identifier alone, in capitals (`KB:7Q4M-2KXD-98`, which `parse_pid` reads as well): so it is of the
        smallest kind, 21 modules wide, and fits labels on which an address has no room.

    Raises
    ------
    InvalidValue
        If the address is not one that begins with http or https, or has more than a host and a path.
    """
    return pid.upper() if base_url is None else f"{check_base_url(base_url)}/id/{pid}"


def check_base_url(base_url: str) -> str:
    """Give the address of a platform without a slash at its end.

    Raises
    ------
    InvalidValue
        If it does not begin with http or https, or has more than a host and a path.
    """
    base = base_url.rstrip("/")
    try:
        parts = urlsplit(base)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise InvalidValue(
            f"'{base_url[:80]}' is not the address of a platform: one like https://kiban.example.org was expected.",
            mend="Give the address at which people open the platform, without anything after its path.",
        )
    if not _ADDRESS.fullmatch(base):
        raise InvalidValue(
            f"The address '{base_url[:80]}' is too long for a label, or has characters that not every scanner reads.",
            mend="Give at most 200 characters, the host in its ASCII form (xn--...), the path with percent signs.",
        )
    return base


def _printable(text: str, where: str) -> str:
    composed = unicodedata.normalize("NFC", text).strip()
    for character in composed:
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            raise InvalidValue(
                f"There is a control character (U+{ord(character):04X}) in {where}.",
                mend="Give each line of the label as a text of its own.",
            )
    return "".join(c for c in composed if not _prints_nothing(c))


def _prints_nothing(character: str) -> bool:
    is_variation_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return is_variation_selector or unicodedata.category(character) == "Cf"
