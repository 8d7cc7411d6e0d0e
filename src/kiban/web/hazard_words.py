"""Hazard statements of the GHS in words."""

from __future__ import annotations

from kiban.web.language import words

_GROUP = "hazard."


def hazard_statements(language: str) -> dict[str, str]:
    """The statements by their codes, in one language; nothing for a language that there are none in."""
    return {key.removeprefix(_GROUP): text for key, text in words(language).items() if key.startswith(_GROUP)}
