"""One row of the tables of this folder."""

from __future__ import annotations

from kiban.records.field import Label
from kiban.records.term import PropertyTerm

_QUDT = "http://qudt.org/vocab/quantitykind/"


def term(
    key: str,
    en: str,
    ja: str,
    symbol: str,
    unit: str,
    *synonyms: str,
    qudt: str = "",
    note: tuple[str, str] = ("", ""),
    has_any_unit: bool = False,
) -> PropertyTerm:
    """Make a term.

    Parameters
    ----------
    qudt : str
        The quantity kind of QUDT (CC BY 4.0, as @qudtlib/allunits 7.1.0 has them) that is the very same thing;
        a broader one would say something else.
    note : tuple of str
        What has to be known to use it rightly, in English and Japanese.
    """
    return PropertyTerm(
        key=key,
        en=en,
        ja=ja,
        symbol=symbol,
        unit=unit,
        has_any_unit=has_any_unit,
        iri=_QUDT + qudt if qudt else "",
        synonyms=synonyms,
        description=Label(en=note[0], ja=note[1]),
    )
