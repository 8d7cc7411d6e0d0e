"""Answers of OAI-PMH 2.0 as XML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kiban.records.harvest import Told
from kiban.standards import datacite_xml, dublin_core_xml, jpcoar_xml
from kiban.standards.datacite_attributes import SCHEMA as DATACITE
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.oai_request import OaiFault, OaiRequest, stamp
from kiban.standards.xml_writing import XSI, Writer, written

if TYPE_CHECKING:
    from lxml.etree import _Element

OAI = "http://www.openarchives.org/OAI/2.0/"
_XSD = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
_OAI_DATACITE = "http://schema.datacite.org/oai/oai-1.1/"
_WRITER = Writer({None: OAI, "xsi": XSI})
_DATACITE_WRITER = Writer({None: _OAI_DATACITE, "xsi": XSI})


@dataclass(frozen=True, slots=True)
class Format:
    """A metadata format: its schema, its namespace, and what writes it."""

    schema: str
    namespace: str
    write: Callable[[DatasetExportable], _Element]


def _oai_datacite(given: DatasetExportable) -> _Element:
    """DataCite's own container for harvests: its payload is the resource."""
    root = _DATACITE_WRITER.root(":oai_datacite", xsi__schemaLocation=f"{_OAI_DATACITE} {_OAI_DATACITE}oai.xsd")
    # The centre that registers DOIs for it is not known here; the schema wants the element all the same.
    _DATACITE_WRITER.below(root, ":datacentreSymbol", "")
    _DATACITE_WRITER.below(root, ":schemaVersion", "4.6")
    _DATACITE_WRITER.below(root, ":payload").append(datacite_xml.datacite_element(given))
    return root


FORMATS = {
    "oai_dc": Format(dublin_core_xml.XSD, dublin_core_xml.OAI_DC, dublin_core_xml.dublin_core_element),
    "oai_datacite": Format(f"{_OAI_DATACITE}oai.xsd", _OAI_DATACITE, _oai_datacite),
    "jpcoar_2.0": Format(jpcoar_xml.XSD, jpcoar_xml.JPCOAR, jpcoar_xml.jpcoar_element),
}
"""By prefix. The payload of `oai_datacite` is DataCite's kernel 4."""
KERNEL = DATACITE


class Answer:
    """One answer, put together.

    Parameters
    ----------
    address : str
        Of the door, which answers repeat.
    at : datetime
        Before anything was looked at: harvesters come again from then.
    """

    def __init__(self, address: str, at: datetime) -> None:
        self._address = address
        self.root = _WRITER.root(":OAI-PMH", xsi__schemaLocation=f"{OAI} {_XSD}")
        _below(self.root, "responseDate", stamp(at))

    def faults(self, *faults: OaiFault) -> bytes:
        """That something is wrong with it. What cannot be understood is not repeated."""
        _below(self.root, "request", self._address)
        return self._faults(faults)

    def to(self, request: OaiRequest) -> _Element:
        """Repeat the request, and give the element that the answer goes into."""
        _below(self.root, "request", self._address, **dict(request.arguments))
        return _below(self.root, request.verb)

    def fault_of(self, request: OaiRequest, fault: OaiFault) -> bytes:
        """That a request that can be understood has no answer."""
        _below(self.root, "request", self._address, **dict(request.arguments))
        return self._faults([fault])

    def _faults(self, faults: Iterable[OaiFault]) -> bytes:
        for fault in faults:
            _below(self.root, "error", fault.text, code=fault.code)
        return written(self.root)

    def finished(self) -> bytes:
        """The whole document."""
        return written(self.root)


def identify(parent: _Element, *, name: str, address: str, contact: str, first: datetime) -> None:
    """Say what the door is."""
    for element, text in (
        ("repositoryName", name),
        ("baseURL", address),
        ("protocolVersion", "2.0"),
        ("adminEmail", contact),
        ("earliestDatestamp", stamp(first)),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ):
        _below(parent, element, text)


def formats(parent: _Element) -> None:
    """List the metadata formats: every data set comes in each."""
    for prefix, each in FORMATS.items():
        one = _below(parent, "metadataFormat")
        _below(one, "metadataPrefix", prefix)
        _below(one, "schema", each.schema)
        _below(one, "metadataNamespace", each.namespace)


def sets(parent: _Element, found: Iterable[tuple[str, str]]) -> None:
    """List sets with their names."""
    for spec, name in found:
        one = _below(parent, "set")
        _below(one, "setSpec", spec)
        _below(one, "setName", name)


def record(parent: _Element, prefix: str, identifier: str, told: Told, given: DatasetExportable | None) -> None:
    """One data set with its description, or that it is gone."""
    one = _below(parent, "record")
    header(one, identifier, told)
    if given is not None:
        _below(one, "metadata").append(FORMATS[prefix].write(given))


def header(parent: _Element, identifier: str, told: Told) -> None:
    """What a data set is called, when it changed, and which sets it is in."""
    one = _below(parent, "header", **({"status": "deleted"} if told.is_gone else {}))
    _below(one, "identifier", identifier)
    _below(one, "datestamp", stamp(told.datestamp))
    for spec in told.sets:
        _below(one, "setSpec", spec)


def resumption(parent: _Element, token: str | None, *, n_before: int, total: int) -> None:
    """Say where the list goes on; an empty token ends one that came in parts."""
    _below(parent, "resumptionToken", token or None, completeListSize=str(total), cursor=str(n_before))


def _below(parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
    return _WRITER.below(parent, f":{name}", text, **attributes)
