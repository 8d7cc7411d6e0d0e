"""Identifiers of records among the texts of other ones."""

from __future__ import annotations

import re

from kiban.records.identity import PREFIX

_SHAPE = re.compile(rf"{PREFIX}([0-9A-Za-z]{{4}})-?([0-9A-Za-z]{{4}})-?([0-9A-Za-z]{{2}})", re.ASCII)
_READ_AS = str.maketrans("ILO", "110")


def named_record(text: str) -> str | None:
    """The identifier that a text has the shape of, in its normal form; `None` where it is anything else.

    Without its beginning `kb:` a text is a word like any other: a batch number may well look like an identifier. The
    check character is not looked at, because the database, which asks the same of texts
    (`kiban.store.sql_identifiers`), does not know how to; what is misspelt is no record's.
    """
    match = _SHAPE.fullmatch(text) if text.startswith(PREFIX) else None
    return PREFIX + "-".join(match.groups()).upper().translate(_READ_AS) if match is not None else None
