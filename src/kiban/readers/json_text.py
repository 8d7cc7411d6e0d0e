"""JSON of a file from strangers: what comes out can be kept, so no infinities and no `NaN`."""

from __future__ import annotations

import json
import math
from typing import Any

from kiban.errors import DamagedFile

_DEEPEST = 100


def load_json(content: bytes, *, what: str, mend: str) -> Any:
    """Read what bytes say in JSON.

    Parameters
    ----------
    what : str
        The file and the part of it, for the message.

    Raises
    ------
    DamagedFile
        If it is no JSON, holds a number that is not finite, or is nested deeper than any instrument does.
    """
    try:
        said = json.loads(content.decode("utf-8-sig"), parse_float=_finite, parse_constant=_finite)
    except (UnicodeDecodeError, ValueError, RecursionError) as e:
        raise DamagedFile(f"{what} is no sound JSON: {e}.", mend=mend) from e
    if _depth(said) > _DEEPEST:
        raise DamagedFile(f"{what} is nested deeper than {_DEEPEST} levels.", mend=mend)
    return said


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is not a finite number")
    return value


def _depth(said: Any) -> int:
    """Count levels one after another; a function that calls itself would fall over what it looks for."""
    depth, level = 0, [said]
    while level and depth <= _DEEPEST:
        depth += 1
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return depth
