"""The vocabulary of property terms: what comes with Kiban, and what a laboratory adds, changes and merges."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from kiban.errors import Conflict, InvalidValue, RecordNotFound
from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import check_version, commit, event_of, new_record, next_version
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, place
from kiban.operations.resources import Resources
from kiban.quantity.unit import is_compatible, is_known
from kiban.query.question import Comparison, Known, Operator
from kiban.query.vocabulary import SHIPPED, Vocabulary, as_label, with_terms
from kiban.records.document import from_json, to_json
from kiban.records.event import Event
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope
from kiban.records.term import PropertyTerm
from kiban.store.catalog import Batch, Facet

_PAGE = 500
_QUANTITY = re.compile(r"[-+−]?[\d.]+(?:[eE][-+−]?\d+)?\s*(.*)")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A property term with its record, which those that come with Kiban do not have."""

    term: PropertyTerm
    record: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermUse:
    """A term and what there is of it, as far as the asker may see it."""

    term: Term
    same: tuple[Term, ...]
    """The terms that were merged with it, directly or over others."""
    n_samples: int
    n_measurements: int
    """How many samples and measurements have a value of the term itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What a merge brings: questions about any of these terms will ask for all of them."""

    one: TermUse
    into: TermUse


def own_terms(asker: Asker, resources: Resources) -> tuple[Term, ...]:
    """The terms that laboratories have added: those of the asker's project first, then in order of age."""
    visible = resources.visible(asker)
    question = Comparison("kind", Operator.EQUAL, RecordKind.TERM.value)
    records: list[Record] = []
    after: str | None = None
    while True:
        page = resources.catalog.find(question, visible, limit=_PAGE, after=after)
        records.extend(page.records)
        after = page.next
        if after is None:
            break
    records.sort(key=lambda record: (record.project != resources.working_in(asker), record.id))
    return tuple(Term(term=from_json(dict(record.document), PropertyTerm), record=record) for record in records)


def vocabulary_of(asker: Asker, resources: Resources) -> Vocabulary:
    """All terms that the asker may use in questions. Ask once for each request: it reads the catalog."""
    return _vocabulary(tuple(own.term for own in own_terms(asker, resources)))


@lru_cache(maxsize=16)
def _vocabulary(own: tuple[PropertyTerm, ...]) -> Vocabulary:
    return with_terms(own)


@reads("listed terms")
def list_terms(asker: Asker, resources: Resources, text: str = "") -> tuple[Term, ...]:
    """The terms whose key, names, synonyms or symbol have the text; all of them where there is none."""
    wanted = as_label(text)
    found = tuple(each for each in _all(asker, resources).values() if wanted in _searched(each.term))
    saw(*(each.record for each in found if each.record is not None), n=len(found))
    return found


def _searched(term: PropertyTerm) -> str:
    return "\n".join(map(as_label, (term.key, term.symbol, *term.labels)))


def _all(asker: Asker, resources: Resources) -> dict[str, Term]:
    """Every term by key."""
    found = {key: Term(term=term) for key, term in SHIPPED.terms.items()}
    for own in own_terms(asker, resources):
        found.setdefault(own.term.key, own)
    return found


@reads("read term")
def get_term(asker: Asker, resources: Resources, name: str) -> TermUse:
    """A term by its key, a name or synonym, or the identifier of its record.

    Raises
    ------
    RecordNotFound
        If there is none that the asker may see.
    """
    terms = _all(asker, resources)
    use = _use(asker, resources, _named(terms, name), terms)
    saw(*(each.record for each in (use.term, *use.same) if each.record is not None), term=use.term.term.key)
    return use


def _named(terms: dict[str, Term], name: str) -> Term:
    known = with_terms(own.term for own in terms.values())
    found = terms.get(known.path(name)) or next(
        (own for own in terms.values() if own.record is not None and name in {own.record.pid, str(own.record.id)}), None
    )
    if found is None:
        raise RecordNotFound(name)
    return found


def _use(asker: Asker, resources: Resources, term: Term, terms: dict[str, Term]) -> TermUse:
    key = term.term.key
    same = with_terms(own.term for own in terms.values()).same_as(key)
    counts = dict(resources.catalog.facets(Known(key, True), resources.visible(asker), Facet.KIND))
    return TermUse(
        term=term,
        same=tuple(terms[other] for other in same if other != key),
        n_samples=counts.get(RecordKind.SAMPLE.value, 0),
        n_measurements=counts.get(RecordKind.MEASUREMENT.value, 0),
    )


def add_term(
    asker: Asker, resources: Resources, term: PropertyTerm, *, placement: Placement = AS_THE_PROJECT_SAYS
) -> Term:
    """Keep a new term.

    Raises
    ------
    Conflict
        If its key or one of its names is taken; the fault says by which term.
    InvalidValue
        If its unit is not known, or its IRI is none.
    """
    record, event = new_term(asker, term, vocabulary_of(asker, resources), place(asker, resources, placement))
    batch = commit(asker, resources, Batch(records=(record,), events=(event,)))
    return Term(term=term, record=batch.records[0])


def new_term(asker: Asker, term: PropertyTerm, known: Vocabulary, scope: Scope) -> tuple[Record, Event]:
    """The record of a new term, to be written by the caller. Raises as `add_term`."""
    if term.merged_into:
        raise InvalidValue(f"The new term {term.key} is merged already.", mend="Add it first, then merge it.")
    _check(term, known.terms.values())
    record = replace(new_record(asker, RecordKind.TERM, term.name("en"), to_json(term), scope=scope), key=term.key)
    return record, event_of(asker, record, "added term")


def change_term(
    asker: Asker, resources: Resources, name: str, term: PropertyTerm, *, expected: int | None = None
) -> Term:
    """Keep the next version of a term: other names, synonyms, symbol, description, or unit of the same dimension.

    Parameters
    ----------
    expected : int, optional
        The version that the change was made on.

    Raises
    ------
    RecordNotFound
    Conflict
        If the term has another version by now, or a name is taken; the fault says by which term.
    InvalidValue
        If nothing changes, or the key would, or the dimension of a term that has values or is merged, or the term
        comes with Kiban.
    """
    before = get_term(asker, resources, name)
    record = _own(before.term, "changed")
    check_version(record, expected)
    old, after = before.term.term, replace(term, merged_into=before.term.term.merged_into)
    if after.key != old.key:
        raise InvalidValue(
            f"The term {old.key} would become {after.key}.",
            mend="Values are kept under the key: change the names, or add a term and merge this one into it.",
        )
    if after == old:
        raise InvalidValue(f"{old.key} would stay as it is.", mend="Change something, then save it.")
    others = vocabulary_of(asker, resources).terms.values()
    _check(after, (other for other in others if other.key != old.key))
    if not _same_dimension(old, after) and (before.n_samples or before.n_measurements or before.same):
        raise InvalidValue(
            f"{old.key} is measured in {_unit(old)} and would be in {_unit(after)}; it has values, or is merged.",
            mend="Keep the dimension. For another property add another term.",
        )
    return _next(asker, resources, record, after, "changed term")


@reads("read term")
def preview_merge(asker: Asker, resources: Resources, one: str, into: str) -> Merge:
    """What `merge_terms` would bring together. Raises as it does, and changes nothing."""
    terms = _all(asker, resources)
    merged, other = _named(terms, one), _named(terms, into)
    _own(merged, "merged into another")
    known = with_terms(own.term for own in terms.values())
    if other.term.key in known.same_as(merged.term.key):
        raise InvalidValue(f"{merged.term.key} and {other.term.key} are the same term already.", mend="Nothing to do.")
    if merged.term.merged_into:
        raise InvalidValue(
            f"{merged.term.key} is merged into {merged.term.merged_into}.", mend="Take that merge back first."
        )
    if not _same_dimension(merged.term, other.term):
        raise InvalidValue(
            f"{merged.term.key} is measured in {_unit(merged.term)}, {other.term.key} in {_unit(other.term)}.",
            mend="Only terms of the same dimension can be the same property.",
        )
    saw(*(each.record for each in (merged, other) if each.record is not None), term=merged.term.key)
    return Merge(one=_use(asker, resources, merged, terms), into=_use(asker, resources, other, terms))


def merge_terms(asker: Asker, resources: Resources, one: str, into: str, *, expected: int | None = None) -> Merge:
    """Say that a term is the same as another. Questions about either ask for both; no value is touched.

    The merge is a next version of the term, which `undo_merge` takes back.

    Raises
    ------
    RecordNotFound
    Conflict
        If the term has another version by now.
    InvalidValue
        If they differ in dimension, are the same already, or the term to be merged comes with Kiban.
    """
    merge = preview_merge(asker, resources, one, into)
    record, key = _own(merge.one.term, "merged into another"), merge.into.term.term.key
    check_version(record, expected)
    after = _next(asker, resources, record, replace(merge.one.term.term, merged_into=key), "merged term", into=key)
    return Merge(one=replace(merge.one, term=after), into=merge.into)


def undo_merge(asker: Asker, resources: Resources, name: str, *, expected: int | None = None) -> Term:
    """Take a merge back: questions tell the two terms apart again. Raises as `change_term`."""
    found = get_term(asker, resources, name).term
    record = _own(found, "parted")
    check_version(record, expected)
    if not found.term.merged_into:
        raise InvalidValue(f"{found.term.key} is not merged into another term.", mend="Name the one that was merged.")
    after = replace(found.term, merged_into="")
    return _next(asker, resources, record, after, "parted term", into=found.term.merged_into)


def _next(asker: Asker, resources: Resources, record: Record, term: PropertyTerm, action: str, **details: str) -> Term:
    kept = next_version(asker, record, title=term.name("en"), document=to_json(term))
    commit(asker, resources, Batch(records=(kept,), events=(event_of(asker, kept, action, details),)))
    return Term(term=term, record=kept)


def _own(term: Term, deed: str) -> Record:
    if term.record is None:
        raise InvalidValue(
            f"{term.term.key} comes with Kiban and cannot be {deed}.",
            mend="Add a term of your own with the names you use, and merge it into this one.",
        )
    return term.record


def _check(term: PropertyTerm, others: Iterable[PropertyTerm]) -> None:
    if not is_known(term.unit):
        raise InvalidValue(
            f"The term {term.key} has the unit '{term.unit}', which is not known.",
            mend="Write it like degC, MPa or mA*h/g; leave it empty for a plain number.",
        )
    if term.iri and not _IRI.fullmatch(term.iri):
        raise InvalidValue(f"'{term.iri[:100]}' is not an IRI.", mend="Write it whole: http://...")
    for label in term.labels:
        quantity = _QUANTITY.fullmatch(label.strip())
        if quantity is not None and is_known(quantity[1]):
            raise InvalidValue(f"'{label}' reads as a quantity.", mend="Choose a name that is none.")
    taken = Vocabulary({other.key: other for other in others})
    names = [as_label(name) for name in (term.key, *term.labels)]
    for name in names:
        owner = taken.owner_of(name)
        if owner is not None:
            raise Conflict(
                f"'{name}' already stands for {owner}.",
                mend=f"Choose another name; if it is the same property, use {owner}, or merge the two.",
            )


def _same_dimension(one: PropertyTerm, other: PropertyTerm) -> bool:
    return one.has_any_unit == other.has_any_unit and is_compatible(one.unit, other.unit)


def _unit(term: PropertyTerm) -> str:
    return "any unit" if term.has_any_unit else term.unit or "plain numbers"
