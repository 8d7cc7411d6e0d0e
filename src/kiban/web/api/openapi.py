"""The OpenAPI document of the REST interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kiban.web.api.describe import PROBLEM_SCHEMA, describe_limits
from kiban.web.api.examples import add_examples

if TYPE_CHECKING:
    from fastapi import FastAPI

_ABOUT = """\
Instrument files become records that can be found, trusted, shared and used.

Errors are `application/problem+json` (RFC 9457) with a *fault* (what was expected, what was found) and a *mend* (what
can be done now). What you may not see does not exist: the answer is the same. Lists go on with `after`.
"""
_TAGS = {
    "deposits": "Keep files and make records of them.",
    "search": "Find records.",
    "saved searches": "Questions that are asked again, and what is new in them.",
    "samples": "Register samples, divide and combine them, and write down what was done to them.",
    "labels": "Labels to print.",
    "export control": "Judge what is listed technology, and decide who may have it.",
    "data sets": "Records that were chosen to be cited together.",
    "campaigns": "Have the next experiments suggested, and say what came of them.",
    "records": "One record, its numbers and its header.",
    "files": "Files exactly as they came.",
    "templates": "Data structures, and the library of them.",
    "projects": "What owns records, and who works in it.",
    "agreements": "Terms under which records are shared.",
    "organisations": "Who belongs where, and who speaks for whom.",
    "accounts": "Who you are, who else may log in, and what lets programs in.",
    "tables": "Values of many samples side by side.",
    "platform": "The platform itself.",
}


def describe(app: FastAPI) -> None:
    """Have the application give our document: with our problem in place of the framework's."""
    from fastapi.openapi.utils import get_openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary="An open platform for the data of materials research",
                description=_ABOUT,
                routes=app.routes,
                tags=[{"name": name, "description": about} for name, about in _TAGS.items()],
                license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            )
            made.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
            describe_limits(made["paths"])
            add_examples(made["paths"])
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
