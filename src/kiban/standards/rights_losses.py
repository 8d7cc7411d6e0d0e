"""What a file could not carry of the rights in a record, in sentences that say them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kiban.records.rights.lines import contributor_line, funding_line, holder_line
from kiban.records.rights.rights import Rights

ALL = frozenset({"licence", "rights_holder", "contributors", "funding", "citation"})
_MOST_NAMED = 20


def rights_losses(rights: Rights | None, *, without: Collection[str] = ALL) -> Iterator[str]:
    """Say what of the rights is not in a file.

    They are said in full, so that who passes the file on can pass on its terms.

    Parameters
    ----------
    without : collection of str
        The attributes of `Rights` that the file has no place for.
    """
    if rights is None:
        return
    if "licence" in without and rights.licence:
        yield f"The licence, {rights.licence}, is not in the file."
    if "rights_holder" in without and rights.rights_holder is not None:
        yield f"The rights holder, {holder_line(rights.rights_holder)}, is not in the file."
    if "contributors" in without and rights.contributors:
        named = " / ".join(contributor_line(each) for each in rights.contributors[:_MOST_NAMED])
        yield f"The {len(rights.contributors)} contributors are not in the file: {named}."
    if "funding" in without and rights.funding:
        named = " / ".join(funding_line(each) for each in rights.funding[:_MOST_NAMED])
        yield f"The funding is not in the file: {named}."
    if "citation" in without and rights.citation:
        yield f"How it is to be cited is not in the file: {rights.citation.rstrip('.')}."
