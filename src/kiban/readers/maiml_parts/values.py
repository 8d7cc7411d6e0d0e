"""Properties, contents and uncertainties of MaiML, with the types of its schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.xml_header import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TAGS = ("property", "content", "uncertainty")
_KIND = re.compile(r"(?P<item>[A-Z]\w*?)(?P<list>List|Enum)?Type")
_NUMBERS: dict[str, type[np.generic]] = {
    "Byte": np.int8,
    "Short": np.int16,
    "Int": np.int32,
    "Long": np.int64,
    "UnsignedByte": np.uint8,
    "UnsignedShort": np.uint16,
    "UnsignedInt": np.uint32,
    "UnsignedLong": np.uint64,
    "Float": np.float32,
    "Double": np.float64,
    "Decimal": np.float64,
    "Boolean": np.bool_,
}
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_MEND = "Export the measurement again; the file is kept as it came."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Value:
    """One property, content or uncertainty."""

    tag: str
    key: str
    """As written, with its prefix."""
    space: str
    """The namespace that the prefix stands for."""
    item: str
    """What its values are, as the schema calls it: `Double`, `String`; `Property` for a list of properties."""
    is_list: bool
    texts: tuple[str, ...]
    units: str | None
    scale: str | None
    axis: str | None
    size: str | None
    description: str
    is_encrypted: bool
    inner: tuple[Value, ...]
    """Properties, contents and uncertainties inside it."""

    @property
    def local(self) -> str:
        """The key without its prefix."""
        return self.key.rpartition(":")[2]

    @property
    def is_numeric(self) -> bool:
        """Its values are numbers or truth values, and there are some."""
        return self.item in _NUMBERS and any(text.strip() for text in self.texts)

    def within(self, space: str, key: str, tag: str = "property") -> Value | None:
        """The first inside it of that tag, with a key of that namespace."""
        return next((v for v in self.inner if v.tag == tag and v.local == key and v.space == space), None)

    def text(self) -> str:
        """Its only text, untouched."""
        return self.texts[0] if self.texts else ""


def values_of(element: _Element) -> tuple[Value, ...]:
    """The properties and contents of an object, with those inside them."""
    return tuple(_value(child) for child in element.iterchildren() if local_name(child) in _TAGS)


def _value(element: _Element) -> Value:
    key = (element.get("key") or "").strip()
    prefix = key.rpartition(":")[0]
    kind = (element.get(f"{{{XSI}}}type") or "").strip().rpartition(":")[2].removeprefix("content")
    named = _KIND.fullmatch(kind[:1].upper() + kind[1:])
    item = named["item"] if named is not None else ""
    texts: list[str] = []
    described: list[str] = []
    inner: list[Value] = []
    is_encrypted = False
    for child in element:
        match local_name(child):
            case "value":
                texts.append(child.text or "")
            case "description":
                described.append(child.text or "")
            case "property" | "content" | "uncertainty":
                inner.append(_value(child))
            case "EncryptedData":
                is_encrypted = True
    return Value(
        tag=local_name(element),
        key=key,
        space=element.nsmap.get(prefix or None) or "",
        item=item,
        is_list=named is not None and named["list"] is not None,
        texts=tuple(texts),
        units=element.get("units"),
        scale=element.get("scaleFactor"),
        axis=element.get("axis"),
        size=element.get("size"),
        description="".join(described),
        is_encrypted=is_encrypted,
        inner=tuple(inner),
    )


def everything(values: tuple[Value, ...]) -> Iterator[Value]:
    """All of them and all inside them."""
    for value in values:
        yield value
        yield from everything(value.inner)


def numbers(value: Value, *, file: str, keeps_floats: bool = False) -> NDArray[Any]:
    """The numbers of a list or of a single value, shape (n,).

    Parameters
    ----------
    keeps_floats : bool
        Numbers that the document calls floats are given as floats of 32 bits. Otherwise they are doubles, so that what
        is written as 0.03 is 0.03. Integers and truth values always have the type that the document states.

    Raises
    ------
    DamagedFile
        If something among them is no number of that type, or there are more or fewer than its `size` promises.
    """
    tokens = [token for text in value.texts for token in text.split()]
    dtype = np.float64 if value.item == "Float" and not keeps_floats else _NUMBERS[value.item]
    array = _parsed(tokens, dtype, value, file)
    if value.size is not None and value.tag == "content":
        promised = value.size.strip()
        if not promised.isascii() or not promised.isdigit() or int(promised) != array.size:
            raise DamagedFile(f"{file}: {value.key} promises {promised[:40]} numbers, {array.size} follow.", mend=_MEND)
    return array


def _parsed(tokens: list[str], dtype: type[np.generic], value: Value, file: str) -> NDArray[Any]:
    try:
        if dtype is np.bool_:
            return np.array([_TRUTH[token] for token in tokens], dtype=dtype)
        if issubclass(dtype, np.floating):
            # Each text is read as a double first: the nearest float of a shortest text is the one it was made of.
            array = np.array([float(token) for token in tokens], dtype=np.float64)
            if any("_" in token for token in tokens):
                raise ValueError
            with np.errstate(over="ignore"):
                return array.astype(dtype)
        if any("_" in token for token in tokens):
            raise ValueError
        return np.array([int(token) for token in tokens], dtype=dtype)
    except (ValueError, KeyError, OverflowError):
        bad = next((t for t in tokens if not _is_one(t, dtype)), "")
        raise DamagedFile(
            f"{file}: {value.key} should hold numbers of the type {value.item.lower()}; '{bad[:40]}' was found.",
            mend=_MEND,
        ) from None


def _is_one(token: str, dtype: type[np.generic]) -> bool:
    try:
        if dtype is np.bool_:
            return token in _TRUTH
        if "_" in token:
            return False
        if issubclass(dtype, np.floating):
            float(token)
        else:
            np.array([int(token)], dtype=dtype)
    except (ValueError, OverflowError):
        return False
    return True


def time_of(text: str) -> datetime | None:
    """A time as XML Schema writes it; `None` where it is none. Without a zone where none is stated."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None
