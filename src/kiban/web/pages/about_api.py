"""The REST interface for people: its routes, from the OpenAPI document."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kiban.web.page import page

ROUTER = APIRouter()


@ROUTER.get("/about/api")
def show_api(request: Request) -> Response:
    """List the routes with what each does."""
    document = request.app.openapi()
    routes = [
        {"method": method.upper(), "path": path, **route}
        for path, methods in sorted(document["paths"].items())
        for method, route in methods.items()
    ]
    return page(request, "about_api.html", routes=routes, base=str(request.base_url).rstrip("/"))
