"""The web application: REST and pages, found in their folders, behind the guard."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING, cast

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

import kiban
from kiban import plugins
from kiban.web import failures
from kiban.web.api.openapi import describe
from kiban.web.asker import receive
from kiban.web.guard import LOOPBACK_NAMES, Guard
from kiban.web.json_response import Json
from kiban.web.static_files import mount_static

if TYPE_CHECKING:
    from kiban.operations.resources import Resources

API = "/api/v1"
_LOG = logging.getLogger(__name__)


def application(resources: Resources, *, names: Collection[str] = LOOPBACK_NAMES) -> FastAPI:
    """Put the application together.

    Parameters
    ----------
    resources : Resources
        An open platform.
    names : collection of str
        Host names (without port) under which it may be reached; anything else is refused.
    """
    app = FastAPI(
        title="Kiban",
        version=kiban.__version__,
        openapi_url=f"{API}/openapi.json",
        # Their pages load scripts from other hosts. Ours is /about/api.
        docs_url=None,
        redoc_url=None,
        default_response_class=Json,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    app.state.resources = resources
    app.state.receive = receive
    for router in cast(tuple[APIRouter, ...], plugins.find("kiban.web.api", "ROUTER", check=_lacks)):
        app.include_router(router, prefix=API)
    for router in cast(tuple[APIRouter, ...], plugins.find("kiban.web.pages", "ROUTER", check=_lacks)):
        app.include_router(router, include_in_schema=False)
    for folder in ("kiban.web.api", "kiban.web.pages"):
        for broken in plugins.survey(folder, "ROUTER", check=_lacks).broken:
            _LOG.warning("%s of %s is left out of %s: %s", broken.entry_point, broken.package, folder, broken.why)
    mount_static(app)
    failures.install(app)
    describe(app)
    app.add_middleware(Guard, names=names)
    return app


def _lacks(router: object) -> str | None:
    return None if isinstance(router, APIRouter) else "it is no fastapi.APIRouter"


def _operation_id(route: APIRoute) -> str:
    # The function's name: it stays the same when an address changes.
    return route.name
