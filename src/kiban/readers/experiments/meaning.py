"""What each column of a table of experiments means: a mapping that is proposed, corrected, kept and used again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiban.errors import InvalidValue
from kiban.quantity.unit import is_compatible, is_known
from kiban.query.vocabulary import Vocabulary
from kiban.records.document import from_json, to_json
from kiban.records.matter.composition import Basis

VERSION = 1
"""Of the mapping as a document; a document of a later one is refused."""
MOST_COLUMNS = 500
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Role(StrEnum):
    """What stands in a column."""

    SAMPLE = "sample"
    """The name of the sample."""
    FORMULA = "formula"
    """Its formula, or its composition as people write it."""
    COMPONENT = "component"
    """How much of one component the sample consists of."""
    PARAMETER = "parameter"
    """What was set: a number with a unit, or a choice in words."""
    PROPERTY = "property"
    """What came out: a value of a property term."""
    UNCERTAINTY = "uncertainty"
    """The uncertainty of another column."""
    DATE = "date"
    OPERATOR = "operator"
    NOTE = "note"
    """Words that are kept as they stand."""
    IGNORED = "ignored"


_ONCE = (Role.SAMPLE, Role.FORMULA, Role.DATE, Role.OPERATOR)
_KEYED = (Role.COMPONENT, Role.PARAMETER, Role.PROPERTY, Role.UNCERTAINTY, Role.NOTE)
_WITH_UNIT = (Role.COMPONENT, Role.PARAMETER, Role.PROPERTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one column means.

    Parameters
    ----------
    header : str
        As it stands above the column, runs of blanks made one.
    key : str
        Of a component its symbol, formula or name; of a property its term; of a parameter or note the key of its
        field; of an uncertainty the key of the column that it belongs to.
    unit : str
        What numbers without one are in; empty for plain numbers, and for words.
    is_text : bool
        Of a parameter: its cells are words, of which each is a choice.
    basis : Basis, optional
        Of a component.
    coverage_factor : float, optional
        Of an expanded uncertainty; without one it is a standard uncertainty.
    """

    header: str
    role: Role
    key: str = ""
    unit: str = ""
    is_text: bool = False
    basis: Basis | None = None
    coverage_factor: float | None = None

    def __post_init__(self) -> None:
        if self.role in _KEYED and not self.key:
            raise self._refusal(f"is a {self.role} and has no key", "Say which one it is.")
        if self.role in {Role.PARAMETER, Role.PROPERTY, Role.NOTE} and not _KEY.fullmatch(self.key):
            raise self._refusal(
                f"has the key '{self.key[:80]}'", "Begin with a lower-case letter; use those, digits and underscores."
            )
        if self.unit and (self.role not in _WITH_UNIT or self.is_text):
            raise self._refusal(f"has the unit '{self.unit}' and holds no numbers", "Leave the unit out.")
        if self.unit and not is_known(self.unit):
            raise self._refusal(f"has the unit '{self.unit}', which is not known", "Write it like degC, MPa or mA*h/g.")
        if self.is_text and self.role is not Role.PARAMETER:
            raise self._refusal(f"is a {self.role} in words", "Only parameters can be words: make it a note.")
        if self.role is Role.COMPONENT and self.basis is None:
            raise self._refusal(
                "is a component without a basis", "Say whether its numbers are fractions of mass, amount or volume."
            )
        if self.role is Role.COMPONENT and not is_compatible(self.unit, ""):
            raise self._refusal(f"is a fraction with the unit '{self.unit}'", "Use percent, or no unit for 0 to 1.")
        if self.coverage_factor is not None and not 0.0 < self.coverage_factor < 100.0:
            raise self._refusal(
                f"has the coverage factor {self.coverage_factor:g}", "Give the factor k that it was expanded with."
            )

    def _refusal(self, what: str, mend: str) -> InvalidValue:
        return InvalidValue(f"The column '{self.header[:80]}' {what}.", mend=mend)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """What the columns of a table mean, in their order.

    Parameters
    ----------
    balance : str
        The component that makes up what the others leave; empty where all are there.
    decimal : str
        The decimal mark, `.` or `,`; empty where each column tells by itself.
    """

    columns: tuple[Meaning, ...]
    balance: str = ""
    decimal: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.columns) <= MOST_COLUMNS:
            raise InvalidValue(
                f"A mapping of {len(self.columns)} columns was given.", mend=f"Give 1 to {MOST_COLUMNS}."
            )
        if self.decimal not in {"", ".", ","}:
            raise InvalidValue(f"'{self.decimal[:20]}' is no decimal mark.", mend="Give . or , or nothing.")
        for role in _ONCE:
            if len(found := self.of(role)) > 1:
                raise _two(found, f"both mean the {role}")
        # An uncertainty says by its key which column it is of, so no other columns share one.
        for roles in ((Role.COMPONENT, Role.PARAMETER, Role.PROPERTY, Role.NOTE), (Role.UNCERTAINTY,)):
            seen: dict[str, Meaning] = {}
            for each in self.of(*roles):
                if each.key in seen:
                    raise _two((seen[each.key], each), f"both have the key {each.key}")
                seen[each.key] = each
        valued = {each.key for each in self.of(Role.COMPONENT, Role.PARAMETER, Role.PROPERTY) if not each.is_text}
        for each in self.of(Role.UNCERTAINTY):
            if each.key not in valued:
                raise InvalidValue(
                    f"The column '{each.header[:80]}' is the uncertainty of {each.key}, which is no column of numbers.",
                    mend="Say of which one it is: by the key of that column.",
                )
        if len({each.basis for each in self.of(Role.COMPONENT)}) > 1:
            raise InvalidValue(
                "The components are fractions of different things.", mend="Give all of them the same basis."
            )
        if self.balance and self.balance in {each.key for each in self.of(Role.COMPONENT)}:
            raise InvalidValue(
                f"{self.balance} is the balance and has a column.", mend="Leave the balance out, or ignore the column."
            )
        if not self.of(Role.PARAMETER, Role.PROPERTY, Role.NOTE):
            raise InvalidValue(
                "No column says what was set, found out or noted, so nothing could be kept.",
                mend="Say of one column at least that it is a parameter, a property or a note.",
            )

    def of(self, *roles: Role) -> tuple[Meaning, ...]:
        """The columns of some roles, in their order."""
        return tuple(each for each in self.columns if each.role in roles)

    def check_terms(self, known: Vocabulary) -> Iterator[InvalidValue]:
        """What is wrong with the units of properties whose terms are known already."""
        for each in self.of(Role.PROPERTY):
            term = known.terms.get(each.key)
            if term is None or term.has_any_unit or is_compatible(each.unit, term.unit):
                continue
            given = f"in '{each.unit}'" if each.unit else "without a unit"
            usual = f"'{term.unit}'" if term.unit else "plain numbers"
            yield InvalidValue(
                f"The column '{each.header[:80]}' is {given}; {each.key} is measured in {usual}.",
                mend="Give the unit of its numbers, or choose another property.",
            )


def mapping_to_json(mapping: Mapping) -> dict[str, Any]:
    """The mapping as a document."""
    document = to_json(mapping)
    # As JSON has it, so that one that was kept is equal to one that was not.
    return {"version": VERSION, **document, "columns": list(document["columns"])}


def mapping_from_json(document: Any) -> Mapping:
    """Read such a document.

    Raises
    ------
    InvalidValue
        If it is none, or of a later version than this.
    """
    if not isinstance(document, dict) or not isinstance(document.get("version"), int):
        raise InvalidValue(
            "This is no mapping of columns: it states no version.", mend="Take the one that a preview gives as JSON."
        )
    if document["version"] != VERSION:
        raise InvalidValue(
            f"The mapping is of version {document['version']}; this Kiban knows version {VERSION}.",
            mend="Upgrade Kiban, or have the columns proposed anew.",
        )
    return from_json({name: value for name, value in document.items() if name != "version"}, Mapping)


def plain_header(text: str) -> str:
    """A header in the form in which headers of two files are compared."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def fitted(kept: Mapping, headers: Sequence[str]) -> tuple[Meaning | None, ...]:
    """The meaning of each header by a kept mapping; `None` where it knows none. Equal headers keep their order."""
    left: dict[str, list[Meaning]] = {}
    for each in kept.columns:
        left.setdefault(plain_header(each.header), []).append(each)
    found: list[Meaning | None] = []
    for header in headers:
        waiting = left.get(plain_header(header))
        found.append(waiting.pop(0) if waiting else None)
    return tuple(found)


def _two(found: Sequence[Meaning], what: str) -> InvalidValue:
    return InvalidValue(
        f"The columns '{found[0].header[:80]}' and '{found[1].header[:80]}' {what}.",
        mend="Choose one of them; the other may be a note, or be ignored.",
    )
