"""The words that questions may use: paths, their labels in both languages, and the values of closed lists."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

from kiban.query.element_symbols import ELEMENT_SYMBOLS
from kiban.query.entries import PARTS
from kiban.query.formula_paths import FORMULA_PATHS
from kiban.query.paths import PROCESS_FIELDS, Hop, as_step, is_step, rest_of, way
from kiban.query.process_answers import PARAMETER
from kiban.query.process_vocabulary import ProcessVocabulary, shipped_processes
from kiban.query.question import RECORD_FIELDS
from kiban.query.structure_answers import is_of_structure
from kiban.query.words import as_written, fold
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.record import RecordKind
from kiban.records.scope import Tier
from kiban.records.technique import TECHNIQUES
from kiban.records.term import PropertyTerm

ELEMENTS = "elements"
N_ELEMENTS = "nelements"
COMPOSITION = "composition."
MASS_FRACTION = "mass_fraction."
FRACTIONS = (COMPOSITION, MASS_FRACTION)
CODED = frozenset({"kind", "technique", "tier"})
"""Fields whose values come from closed lists and are compared as they stand."""
TIMES = frozenset({"started", "created"})
IDENTIFIED = frozenset({"project", "agreement", "owner", "created_by"})
"""Fields that hold the identifier of something with a name in the directory; see `kiban.query.named`."""

_TERM = re.compile(r"[a-z_][a-z0-9_]*")
_ENTRY_PATH = re.compile(rf"(?:{'|'.join((*PARTS.values(), 'structure'))})(?:\.[A-Za-z0-9_]+)+")
_LONGEST_GUESS = 60

_FIELDS_JA = {
    "種類": "kind",
    "題名": "title",
    "手法": "technique",
    "公開範囲": "tier",
    "試料": "sample",
    "試料名": "sample",
    "ファイル": "file",
    "ファイル名": "file",
    "装置": "instrument",
    "測定者": "operator",
    "テンプレート": "template",
    "測定日": "started",
    "測定日時": "started",
    "登録日": "created",
    "登録日時": "created",
    "元素": ELEMENTS,
    "ライセンス": "licence",
    "利用許諾": "licence",
    "license": "licence",
    "権利者": "rights_holder",
    "rights holder": "rights_holder",
    "貢献者": "contributor",
    "助成機関": "funder",
    "資金提供者": "funder",
    "課題番号": "award",
    "プロジェクト": "project",
    "契約": "agreement",
    "協定": "agreement",
    "所有者": "owner",
    "登録者": "created_by",
    "created by": "created_by",
    "元素数": N_ELEMENTS,
    "組成式": "chemical_formula_reduced",
    "化学式": "chemical_formula_descriptive",
}
FIELD_NAMES = {path: label for label, path in reversed(_FIELDS_JA.items()) if not label.isascii()}
"""What fields are called in Japanese."""
_STEPS_JA = {
    "試料": "sample",
    "親": "parents",
    "親試料": "parents",
    "原料": "parents",
    "工程": "process",
    "プロセス": "process",
    "測定": "measurement",
    "組成": "composition",
    "質量分率": "mass_fraction",
    "メタデータ": "metadata",
    "項目": "field",
    "予定": "meant",
    "実績": "done",
}
"""Beginnings of paths, in the other language."""
LEADING_ON = frozenset({"parents", "process", "measurement"})
"""Beginnings that lead to other records, and are nothing that a record says itself."""
KINDS_JA = {
    "プロジェクト": RecordKind.PROJECT,
    "試料": RecordKind.SAMPLE,
    "測定": RecordKind.MEASUREMENT,
    "プロセス": RecordKind.PROCESS,
    "工程": RecordKind.PROCESS,
    "データセット": RecordKind.DATASET,
    "探索キャンペーン": RecordKind.CAMPAIGN,
    "キャンペーン": RecordKind.CAMPAIGN,
    "テンプレート": RecordKind.TEMPLATE,
    "用語": RecordKind.TERM,
}
"""What kinds are called in Japanese: the first name of each is that of the pages."""
TIERS_JA = {
    "公開": Tier.OPEN,
    "シェアクローズド": Tier.SHARED,
    "共有": Tier.SHARED,
    "非公開": Tier.CLOSED,
}
"""The same of tiers."""
PROCESS_WORDS = ("process.", "工程.", "プロセス.")
"""What stands, folded, in questions that ask for processes."""


def is_path(text: str) -> bool:
    """Say whether a question may ask for it: of the record, or of another one that a path leads to."""
    there = way(text)
    if there is None:
        return bool(_TERM.fullmatch(text) or _ENTRY_PATH.fullmatch(text)) or element_of(text) is not None
    if there.hop is Hop.PROCESS:
        return is_step(there.process) and (not there.rest or all(map(is_step, there.rest.split("."))))
    # From there it does not lead on, but for a sample's composition and formula, which are its own.
    return way(there.rest) is None and is_path(there.rest)


def is_entry(path: str) -> bool:
    """Say whether the path names an entry of a document: `metadata.*`; `field.*`, `meant.*`, `done.*` of a template.

    What a record holds of a structure, `structure.*`, is asked for in the same way; inside of conditions also
    `parameter.*` of a process.
    """
    return bool(_ENTRY_PATH.fullmatch(path)) or path.startswith(PARAMETER)


def element_of(path: str) -> str | None:
    """The element whose fraction the path names; `None` where it names none."""
    return next((e for part in FRACTIONS if (e := path.removeprefix(part)) != path and e in ELEMENT_SYMBOLS), None)


def is_text(path: str) -> bool:
    """Say whether what stands after a comparison of the path is a text or a time, also where it looks like a number."""
    there, rest = way(path), rest_of(path)
    if there is not None and there.hop is Hop.PROCESS:
        return rest in PROCESS_FIELDS
    return rest in RECORD_FIELDS or rest in FORMULA_PATHS


def is_number_of_sample(path: str) -> bool:
    """Say whether the path names a number that follows from the composition of the record's sample."""
    return path == N_ELEMENTS or element_of(path) is not None


def as_compared(path: str, text: str) -> str:
    """Bring a text to the form in which the texts of that path are compared: folded, but for chemical formulas."""
    return as_written(text) if is_of_structure(path) else fold(text)


def is_term(path: str) -> bool:
    """Say whether the path names a property term rather than something of the record itself."""
    known = path in RECORD_FIELDS or path == ELEMENTS or path in FORMULA_PATHS
    return not known and not is_entry(path) and not is_number_of_sample(path) and way(path) is None


@cache
def codes(path: str) -> dict[str, str]:
    """What may be written for a value of a closed list, folded, with the value it stands for."""
    if path == "kind":
        return {kind.value: kind.value for kind in RecordKind} | _as_folded(KINDS_JA)
    if path == "tier":
        return {tier.value: tier.value for tier in Tier} | _as_folded(TIERS_JA)
    written = {fold(label): t.key for t in TECHNIQUES.values() for label in (t.en, t.ja)}
    return written | {key: key for key in TECHNIQUES}


def _as_folded(words: Mapping[str, StrEnum]) -> dict[str, str]:
    return {fold(word): code.value for word, code in words.items()}


def nearest(word: str, known: Iterable[str]) -> str:
    """Find what somebody may have meant, as a sentence; empty where nothing is near."""
    near = difflib.get_close_matches(fold(word[:_LONGEST_GUESS]), list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else ""


def as_label(text: str) -> str:
    """Bring a name to the form in which names are compared: one case, one width, one blank between words."""
    return fold(" ".join(text.split()))


_FIELD_LABELS = {as_label(label): path for label, path in _FIELDS_JA.items()}
_RESERVED = frozenset(
    (
        *("and", "or", "not", "contains", "starts", "ends", "with", "has", "all", "any", "only", "is", "known"),
        *("unknown", "length", "confidence"),
    )
)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The property terms that a question may name, beside the fields of records.

    Of two terms that claim the same name the first has it: those that come with Kiban, then the others in their order.
    """

    terms: Mapping[str, PropertyTerm]
    """By key."""
    own_processes: ProcessVocabulary | None = None
    """Where a laboratory has its own; otherwise they are those of the library."""

    @property
    def processes(self) -> ProcessVocabulary:
        """The processes that paths may name."""
        return self.own_processes if self.own_processes is not None else shipped_processes()

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Names and synonyms as `as_label` gives them, with the path each stands for."""
        labels = dict(_FIELD_LABELS)
        for term in self.terms.values():
            for label in map(as_label, term.labels):
                labels.setdefault(label, term.key)
        return labels

    @cached_property
    def known_paths(self) -> tuple[str, ...]:
        """All paths that have a name of their own."""
        return (*RECORD_FIELDS, ELEMENTS, N_ELEMENTS, *FORMULA_PATHS, *self.terms)

    @cached_property
    def _groups(self) -> Mapping[str, tuple[str, ...]]:
        """Of each term that was merged, or into which one was: the keys of all that are the same."""
        members: dict[str, list[str]] = {}
        for key in self.terms:
            members.setdefault(self.root(key), []).append(key)
        return {key: tuple(keys) for keys in members.values() if len(keys) > 1 for key in keys}

    def path(self, name: str) -> str:
        """The path that a name stands for; the name itself where it is a path, or nothing that is known."""
        if name in self.terms or name in RECORD_FIELDS:
            return str(name)
        found = self.labels.get(as_label(name))
        return found if found is not None else self._dotted(str(name))

    def _dotted(self, name: str) -> str:
        first, point, rest = name.replace("．", ".").partition(".")
        if not point:
            step = _STEPS_JA.get(fold(name), name)
            return step if step in LEADING_ON else name
        first = _STEPS_JA.get(fold(first), first)
        if first == Hop.SAMPLE:
            second, point, last = rest.partition(".")
            step = _STEPS_JA.get(fold(second), second)
            if step == "parents":
                return f"{Hop.PARENTS}.{self.path(last)}" if point else Hop.PARENTS.value
            # What was done to the record's sample, and measured on it, is the same whoever of them is asked.
            if point and step in {Hop.PROCESS, Hop.MEASUREMENT}:
                return self.path(rest)
        if first in {Hop.SAMPLE, Hop.MEASUREMENT}:
            return f"{first}.{self.path(rest)}"
        if first == Hop.PROCESS:
            return self._of_process(rest)
        return f"{first}.{rest}"

    def _of_process(self, rest: str) -> str:
        name, point, parameter = rest.partition(".")
        step = self.processes.step(name)
        if not point:
            return f"{Hop.PROCESS}.{step}"
        field = self.labels.get(as_label(parameter), as_step(parameter))
        asked = field if field in PROCESS_FIELDS else self.processes.parameter(step, parameter)
        return f"{Hop.PROCESS}.{step}.{asked}"

    def is_label(self, text: str) -> bool:
        """Whether it is a name or synonym of something that can be asked for."""
        return as_label(text) in self.labels

    def usual_unit(self, path: str) -> str:
        """The unit in which a number without one is meant; empty where there is none."""
        there = way(path)
        if there is not None and there.hop is Hop.PROCESS:
            return self.processes.unit(there.process, there.rest)
        term = self.terms.get(rest_of(path))
        return term.unit if term is not None else ""

    def names(self, path: str) -> tuple[str, ...]:
        """All paths that ask for the same, itself first."""
        there = way(path)
        if there is None:
            return self.same_as(path)
        if there.hop is not Hop.PROCESS:
            return tuple(f"{there.beginning}{key}" for key in self.same_as(there.rest))
        rest = f".{there.rest}" if there.rest else ""
        return tuple(f"{there.hop}.{step}{rest}" for step in self.processes.same_as(there.process))

    def root(self, key: str) -> str:
        """The term that a term was merged into, over as many steps as it takes; itself where it was not."""
        seen = [key]
        while (term := self.terms.get(seen[-1])) is not None and term.merged_into in self.terms:
            if term.merged_into in seen:
                # Two merges at the same time can close a circle; all of it is one term then.
                return min(seen[seen.index(term.merged_into) :])
            seen.append(term.merged_into)
        return seen[-1]

    def same_as(self, key: str) -> tuple[str, ...]:
        """The keys of all terms that are the same as this one, itself among them."""
        return self._groups.get(key, (key,))

    def owner_of(self, label: str) -> str | None:
        """What already has that name: a word of the language, the path of a field, or the key of a term."""
        name = as_label(label)
        if name in _RESERVED or name in RECORD_FIELDS or name == ELEMENTS or is_entry(name):
            return name
        return name if name in self.terms else self.labels.get(name)


SHIPPED = Vocabulary(PROPERTY_TERMS)
"""The terms that come with Kiban: what a question may name where no catalog is at hand."""


def with_terms(terms: Iterable[PropertyTerm]) -> Vocabulary:
    """The vocabulary that comes with Kiban and these terms; a key that is taken stays as it is."""
    own: dict[str, PropertyTerm] = {}
    for term in terms:
        if term.key not in PROPERTY_TERMS:
            own.setdefault(term.key, term)
    return Vocabulary({**PROPERTY_TERMS, **own}) if own else SHIPPED
