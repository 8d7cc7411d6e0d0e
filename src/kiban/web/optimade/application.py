"""The routes of OPTIMADE. Whoever asks is nobody here, whatever it shows: these answers are for everybody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from kiban.access.asker_of import anonymous
from kiban.errors import KibanError
from kiban.operations.optimade import (
    Entries,
    Entry,
    optimade_reference,
    optimade_references,
    optimade_structure,
    optimade_structures,
)
from kiban.records.party import Asker
from kiban.web.client_address import address_in
from kiban.web.json_response import Json
from kiban.web.optimade import documents
from kiban.web.optimade.asked import Asked, asked_of
from kiban.web.optimade.failures import for_error, for_fault, for_http
from kiban.web.reach import Reach

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from kiban.operations.resources import Resources

_LOG = logging.getLogger(__name__)
_HEADERS = {"access-control-allow-origin": "*"}
"""Pages of others may read what is open to everybody; no cookie goes with it."""


def optimade(resources: Resources, reach: Reach) -> Starlette:
    """The application below `/optimade`."""

    def asker(request: Request) -> Asker:
        return anonymous(
            resources.directory.load(), datetime.now(UTC), address=address_in(request.scope, reach.trusted_proxies)
        )

    def many(deed: Callable[..., Entries], type_: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            asked = asked_of(request, type_)
            found = deed(asker(request), resources, asked.filter, limit=asked.page_limit, after=asked.page_cursor)
            return _json(documents.listed(request, asked, found, _included(request, asked, found.entries)))

        return answer

    def one(deed: Callable[..., Entry], type_: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            asked = asked_of(request, type_)
            found = deed(asker(request), resources, request.path_params["identifier"])
            return _json(documents.single(request, asked, found, _included(request, asked, (found,))))

        return answer

    def _included(request: Request, asked: Asked, entries: tuple[Entry, ...]) -> list[Entry]:
        if "references" not in asked.include:
            return []
        cited = dict.fromkeys(reference for entry in entries for reference in entry.references)
        return [optimade_reference(asker(request), resources, reference) for reference in cited]

    routes = [
        Route("/versions", lambda request: documents.versions(), methods=["GET"]),  # noqa: ARG005
    ]
    for version in ("", "/v1", "/v1.2", "/v1.2.0"):
        routes += [
            Route(f"{version}/info", lambda request: _json(documents.info(request))),
            Route(f"{version}/info/{{type_}}", lambda request: _json(documents.entry_info(request))),
            Route(f"{version}/links", lambda request: _json(documents.links(request))),
            Route(f"{version}/structures", many(optimade_structures, "structures")),
            Route(f"{version}/structures/{{identifier:path}}", one(optimade_structure, "structures")),
            Route(f"{version}/references", many(optimade_references, "references")),
            Route(f"{version}/references/{{identifier:path}}", one(optimade_reference, "references")),
        ]
    return Starlette(
        routes=routes,
        exception_handlers={KibanError: _kiban_error, HTTPException: _http_error, Exception: _fault},
    )


def _json(document: dict[str, Any], status: int = 200) -> Json:
    return Json(document, status_code=status, headers=_HEADERS, media_type="application/vnd.api+json")


def _kiban_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, KibanError)  # noqa: S101  it is registered for these
    status, document = for_error(request, error)
    return _json(document, status)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    return _json(for_http(request, error.status_code), error.status_code)


def _fault(request: Request, error: Exception) -> Response:
    _LOG.error("OPTIMADE failed", exc_info=error)
    return _json(for_fault(request), 500)
