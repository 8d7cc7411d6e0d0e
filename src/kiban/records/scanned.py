"""What a scanner gives for the code of a label: an identifier, or the address of a record."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from kiban.errors import InvalidIdentifier
from kiban.records.identity import parse_pid

_LONGEST = 1000
_ADDRESS = re.compile(r"/(?:id|campaigns)/([^/?#]+)(?:/experiments/([1-9][0-9]{0,5})$)?", re.IGNORECASE)
# A hand scanner types like a keyboard. Where computer and scanner hold different keyboards for theirs, as one Japanese
# and one American, other signs arrive in place of the colon.
_PREFIX = re.compile(r"kb[:+;'*_-]", re.IGNORECASE)


def scanned_pid(text: str) -> str:
    """Read what was scanned, or typed off a label.

    Parameters
    ----------
    text : str
        `KB:7Q4M-2KXD-98`, with or without `kb:` and hyphens, in either case and width; or an address that ends with
        `/id/` and the identifier, or is that of an experiment of a campaign.

    Raises
    ------
    InvalidIdentifier
        If it is neither, or the check character disagrees.
    """
    folded = _folded(text)
    address = _ADDRESS.search(folded)
    if address is None and "://" in folded:
        raise InvalidIdentifier(
            f"'{folded[:100]}' is the address of something else than a record.",
            mend="Scan the label of a record, or type the identifier below its code.",
        )
    found = unquote(address[1]) if address is not None else folded
    return parse_pid(_PREFIX.sub("", found.strip(), count=1) if _PREFIX.match(found.strip()) else found)


def scanned_experiment(text: str) -> int | None:
    """The number of the experiment whose protocol was scanned; `None` where it was something else."""
    address = _ADDRESS.search(_folded(text))
    return int(address[2]) if address is not None and address[2] else None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_LONGEST]).replace("−", "-").strip()
