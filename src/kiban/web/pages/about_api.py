"""The REST interface for people: its routes, from the OpenAPI document."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kiban.web.page import page

ROUTER = APIRouter()


@ROUTER.get("/about/api")
def show_api(request: Request) -> Response:
    """List the routes with what each does."""
    paths = request.app.openapi()["paths"]
    routes = [
        (method.upper(), path, route.get("summary", ""), route.get("description", ""))
        for path, methods in sorted(paths.items())
        for method, route in methods.items()
    ]
    return page(request, "about_api.html", routes=routes)
