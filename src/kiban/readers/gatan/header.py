"""The tags as JSON, for the header of a Reading."""

from __future__ import annotations

import math

from kiban.readers.gatan.tags import SIMPLE, Array, Directory, Value
from kiban.records.reading import Json

_LONGEST_LIST = 256
"""Longer arrays are pictures, tables of colours and reference spectra: what they are is said, their numbers are not."""


def as_json(value: Value) -> Json:
    """Turn a tag into JSON values: directories of named tags into objects, of nameless ones into lists."""
    match value:
        case Directory():
            return _directory(value)
        case Array():
            return _array(value)
        case tuple():
            return [as_json(each) for each in value]
        case float():
            return value if math.isfinite(value) else str(value)
    return value


def _directory(directory: Directory) -> Json:
    if directory.entries and not any(name for name, _ in directory.entries):
        return [as_json(value) for _, value in directory.entries]
    content: dict[str, Json] = {}
    for place, (name, value) in enumerate(directory.entries):
        key = name or f"[{place}]"
        while key in content:
            key += "'"
        content[key] = as_json(value)
    return content


def _array(array: Array) -> Json:
    text = array.text()
    if text is not None:
        return text
    numbers = array.numbers()
    if numbers is None or array.count > _LONGEST_LIST:
        kinds: list[Json] = [SIMPLE[code][1] for code in array.types]
        return {"#array_of": kinds if array.is_structured else kinds[0], "#count": array.count}
    return [as_json(number) for number in numbers.tolist()]
