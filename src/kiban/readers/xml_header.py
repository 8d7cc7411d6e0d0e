"""XML elements as a header: found by local name, kept as JSON values with their texts untouched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kiban.readers.text import decode
from kiban.records.reading import Json

if TYPE_CHECKING:
    from lxml.etree import _Element

_PROLOGUE = re.compile(r"(?:\s|\ufeff|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*", re.DOTALL)
_START_TAG = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)")


def first_tag(head: bytes) -> tuple[str, str]:
    """Name the root element from the first bytes of a file.

    Returns
    -------
    (str, str)
        Its local name and its attributes as written; two empty texts where the bytes do not begin as XML.
    """
    text, _ = decode(head)
    prologue = _PROLOGUE.match(text)
    tag = _START_TAG.match(text, prologue.end() if prologue else 0)
    return (tag.group(1), tag.group(2)) if tag else ("", "")


def local_name(element: _Element) -> str:
    """Name an element without its namespace; comments and processing instructions have the name ''."""
    tag = element.tag
    return tag[tag.rfind("}") + 1 :] if isinstance(tag, str) else ""


def children(element: _Element, name: str) -> Iterator[_Element]:
    """Give the direct children of that local name, whatever their namespace."""
    return element.iterchildren(f"{{*}}{name}")


def descend(element: _Element | None, *path: str) -> _Element | None:
    """Follow local names downwards, the first match each time; `None` where one is missing."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def text_at(element: _Element | None, *path: str) -> str:
    """Give the trimmed text of the element at the end of a path; empty where it is missing."""
    found = descend(element, *path)
    return (found.text or "").strip() if found is not None else ""


def as_json(
    element: _Element, *, without: frozenset[str] = frozenset(), without_text: frozenset[str] = frozenset()
) -> Json:
    """Turn an element into JSON values.

    Parameters
    ----------
    without : set of str
        Local names of elements that are left out.
    without_text : set of str
        Local names of elements whose text is left out: lists of numbers that become variables.

    Returns
    -------
    text, where the element has neither attributes nor children; otherwise a dictionary
        Attributes under `@name`, children under their local name (a list where it repeats), text of its own under
        `#text`, comments under `#comment`.
    """
    content: dict[str, Json] = {}
    if element.getparent() is None:
        for prefix, address in element.nsmap.items():
            content[f"@xmlns:{prefix}" if prefix else "@xmlns"] = address
    return _filled(content, element, element.items(), without, without_text)


def _filled(
    content: dict[str, Json],
    element: _Element,
    attributes: Iterable[tuple[Any, Any]],
    without: frozenset[str],
    without_text: frozenset[str],
) -> Json:
    """What `as_json` gives; into `content` go the attributes and children."""
    for attribute, value in attributes:
        content["@" + (_prefixed(attribute, element) if attribute[:1] == "{" else attribute)] = value
    lists: dict[str, list[Json]] = {}
    for child in element:
        tag: Any = child.tag
        if isinstance(tag, str):
            name, its_attributes = tag[tag.rfind("}") + 1 :], child.items()
        else:
            name, its_attributes = "#comment", list(child.attrib.items())
        if name in without:
            continue
        if its_attributes or len(child):
            its_value = _filled({}, child, its_attributes, without, without_text)
        else:
            # Most elements hold a text and nothing else.
            its_value = "" if name in without_text else child.text or ""
        if name not in content:
            content[name] = its_value
        elif name in lists:
            lists[name].append(its_value)
        else:
            content[name] = lists[name] = [content[name], its_value]
    text = "" if without_text and local_name(element) in without_text else element.text or ""
    if not content:
        return text
    if text.strip():
        content["#text"] = text.strip()
    return content


def as_dictionary(element: _Element, *, without: frozenset[str] = frozenset()) -> dict[str, Json]:
    """Turn an element into JSON values as `as_json`, a bare text under `#text`."""
    value = as_json(element, without=without)
    return value if isinstance(value, dict) else {"#text": value}


def _prefixed(name: str, element: _Element) -> str:
    if not name.startswith("{"):
        return name
    address, _, local = name[1:].rpartition("}")
    prefix = next((prefix for prefix, uri in element.nsmap.items() if uri == address and prefix), "")
    return f"{prefix}:{local}" if prefix else local
