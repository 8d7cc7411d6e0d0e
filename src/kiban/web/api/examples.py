"""Examples of the OpenAPI document: what a platform really answered, from data that are synthetic and say so.

`docs/make_rest_examples.py` writes the file beside this one.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

SAYS = "Synthetic data: a calculated powder pattern, and samples that nobody made."


def kept() -> dict[str, dict[str, Any]]:
    """By the name of the route: the body that was sent, if one was, and the answers by status."""
    text = resources.files("kiban.web.api").joinpath("examples.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def add_examples(paths: dict[str, Any]) -> None:
    """Put them into the document, each where its body or answer is described."""
    examples = kept()
    for routes in paths.values():
        for route in routes.values():
            example = examples.get(route["operationId"])
            if example is None:
                continue
            if "body" in example:
                _put(route["requestBody"]["content"]["application/json"], example["body"])
            for status, answer in example["answers"].items():
                _put(route["responses"][status]["content"].setdefault(answer["type"], {}), answer["value"])


def _put(described: dict[str, Any], value: Any) -> None:
    described["examples"] = {"synthetic": {"summary": SAYS, "value": value}}
