"""Names of datasets as names of variables."""

from __future__ import annotations

import re
from collections.abc import Collection


def variable_name(name: str, taken: Collection[str] = ()) -> str:
    """Spell a name in lower case, digits and underscores, and make it differ from those that are taken."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    spelled = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    if not spelled[:1].isalpha():
        spelled = f"variable_{spelled}".rstrip("_")
    number, free = 2, spelled
    while free in taken:
        free, number = f"{spelled}_{number}", number + 1
    return free
