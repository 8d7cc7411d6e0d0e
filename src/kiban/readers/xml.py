"""XML from strangers: no entities, no DTD, no network, no unbounded depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiban.errors import DamagedFile, HostileFile

if TYPE_CHECKING:
    from lxml.etree import _Element


def parse(content: bytes, *, name: str, is_large: bool = False) -> _Element:
    """Parse an XML document and give its root element.

    Parameters
    ----------
    is_large : bool
        Texts of more than 10 MB and any depth are allowed: the caller bounds the depth to which it follows.

    Raises
    ------
    HostileFile
        If it declares a document type: that is how entities expand and files are fetched, and no instrument needs it.
    DamagedFile
        If it is not well formed.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=is_large,
        remove_comments=False,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        if b"<!ENTITY" in content[:65536] or b"<!DOCTYPE" in content[:65536]:
            raise _hostile(name) from e
        raise DamagedFile(
            f"{name} begins as XML but is not well formed: {e}.",
            mend="Export it again, or copy it again from where it was made; it is kept as it came.",
        ) from e
    if root.getroottree().docinfo.internalDTD is not None:
        raise _hostile(name)
    return root


def _hostile(name: str) -> HostileFile:
    return HostileFile(
        f"{name} declares a document type with entities, which can expand without bound or fetch other files.",
        mend="Remove the <!DOCTYPE ...> line if the file is meant; it is kept as it came.",
    )
