"""Elements of MaiML: objects with identifiers, and texts that XML can hold.

The order of an object's children is fixed by the schema: uuid, insertion, name, description, annotation, property,
content, then what belongs to this kind of object. Keys and names are qualified names, so they are made of letters,
digits, `_`, `-` and `.`, behind a prefix.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from lxml.etree import _Element

MAIML = "http://www.maiml.org/schemas"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES = {
    None: MAIML,
    "maiml": MAIML,
    "concept": "http://www.xes-standard.org/concept.xesext#",
    "lifecycle": "http://www.xes-standard.org/lifecycle.xesext#",
    "time": "http://www.xes-standard.org/time.xesext#",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "xsi": XSI,
    "kiban": "urn:kiban:maiml:1",
    "header": "urn:kiban:maiml:1:header",
}
"""Those of MaiML and XES are fixed by the standard. Ours: `kiban` for our words, `header` for those of the raw file."""

SAME = UUID("6f0d7a52-4b1e-5b0c-9f3a-2f6f1d1f7c11")
"""Namespace of the UUIDs of things that are the same in every document: instruments, makers, persons, samples."""

# What XML 1.0 forbids; lxml refuses it too.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The letters that all editions of XML 1.0 allow in names, as far as instruments use them.
_NOT_IN_NAMES = re.compile("[^A-Za-z0-9_.\\-\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5]")
_STARTS = re.compile("[A-Za-z_\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5]")


def local_name(text: str) -> str:
    """Make a name of XML of any text; the same text where it is one already."""
    name = _NOT_IN_NAMES.sub("_", text)[:200]
    return name if _STARTS.match(name) else f"_{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """A file beside the document."""

    uri: str
    sha256: str
    format: str


@dataclass(slots=True)
class Builder:
    """Makes the elements of one document.

    Parameters
    ----------
    subject : UUID
        The record. All UUIDs of the document are made from it and a word for what they stand for (version 5), so the
        same record gives the same document.
    version : int
        Of the record.
    """

    subject: UUID
    version: int
    n_replaced: int = field(default=0, init=False)
    """How many characters XML has no way to write."""

    def uuid(self, what: str) -> str:
        """The UUID of a part of this document."""
        return str(uuid5(self.subject, f"{self.version}/{what}"))

    def text(self, text: str) -> str:
        """The text with what XML cannot hold replaced."""
        safe, n = _FORBIDDEN.subn("\ufffd", text)
        self.n_replaced += n
        return safe

    def element(self, parent: _Element, tag: str, text: str | None = None, **attributes: str) -> _Element:
        """Make an element of MaiML as the last child of another."""
        from lxml import etree

        made = etree.SubElement(parent, f"{{{MAIML}}}{tag}")
        for name, value in attributes.items():
            made.set(name, self.text(value))
        if text is not None:
            made.text = self.text(text)
        return made

    def object(
        self,
        parent: _Element,
        tag: str,
        identifier: str,
        *,
        uuid: str | None = None,
        name: str | None = None,
        description: str | None = None,
        annotation: str | None = None,
        insertions: tuple[Insertion, ...] = (),
        **attributes: str,
    ) -> _Element:
        """Make an object with an `id` and a UUID. Properties and contents are added to it next, then the rest."""
        made = self.element(parent, tag, id=identifier, **attributes)
        self.element(made, "uuid", uuid or self.uuid(identifier))
        for insertion in insertions:
            inserted = self.element(made, "insertion")
            self.element(inserted, "uri", insertion.uri)
            digest = base64.b64encode(bytes.fromhex(insertion.sha256)).decode()
            self.element(inserted, "hash", digest, method="SHA-256")
            self.element(inserted, "format", insertion.format)
        if name is not None:
            self.element(made, "name", f"kiban:{local_name(name)}")
        if description is not None:
            self.element(made, "description", description)
        if annotation is not None:
            self.element(made, "annotation", annotation)
        return made

    def reference(self, parent: _Element, tag: str, target: str) -> _Element:
        """Refer to another object of the document."""
        return self.element(parent, tag, id=f"{parent.get('id')}-{tag}-{target}", ref=target)

    def typed(self, parent: _Element, tag: str, key: str, kind: str, **attributes: str) -> _Element:
        """Make a property, content or uncertainty of one of the schema's types."""
        made = self.element(parent, tag, key=key, **attributes)
        made.set(f"{{{XSI}}}type", kind)
        return made
