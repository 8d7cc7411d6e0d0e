"""The web application: REST and pages, found in their folders, behind the guard."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

import kiban
from kiban import plugins
from kiban.web import failures
from kiban.web.api.openapi import describe
from kiban.web.asker import receive
from kiban.web.body_limit import BodyLimit
from kiban.web.compressed import Compressed
from kiban.web.crowd import Crowd
from kiban.web.etags import EntityTags
from kiban.web.guard import Guard
from kiban.web.json_response import Json
from kiban.web.mistakes import Mistakes
from kiban.web.optimade.application import optimade
from kiban.web.rate_limit import RateLimit
from kiban.web.reach import Reach
from kiban.web.static_files import mount_static
from kiban.web.under_way import UnderWay

if TYPE_CHECKING:
    from kiban.operations.resources import Resources

API = "/api/v1"
_LOG = logging.getLogger(__name__)


def application(resources: Resources, *, reach: Reach | None = None) -> FastAPI:
    """Put the application together.

    Parameters
    ----------
    resources : Resources
        An open platform.
    reach : Reach, optional
        Under which addresses it is reached; this machine only, and without counting requests, unless given.
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
    app.state.under_way = UnderWay()
    app.state.reach = reach = reach or Reach()
    for router in cast(tuple[APIRouter, ...], plugins.find("kiban.web.api", "ROUTER", check=_lacks)):
        app.include_router(router, prefix=API)
    for router in cast(tuple[APIRouter, ...], plugins.find("kiban.web.pages", "ROUTER", check=_lacks)):
        app.include_router(router, include_in_schema=False)
    for folder in ("kiban.web.api", "kiban.web.pages"):
        for broken in plugins.survey(folder, "ROUTER", check=_lacks).broken:
            _LOG.warning("%s of %s is left out of %s: %s", broken.entry_point, broken.package, folder, broken.why)
    mount_static(app)
    app.mount("/optimade", optimade(resources, reach))
    failures.install(app)
    describe(app)
    # The last one comes first: what is refused by the guard is not counted, what is counted out is not answered.
    app.add_middleware(EntityTags)
    app.add_middleware(Compressed)
    app.add_middleware(Mistakes)
    app.add_middleware(BodyLimit, reach=reach)
    app.add_middleware(Crowd, reach=reach)
    if reach.requests_per_minute:
        app.add_middleware(RateLimit, reach=reach)
    app.add_middleware(Guard, reach=reach)
    return app


def _lacks(router: object) -> str | None:
    return None if isinstance(router, APIRouter) else "it is no fastapi.APIRouter"


def _operation_id(route: APIRoute) -> str:
    # The function's name: it stays the same when an address changes.
    return route.name
