"""The values that SpecsLab 2 serialises as XML: structs, sequences and single values, each with its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.number_list import number, numbers
from kiban.readers.xml import parse
from kiban.records.reading import Json

if TYPE_CHECKING:
    from lxml.etree import _Element

MEND = "Save the measurement again in SpecsLab; the file is kept as it came."
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+any\s*\[(?P<inside>[^\]]*)\]\s*>")
_SINGLE = frozenset({"char", "octet", "short", "ushort", "long", "ulong", "float", "double"})
_LONG = 16
"""Lists of more numbers are data, not settings."""


def root_of(content: bytes, file: str) -> _Element:
    """Parse the file; its own document type, which declares elements only, is taken off.

    Raises
    ------
    HostileFile
        If the document type declares more than elements.
    DamagedFile
        If it is not well formed.
    """
    match = _DOCTYPE.search(content[:65536])
    if match is not None and not re.search(rb"<!(?!ELEMENT|ATTLIST)", match["inside"]):
        content = content[: match.start()] + content[match.end() :]
    return parse(content, name=file, is_large=True)


def child(element: _Element, name: str) -> _Element | None:
    """The child of that name."""
    return next((one for one in element if one.get("name") == name), None)


def text(element: _Element, *path: str) -> str:
    """The text at the end of a path of names; empty where there is none."""
    found: _Element | None = element
    for name in path:
        found = child(found, name) if found is not None else None
    return (found.text or "").strip() if found is not None else ""


def value(element: _Element, *path: str, file: str) -> float:
    """The number at the end of a path of names. Raises DamagedFile."""
    return number(text(element, *path), what="/".join(path), file=file)


def items(element: _Element, name: str, *, are_all: bool = True) -> list[_Element]:
    """The structs in a sequence.

    Raises
    ------
    DamagedFile
        If there are not as many as it promises and `are_all` of them are needed.
    """
    sequence = child(element, name)
    found = [one for one in sequence if isinstance(one.tag, str)] if sequence is not None else []
    promised = sequence.get("length") if sequence is not None else None
    if are_all and promised is not None and promised != str(len(found)):
        raise DamagedFile(f"{name}: {promised[:20]} items are promised, {len(found)} follow.", mend=MEND)
    return found


def array(element: _Element, name: str, file: str) -> NDArray[Any]:
    """The numbers of a sequence, shape (n,). Raises DamagedFile where there are not as many as it promises."""
    sequence = child(element, name)
    written = " ".join((one.text or "") for one in sequence if one.tag in _SINGLE) if sequence is not None else ""
    found = numbers(written, what=name, file=file)
    promised = sequence.get("length") if sequence is not None else None
    if promised is not None and promised != str(len(found)):
        raise DamagedFile(f"{file}: {promised[:20]} {name} are promised, {len(found)} follow.", mend=MEND)
    return found


def parameters(element: _Element, name: str = "parameters") -> dict[str, str]:
    """The parameters of a struct, as written, by their names."""
    found = {}
    for one in items(element, name):
        holder = child(one, "value")
        inner = next((i for i in holder if isinstance(i.tag, str)), None) if holder is not None else None
        found[text(one, "name")] = ((inner.text if inner is not None else "") or "").strip()
    return found


def settings(element: _Element, without: frozenset[str] = frozenset(), depth: int = 0) -> Json:
    """A value as JSON; long lists of numbers are left out, and what is nested deeper than any file needs."""
    if element.tag in _SINGLE | {"string", "enum", "boolean", "objectref"}:
        return (element.text or "").strip()
    inner = [one for one in element if isinstance(one.tag, str) and one.get("name") not in without]
    if depth > 20 or not inner:
        return None
    if element.tag == "any":
        return settings(inner[0], without, depth + 1)
    if element.tag == "struct":
        return {one.get("name") or str(n): settings(one, without, depth + 1) for n, one in enumerate(inner)}
    if inner[0].tag in _SINGLE:
        written = " ".join((one.text or "") for one in inner).split()
        return [*written] if len(written) <= _LONG else None
    return [settings(one, without, depth + 1) for one in inner]
