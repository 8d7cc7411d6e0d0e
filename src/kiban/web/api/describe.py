"""What the OpenAPI document says of every route alike."""

from __future__ import annotations

from typing import Any

from kiban.web.problem import MEDIA_TYPE, title

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "Why a request was not answered, and what can be done (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail", "error", "fault", "mend"],
    "properties": {
        "type": {"type": "string", "description": "`urn:kiban:error:` and the name of the error."},
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "Fault and mend in one text."},
        "error": {"type": "string", "description": "The name of the error, as in `kiban.errors`."},
        "fault": {"type": "string", "description": "What was expected, what was found, where."},
        "mend": {"type": "string", "description": "What can be done now."},
        "position": {
            "type": "integer",
            "description": "Of a question: where the trouble starts, in characters from 0.",
        },
        "parameters": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Of wrong parameters: the name of each, and what is wrong with it.",
        },
    },
    "examples": [
        {
            "type": "urn:kiban:error:InvalidQuestion",
            "title": title(422),
            "status": 422,
            "detail": "There is no technique 'xrdd'. Did you mean xrd?",
            "error": "InvalidQuestion",
            "fault": "There is no technique 'xrdd'.",
            "mend": "Did you mean xrd?",
            "position": 12,
        }
    ],
}

_MEANING = {
    400: "The request cannot be understood.",
    401: "Nobody is logged in, or what was shown is not good (any more).",
    403: "You may not do this.",
    404: "There is none, or none that you may see.",
    406: "It cannot be given in this form here.",
    408: "The body came too slowly.",
    409: "Somebody else changed it first.",
    412: "It is not as `If-Match` says; get it again.",
    413: "The body is larger than is taken.",
    415: "A body of this type is not taken.",
    422: "A parameter or the question cannot be used.",
    429: "More was asked than one person or program may ask in a minute; `Retry-After` says when to come again.",
    503: "The database does not answer, or too many requests are under way.",
    507: "The disk is full; nothing of this file was kept.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can fail in these ways."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _MEANING[status], "content": content} for status in sorted({*EVERYWHERE, *statuses})
    }


EVERYWHERE = (400, 403, 429, 503)
"""What any route may answer before it is asked."""
WITH_A_BODY = (408, 413)


def describe_limits(paths: dict[str, Any]) -> None:
    """Write down what routes answer that take a body: it may be too large or come too slowly."""
    for routes in paths.values():
        for route in routes.values():
            if "requestBody" in route:
                limits = {str(status): answer for status, answer in problems(*WITH_A_BODY).items()}
                route["responses"] = dict(sorted((limits | route["responses"]).items()))
