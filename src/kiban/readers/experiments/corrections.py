"""What people say of columns otherwise than was proposed: `Hardness=property vickers_hardness [kgf/mm**2]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kiban.errors import WrongUsage
from kiban.quantity.spelling import respell
from kiban.query.vocabulary import SHIPPED, Vocabulary
from kiban.readers.experiments.keys import key_of
from kiban.readers.experiments.meaning import Meaning, Role, plain_header
from kiban.readers.tables.column_headers import read_label
from kiban.readers.words.unit_words import read_unit
from kiban.records.matter.composition import Basis

_SAID = re.compile(
    r"(?P<role>[a-z]+)(?:\s+(?P<key>[^\[\]]+?))?(?:\s*\[(?P<unit>[^\]]*)\])?(?:\s+(?P<basis>mass|amount|volume))?"
    r"(?:\s+k=(?P<k>\d+(?:\.\d+)?))?(?P<is_text>\s+text)?\s*"
)


def corrected(
    columns: Sequence[Meaning], corrections: Sequence[str], known: Vocabulary = SHIPPED
) -> tuple[Meaning, ...]:
    """Columns with what somebody says of some of them.

    Parameters
    ----------
    corrections : sequence of str
        `HEADER=ROLE KEY [UNIT]`; of a component also its basis (`mass`, `amount`, `volume`), of an uncertainty `k=2`,
        of a parameter in words `text`. What is not said stays where the role does, else it follows from the header.

    Raises
    ------
    WrongUsage
        If one cannot be read, or there is no such column.
    InvalidValue
        If it contradicts itself.
    """
    found = list(columns)
    for correction in corrections:
        place, said = _place(found, correction)
        match = _SAID.fullmatch(said.strip())
        if match is None or match["role"] not in {*Role}:
            raise WrongUsage(
                f"'{correction[:80]}' does not say what a column means.",
                mend=f"Write HEADER=ROLE KEY [UNIT]; roles are {', '.join(Role)}.",
            )
        found[place] = _said(found[place], place, match, known)
    return followed(columns, found)


def followed(before: Sequence[Meaning], after: Sequence[Meaning]) -> tuple[Meaning, ...]:
    """Columns that were corrected one by one, with uncertainties that follow the keys of their columns."""
    renamed = {old.key: new.key for old, new in zip(before, after, strict=True) if old.key and old.key != new.key}
    keys = {each.key for each in after if each.role is not Role.UNCERTAINTY}
    return tuple(
        replace(each, key=renamed[each.key])
        if each.role is Role.UNCERTAINTY and each.key not in keys and renamed.get(each.key)
        else each
        for each in after
    )


def key_for(header: str, place: int, role: Role) -> str:
    """The key that a column gets from its header in a role that needs one."""
    said = read_label(header)
    if role is Role.COMPONENT:
        return re.sub(r"[\s_]*[(\[].*$", "", header).strip() or header
    bare = re.sub(r"[\s_]*[(\[{].*$", "", header).strip() or header
    return key_of(bare, said.name, place + 1, SHIPPED, role)


def key_said(text: str, header: str, place: int, role: Role, known: Vocabulary = SHIPPED) -> str:
    """The key that somebody meant: as typed where it can be one, of a property also a name or synonym of its term."""
    typed = " ".join(text.split())
    if not typed:
        return key_for(header, place, role)
    if role in {Role.COMPONENT, Role.UNCERTAINTY}:
        return typed
    path = known.path(typed)
    if role is Role.PROPERTY and path in known.terms:
        return known.root(path)
    return key_of(typed, "", place + 1, known, role)


def unit_as_spelled(text: str) -> str:
    """A unit that somebody typed, in our spelling; as typed where it is not known."""
    trimmed = text.strip()
    found = read_unit(trimmed) if trimmed else None
    return found if found is not None else respell(trimmed)


def _place(columns: Sequence[Meaning], correction: str) -> tuple[int, str]:
    """The column that a correction is of, and the rest. A header may hold the sign = itself."""
    for at in [found.start() for found in re.finditer("=", correction)]:
        wanted = plain_header(correction[:at])
        for place, each in enumerate(columns):
            if plain_header(each.header) == wanted:
                return place, correction[at + 1 :]
    named = ", ".join(f"'{each.header[:40]}'" for each in columns[:20])
    raise WrongUsage(f"'{correction[:80]}' names no column of the table.", mend=f"Its columns are: {named}.")


def _said(before: Meaning, place: int, match: re.Match[str], known: Vocabulary) -> Meaning:
    role = Role(match["role"])
    is_same = role is before.role
    key = (match["key"] or "").strip() or (before.key if is_same else "")
    is_text = bool(match["is_text"]) or (is_same and before.is_text and match["unit"] is None)
    needs_key = role in {Role.COMPONENT, Role.PARAMETER, Role.PROPERTY, Role.NOTE}
    unit = ""
    if role in {Role.COMPONENT, Role.PARAMETER, Role.PROPERTY} and not is_text:
        kept = before.unit or read_label(before.header).unit
        unit = unit_as_spelled(match["unit"]) if match["unit"] is not None else kept
    basis = None
    if role is Role.COMPONENT:
        basis = Basis(match["basis"]) if match["basis"] else before.basis
    return Meaning(
        header=before.header,
        role=role,
        key=key_said(key, before.header, place, role, known) if needs_key else key,
        unit=unit,
        is_text=is_text,
        basis=basis,
        coverage_factor=float(match["k"]) if match["k"] else before.coverage_factor if is_same else None,
    )
