"""What a program hands over as JSON can hold it: numbers of arrays as numbers, and nothing that is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from kiban.errors import InvalidValue


def sendable(value: Any, where: str = "What is sent") -> Any:
    """The same with plain numbers for those of numpy and its kin, and lists for arrays.

    Raises
    ------
    InvalidValue
        If a number is not finite, or something is no number, text, list or mapping; the fault says where.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise InvalidValue(
                f"{where} is {value}, and a finite number was expected.", mend="Leave out what is not known."
            )
        return float(value) if isinstance(value, float) else int(value)
    if isinstance(value, Mapping):
        return {str(name): sendable(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [sendable(inner, where) for inner in value]
    # Whatever follows the arrays of numpy gives plain lists and numbers of itself, at one rank or none.
    plain = getattr(value, "tolist", None)
    if callable(plain):
        return sendable(plain(), where)
    raise InvalidValue(
        f"{where} is a {type(value).__name__}, which cannot be sent.",
        mend="Give a number, a text, a list or a mapping.",
    )
