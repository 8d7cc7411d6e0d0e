"""What the door for harvesters answers to each verb of OAI-PMH."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kiban.errors import KibanError
from kiban.operations.harvest import Harvested, harvest, harvest_begins, harvest_one, harvest_sets
from kiban.operations.resources import Resources
from kiban.records.identity import parse_pid
from kiban.records.party import Asker
from kiban.records.technique import TECHNIQUES
from kiban.standards import oai_answer
from kiban.standards.oai_answer import Answer
from kiban.standards.oai_request import OaiFault, OaiRequest, Token, request_of, token_text

if TYPE_CHECKING:
    from lxml.etree import _Element

PAGE = 100
"""Records in one answer."""
_NAMES = {"project": "By project", "technique": "By technique"}


class Door:
    """Answers one request.

    Parameters
    ----------
    address : str
        Where the platform is reached, with a slash at its end.
    """

    def __init__(self, asker: Asker, resources: Resources, address: str) -> None:
        self._asker = asker
        self._resources = resources
        self._platform = address
        self._own = f"{address}oai"
        self._host = urlsplit(address).hostname or "localhost"

    def answer(self, given: Iterable[tuple[str, str]]) -> bytes:
        """The XML document. What is wrong with a request is an answer, too."""
        at = datetime.now(UTC)
        answer = Answer(self._own, at)
        try:
            request = request_of(given)
        except OaiFault as fault:
            return answer.faults(fault)
        try:
            self._fill(answer, request)
        except OaiFault as fault:
            # The element for the answer stands there already: a document with a fault has none.
            return Answer(self._own, at).fault_of(request, fault)
        return answer.finished()

    def _fill(self, answer: Answer, request: OaiRequest) -> None:
        parent = answer.to(request)
        match request.verb:
            case "Identify":
                first = harvest_begins(self._asker, self._resources) or datetime.now(UTC)
                contact = self._resources.contact or f"postmaster@{_domain(self._host)}"
                oai_answer.identify(parent, name="Kiban", address=self._own, contact=contact, first=first)
            case "ListMetadataFormats":
                if request.identifier is not None:
                    self._one(request.identifier)
                oai_answer.formats(parent)
            case "ListSets":
                found = harvest_sets(self._asker, self._resources)
                if not found:
                    raise OaiFault("noSetHierarchy", "Nothing has been published yet, so there are no sets.")
                oai_answer.sets(parent, [(spec, _set_name(spec)) for spec in found])
            case "GetRecord":
                one = self._one(request.identifier or "")
                oai_answer.record(parent, request.prefix or "", self._name(one), one.told, one.given)
            case _:
                self._list(parent, request)

    def _list(self, parent: _Element, request: OaiRequest) -> None:
        token = request.token
        with_descriptions = request.verb == "ListRecords"
        page = harvest(
            self._asker,
            self._resources,
            request.span,
            after=token.after if token is not None else None,
            limit=PAGE,
            with_descriptions=with_descriptions,
            address=self._platform,
        )
        if not page.found:
            raise OaiFault("noRecordsMatch", "Nothing that was published answers this.")
        for each in page.found:
            if with_descriptions:
                oai_answer.record(parent, request.prefix or "", self._name(each), each.told, each.given)
            else:
                oai_answer.header(parent, self._name(each), each.told)
        n_before = token.n_before if token is not None else 0
        if page.next is not None or token is not None:
            more = None
            if page.next is not None:
                going_on = Token(
                    prefix=request.prefix or "",
                    span=request.span,
                    after=page.next,
                    n_before=n_before + len(page.found),
                )
                more = token_text(going_on)
            oai_answer.resumption(parent, more, n_before=n_before, total=max(page.total, n_before + len(page.found)))

    def _one(self, identifier: str) -> Harvested:
        start = f"oai:{self._host}:"
        missing = OaiFault("idDoesNotExist", "There is no data set of this identifier that is or was open here.")
        if not identifier.startswith(start):
            raise missing
        try:
            pid = parse_pid(identifier.removeprefix(start))
        except KibanError as e:
            raise missing from e
        # Only one spelling is an identifier of ours.
        found = harvest_one(self._asker, self._resources, pid, address=self._platform)
        if found is None or identifier != f"{start}{pid}":
            raise missing
        return found

    def _name(self, each: Harvested) -> str:
        return f"oai:{self._host}:{each.told.pid}"


def _domain(host: str) -> str:
    """A host as a mail address can have it."""
    return host if "." in host else f"{host}.localdomain"


def _set_name(spec: str) -> str:
    kind, colon, key = spec.partition(":")
    if not colon:
        return _NAMES[kind]
    if kind == "technique":
        known = TECHNIQUES.get(key)
        return known.en if known is not None else key
    # What a project is called is its own business; that it has published is not.
    return f"Project {key}"
