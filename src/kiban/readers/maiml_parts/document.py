"""The objects of a MaiML document: who made it, how it was meant, what came out, what happened."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kiban.errors import DamagedFile, HostileFile, NothingMeasured
from kiban.readers.maiml_parts.values import Value, everything, values_of
from kiban.readers.xml import parse
from kiban.readers.xml_header import as_dictionary, children, descend, local_name, text_at

if TYPE_CHECKING:
    from lxml.etree import _Element

    from kiban.records.reading import Json

_MEND = "Export the measurement again; the file is kept as it came."
_DEEPEST = 200
_LARGE = 8 << 20
"""Bytes: libxml2 takes a text of more than 10 MB for an attack unless it is told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inserted:
    """A file beside the document, as an `insertion` names it."""

    uri: str
    sha256: str
    """64 hexadecimal digits; empty where the document states no SHA-256. Both base64, as the schema has it, and
    hexadecimal digits are found in files."""

    @property
    def path(self) -> str:
        """Where it lies, relative to the document; empty where it is not a relative path."""
        path = unquote(self.uri.strip())
        if "://" in path or path.startswith(("/", "\\")):
            return ""
        return path.removeprefix("./")


class Thing:
    """A material, condition, result, event, or any other object with an `id`."""

    def __init__(self, element: _Element, *, file: str) -> None:
        self.element = element
        self.tag = local_name(element)
        self.id = element.get("id") or ""
        self.ref = element.get("ref") or ""
        self.file = file

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """Its properties and contents."""
        return values_of(self.element)

    @property
    def called(self) -> str:
        """What a person would call it: its description, else its name without a prefix, else its id."""
        described = text_at(self.element, "description") or text_at(self.element, "annotation")
        return described or text_at(self.element, "name").rpartition(":")[2] or self.id

    @property
    def inserted(self) -> tuple[Inserted, ...]:
        """The files beside the document that belong to it."""
        return tuple(
            Inserted(uri=text_at(found, "uri"), sha256=_sha256(descend(found, "hash")))
            for found in children(self.element, "insertion")
        )

    @property
    def is_encrypted(self) -> bool:
        """The object or something in it is encrypted."""
        return next(self.element.iterdescendants("{*}EncryptedData"), None) is not None


def _sha256(element: _Element | None) -> str:
    if element is None or (element.get("method") or "SHA-256").upper().replace("-", "").rpartition("#")[2] != "SHA256":
        return ""
    text = "".join((element.text or "").split())
    try:
        if len(text) == 64:
            return bytes.fromhex(text).hex()
        digest = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return ""
    return digest.hex() if len(digest) == 32 else ""


class Document:
    """A MaiML document.

    Raises
    ------
    DamagedFile
        If it is no MaiML.
    NothingMeasured
        If it is a protocol: what is to be done, without results.
    HostileFile
        If its XML could harm.
    """

    def __init__(self, content: bytes, *, file: str) -> None:
        self.file = file
        self.root = parse(content.lstrip(), name=file, is_large=len(content) > _LARGE)
        if local_name(self.root) != "maiml":
            raise DamagedFile(
                f"{file}: the root element <maiml> was expected; <{local_name(self.root)}> was found.", mend=_MEND
            )
        _check_depth(self.root, file)
        data = next(children(self.root, "data"), None)
        if data is None:
            raise NothingMeasured(
                f"{file} is a MaiML protocol: it says what is to be done, and has no <data>.",
                mend="If it was done, deposit the file with the results; this one is kept as it came.",
            )
        self.data = data
        self.groups = tuple(children(data, "results"))
        self._things: dict[tuple[_Element, str], tuple[Thing, ...]] = {}
        self._headers: dict[_Element, dict[str, Json]] = {}

    def things(self, group: _Element, tag: str) -> tuple[Thing, ...]:
        """The materials, conditions or results of one group of results; the same at every call."""
        if (group, tag) not in self._things:
            self._things[group, tag] = tuple(Thing(element, file=self.file) for element in children(group, tag))
        return self._things[group, tag]

    def named(self, *path: str) -> Iterator[Thing]:
        """All objects at the end of a path below the root: `("document", "instrument")`."""
        above = descend(self.root, *path[:-1])
        if above is not None:
            yield from (Thing(element, file=self.file) for element in children(above, path[-1]))

    @cached_property
    def events(self) -> tuple[Thing, ...]:
        """What happened, in the order of the document."""
        log = descend(self.root, "eventLog")
        found = log.iterdescendants("{*}event") if log is not None else ()
        return tuple(Thing(element, file=self.file) for element in found)

    @cached_property
    def technique_words(self) -> str:
        """The names and descriptions of what was done and with what: words that may tell the technique."""
        wanted = ("protocol", "method", "program", "instruction", "instrument", "creator")
        found = []
        for element in self.root.iterdescendants(*(f"{{*}}{name}" for name in wanted)):
            found += [text_at(element, part) for part in ("name", "description", "annotation")]
        return "\n".join(text for text in dict.fromkeys(found) if text)

    def header(self, group: _Element) -> dict[str, Json]:
        """All of the document, with one group of results, as JSON; lists of numbers are left out.

        They are taken away from the elements: whatever numbers are wanted of these have to be read before.
        """
        if group not in self._headers:
            self._headers[group] = self._header(group)
        return self._headers[group]

    def _header(self, group: _Element) -> dict[str, Json]:
        for content in self.root.iterdescendants("{*}content"):
            for value in list(children(content, "value")):
                content.remove(value)
        header = as_dictionary(self.root, without=frozenset({"data"}))
        data = as_dictionary(self.data, without=frozenset({"results"}))
        data["results"] = as_dictionary(group)
        header["data"] = data
        return {"maiml": header}


def _check_depth(root: _Element, file: str) -> None:
    """What follows goes down the elements by recursion."""
    from lxml import etree

    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            raise HostileFile(
                f"{file} has elements inside elements, more than {_DEEPEST} levels deep.",
                mend="No measurement is nested like this. The file is kept as it came.",
            )


def has_numbers(things: tuple[Thing, ...]) -> bool:
    """Say whether the objects hold lists of numbers."""
    return any(v.tag == "content" and v.is_numeric for thing in things for v in everything(thing.values))
