"""The documents that OPTIMADE answers with.

References
----------
OPTIMADE API specification 1.2.0, sections "Responses" and "API Endpoints".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import kiban
from kiban.errors import RecordNotFound
from kiban.operations.optimade import Entries, Entry
from kiban.standards.optimade.properties import API_VERSION, REFERENCES, Property, structure_properties
from kiban.standards.optimade.times import timestamp
from kiban.web.optimade.asked import Asked

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_ABOUT = {"structures": "Crystal structures, and samples of which the composition is known.",
          "references": "Where structures were published."}  # fmt: skip
_TYPES = ("structures", "references")
_PROVIDER = {
    "name": "Kiban",
    "description": "A laboratory's own platform for the data of materials research.",
    "prefix": "kiban",
}


def meta(
    request: Request, *, n_answers: int, n_all: int, has_more: bool, warnings: Sequence[str] = ()
) -> dict[str, Any]:
    """What every document carries."""
    inside = (
        request.url.path.partition("/optimade")[2].removeprefix("/v1.2.0").removeprefix("/v1.2").removeprefix("/v1")
    )
    query = f"?{request.url.query}" if request.url.query else ""
    found: dict[str, Any] = {
        "query": {"representation": f"{inside or '/'}{query}"},
        "api_version": API_VERSION,
        "schema": "https://schemas.optimade.org/openapi/v1.2/optimade.json",
        "time_stamp": timestamp(datetime.now(UTC)),
        "data_returned": n_answers,
        "data_available": n_all,
        "more_data_available": has_more,
        "provider": _PROVIDER,
        "implementation": {"name": "kiban", "version": kiban.__version__},
    }
    if warnings:
        found["warnings"] = [{"type": "warning", "detail": warning} for warning in warnings]
    return found


def listed(request: Request, asked: Asked, found: Entries, included: list[Entry]) -> dict[str, Any]:
    """Many entries."""
    following = None
    if found.next is not None:
        given = {k: v for k, v in request.query_params.items() if k != "page_cursor"}
        following = f"{_base(request)}/{asked.type}?{urlencode({**given, 'page_cursor': found.next})}"
    return {
        "data": [_entry(each, asked.type, asked.fields) for each in found.entries],
        "links": {"next": following},
        "included": [_entry(each, "references", None) for each in included],
        "meta": meta(
            request, n_answers=found.n_answers, n_all=found.n_all, has_more=following is not None,
            warnings=asked.warnings,
        ),
    }  # fmt: skip


def single(request: Request, asked: Asked, entry: Entry, included: list[Entry]) -> dict[str, Any]:
    """One entry."""
    return {
        "data": _entry(entry, asked.type, asked.fields),
        "included": [_entry(each, "references", None) for each in included],
        "meta": meta(request, n_answers=1, n_all=1, has_more=False, warnings=asked.warnings),
    }


def _entry(entry: Entry, type_: str, fields: tuple[str, ...] | None) -> dict[str, Any]:
    attributes = entry.attributes
    if fields is not None:
        attributes = {name: attributes.get(name) for name in fields if name not in {"id", "type"}}
    found: dict[str, Any] = {"id": entry.id, "type": type_, "attributes": dict(attributes)}
    if entry.references:
        found["relationships"] = {"references": {"data": [{"type": "references", "id": r} for r in entry.references]}}
    return found


def info(request: Request) -> dict[str, Any]:
    """What this server is."""
    base = f"{_root(request)}/v1"
    attributes = {
        "api_version": API_VERSION,
        "available_api_versions": [{"url": f"{base}/", "version": API_VERSION}],
        "formats": ["json"],
        "entry_types_by_format": {"json": list(_TYPES)},
        "available_endpoints": ["info", "links", "structures", "references"],
        "is_index": False,
    }
    return {
        "data": {"id": "/", "type": "info", "attributes": attributes},
        "meta": meta(request, n_answers=1, n_all=1, has_more=False),
    }


def entry_info(request: Request) -> dict[str, Any]:
    """The properties of one type of entries."""
    type_ = request.path_params["type_"]
    if type_ not in _TYPES:
        raise RecordNotFound(str(type_))
    properties = structure_properties() if type_ == "structures" else REFERENCES
    described = {name: _described(each) for name, each in properties.items()}
    return {
        "data": {
            "id": type_,
            "type": "info",
            "description": _ABOUT[type_],
            "properties": described,
            "formats": ["json"],
            "output_fields_by_format": {"json": list(properties)},
        },
        "meta": meta(request, n_answers=1, n_all=1, has_more=False),
    }


def _described(each: Property) -> dict[str, Any]:
    found: dict[str, Any] = {"description": each.about, "type": each.type, "sortable": False}
    return found | ({"unit": each.unit} if each.unit else {})


def links(request: Request) -> dict[str, Any]:
    """Other servers that belong to this one: itself, the root."""
    attributes = {
        "name": "Kiban",
        "description": _PROVIDER["description"],
        "base_url": _root(request),
        "homepage": None,
        "link_type": "root",
    }
    return {
        "data": [{"id": "kiban", "type": "links", "attributes": attributes}],
        "meta": meta(request, n_answers=1, n_all=1, has_more=False),
    }


def versions() -> Response:
    """The versions of the interface, as a table of one row."""
    from starlette.responses import Response

    return Response("version\n1\n", media_type="text/csv; header=present")


def _root(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/').removesuffix('/optimade')}/optimade"


def _base(request: Request) -> str:
    inside = request.url.path.partition("/optimade")[2]
    version = inside.split("/")[1] if inside.startswith("/v1") else ""
    return "/".join(filter(None, (_root(request), version)))
