"""One property term: a word for one property of a material, or of a feature that was measured."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kiban.errors import InvalidValue
from kiban.records.field import Label

_KEY = re.compile(r"[a-z_][a-z0-9_]{0,63}")
MAX_LABEL = 100
"""Characters in a label or a synonym."""
MAX_SYNONYMS = 50
# Signs by which a question is cut: a label that holds one could never be asked for.
_CUTTING = re.compile('["\\\\<>=!≤≥≦≧≠＜＞＝\x00-\x1f]|^[(（)）,、，]')
_JOINTS = frozenset({"and", "or", "not"})


def _cuts(label: str) -> bool:
    """Whether a question would be cut inside of the label."""
    return bool(_CUTTING.search(label)) or not _JOINTS.isdisjoint(label.lower().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyTerm:
    """What a claimed value is a value of.

    Parameters
    ----------
    key : str
        The word in facts, questions and tables: lower-case letters, digits and underscores. It never changes.
    en, ja : str
        Its names, at least one of them.
    symbol : str
        As formulas write it. Different terms may share one, so questions do not know it.
    unit : str
        The unit people expect; values are stored in the coherent SI unit of the same dimension. Empty for a number of
        dimension one.
    has_any_unit : bool
        The dimension depends on what was measured, as that of a position on an axis.
    iri : str
        The same thing in an outside vocabulary.
    synonyms : tuple of str
        Other words and abbreviations for the very same thing, in any language; questions know them.
    merged_into : str
        The key of the term that it was found to be the same as: questions about either ask for both.
    """

    key: str
    en: str = ""
    ja: str = ""
    symbol: str = ""
    unit: str = ""
    has_any_unit: bool = False
    iri: str = ""
    synonyms: tuple[str, ...] = ()
    description: Label = field(default_factory=Label)
    merged_into: str = ""

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise InvalidValue(
                f"'{self.key[:80]}' cannot be the key of a term.",
                mend="Begin with a lower-case letter; use lower-case letters, digits and underscores, at most 64.",
            )
        if not (self.en or self.ja):
            raise InvalidValue(f"The term {self.key} has no name.", mend="Give it one in English or Japanese.")
        for label in self.labels:
            if not label.strip() or len(label) > MAX_LABEL or _cuts(label):
                raise InvalidValue(
                    f"'{label[:80]}' cannot be a name of the term {self.key}.",
                    mend=f"Use 1 to {MAX_LABEL} characters; no quotation marks, < or =, and not the word AND, OR, NOT.",
                )
        if len(self.synonyms) > MAX_SYNONYMS:
            raise InvalidValue(
                f"The term {self.key} has {len(self.synonyms)} synonyms.", mend=f"Keep at most {MAX_SYNONYMS}."
            )
        if self.has_any_unit and self.unit:
            raise InvalidValue(
                f"The term {self.key} is said to have any unit, and the unit {self.unit}.",
                mend="Choose one of the two.",
            )
        if self.merged_into == self.key:
            raise InvalidValue(f"The term {self.key} would be merged into itself.", mend="Name another term.")

    @property
    def labels(self) -> tuple[str, ...]:
        """Its names and synonyms."""
        return tuple(label for label in (self.en, self.ja, *self.synonyms) if label)

    def name(self, language: str) -> str:
        """Its name in one language; the other one's where there is none."""
        return Label(en=self.en, ja=self.ja).in_language(language)
