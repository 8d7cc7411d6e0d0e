"""Identifiers of records among the texts that others answer, as SQL: see `kiban.query.identifiers`."""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from kiban.store.sql_sets import seen

IS_CURRENT_AND_SEEN = f"n.is_current AND {seen('n.scope')}"
"""Where row `n` of the records is one that the asker sees, or saw until it was deleted."""


def tells(row: str, text: str, writable: str) -> str:
    """That a text of that row of the records names no record, or one the asker sees, or the asker may change the row.

    Parameters
    ----------
    text : str
        The text, folded.
    writable : str
        The numbers of the scopes in which the asker may change records, as an array.
    """
    letters = f"translate(upper(substr({text}, 4)), 'ILO', '110')"
    named = rf"'kb:' || regexp_replace({letters}, '^(.{{4}})-?(.{{4}})-?(.{{2}})$', '\1-\2-\3')"
    return (
        f"({text} !~ '^kb:[0-9a-z]{{4}}-?[0-9a-z]{{4}}-?[0-9a-z]{{2}}$' OR {row}.scope = ANY({writable}) "
        f"OR (SELECT true FROM record n WHERE n.pid = {named} AND {IS_CURRENT_AND_SEEN} LIMIT 1))"
    )
