"""XML elements, put together by their prefixed names; texts that XML has no place for never get this far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

XML = "http://www.w3.org/XML/1998/namespace"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class Writer:
    """Makes elements of some namespaces.

    Parameters
    ----------
    namespaces : mapping
        By prefix; `None` is the one without.
    """

    def __init__(self, namespaces: Mapping[str | None, str]) -> None:
        self._namespaces = dict(namespaces)

    def name(self, prefixed: str) -> str:
        """`{namespace}name` of `prefix:name`."""
        prefix, colon, local = prefixed.partition(":")
        if not colon:
            return prefixed
        known = {"xml": XML, "xsi": XSI, "rdf": RDF, **{k or "": v for k, v in self._namespaces.items()}}
        return f"{{{known[prefix]}}}{local}"

    def root(self, prefixed: str, **attributes: str) -> _Element:
        """The outermost element, with all namespaces."""
        from lxml import etree

        return etree.Element(self.name(prefixed), self._attributes(attributes), nsmap=self._namespaces)  # type: ignore[arg-type]  # it takes None as a prefix

    def below(self, parent: _Element, prefixed: str, text: str | None = None, **attributes: str) -> _Element:
        """One more element below another.

        Parameters
        ----------
        attributes
            By name; `__` stands for the colon after a prefix: `xml__lang`.
        """
        from lxml import etree

        found = etree.SubElement(parent, self.name(prefixed), self._attributes(attributes))
        if text is not None:
            found.text = text
        return found

    def _attributes(self, given: Mapping[str, str]) -> dict[str, str]:
        return {self.name(name.replace("__", ":")): value for name, value in given.items() if value}


def written(root: _Element) -> bytes:
    """A whole document."""
    from lxml import etree

    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return found
