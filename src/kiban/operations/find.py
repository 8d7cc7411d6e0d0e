"""Search, inside what the asker may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from kiban.operations.audited import reads, saw
from kiban.operations.facet_names import names_of
from kiban.operations.names_in_questions import names_for
from kiban.operations.ranking import NEARNESS, RELEVANCE, asked_order, asked_words, shown_places
from kiban.operations.resources import Resources
from kiban.operations.similar import look_up
from kiban.operations.sorting import SortedBy, order_of, sorted_by, written
from kiban.operations.templates import Kept, list_templates
from kiban.operations.terms import vocabulary_of
from kiban.query.field_units import field_units, with_field_units
from kiban.query.highlights import Highlight
from kiban.query.named import Names, asks_for_name, with_identifiers
from kiban.query.parse import parse
from kiban.query.path_errors import path_doubts
from kiban.query.process_vocabulary import with_processes
from kiban.query.question import EVERYTHING, Question
from kiban.query.relevance import RANKED
from kiban.query.renamed import asks_for_field, with_former_names
from kiban.query.settled import settled
from kiban.query.similar import asks_for_similar, ordering, with_nearest
from kiban.query.slips import doubts, why_nothing
from kiban.query.sorting import Order
from kiban.query.vocabulary import PROCESS_WORDS, SHIPPED, Vocabulary
from kiban.query.words import fold
from kiban.records.field import renamed_paths
from kiban.records.likeness import Near
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible, having_numbers
from kiban.store.catalog import Count, Counts, Page
from kiban.store.catalog import Facet as Facet  # callers name the facets they want
from kiban.store.ranked_paging import Ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record as a list shows it."""

    id: str
    kind: str
    title: str
    tier: str
    technique: str | None
    sample: str | None
    """Name of the sample."""
    sample_id: str | None
    file: str | None
    started_at: str | None
    created_at: datetime
    preview: tuple[tuple[float, float], ...] = ()
    axis: str | None = None
    """Name of the variable that the preview is drawn against."""
    doubts: int = 0
    """How many doubts its reader or its analyses had."""
    highlights: tuple[Highlight, ...] = ()
    """Where the words of the question stand in it, the weightiest fields first."""
    nearness: float | None = None
    """How near it is to what it was asked to be similar to, from 0 to 1; `None` where that was not asked."""
    sorted_by: SortedBy | None = None
    """What it is sorted by, where something was asked for and is known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Part of an answer. `next` starts the part after it; `total` and `facets` are of the whole."""

    hits: tuple[Hit, ...]
    total: int
    total_is_estimate: bool = False
    """To count them takes long, and nobody asked for an exact number."""
    next: str | None = None
    sort: str = ""
    """`relevance`, `nearness`, or the path that they are sorted by, with `-` before it where the greatest comes first;
    else the newest does."""
    ranked: int | None = None
    """So many are sorted by relevance, the newest of them; the others follow newest first. `None` where all are."""
    has_words: bool = False
    """Answers can be sorted by relevance: the question asks for words, and not for what is similar."""
    facets: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    estimated: frozenset[str] = frozenset()
    """The facets whose counts were worked out from a sample."""
    slips: tuple[str, ...] = ()
    """What in the question may be a slip of the pen: names that nothing has, each with the nearest that there is."""
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    """By facet, what values are called that are identifiers, as far as the asker may know."""


def ask(text: str, known: Vocabulary = SHIPPED) -> Question:
    """Read a question; nothing asked means everything. Raises InvalidQuestion."""
    return parse(text, known) if text.strip() else EVERYTHING


class LookedUp:
    """What names of the catalog a question may need, looked up once however many questions there are."""

    def __init__(self, asker: Asker, resources: Resources) -> None:
        self._asker, self._resources = asker, resources
        self._asked: dict[str, tuple[Question, Vocabulary]] = {}

    @cached_property
    def known(self) -> Vocabulary:
        """The terms."""
        return vocabulary_of(self._asker, self._resources)

    @cached_property
    def templates(self) -> tuple[Kept, ...]:
        """The templates that the asker sees."""
        return list_templates(self._asker, self._resources)

    @cached_property
    def names(self) -> Names:
        """People, projects and agreements that the asker may know of."""
        return names_for(self._asker, self._resources)

    def asked(self, text: str, known: Vocabulary | None = None) -> tuple[Question, Vocabulary]:
        """A question as it is written, and what it may name. Raises InvalidQuestion."""
        if text not in self._asked:
            known = known if known is not None else self.known
            if _may_name_process(text):
                own = with_processes({kept.record.pid: kept.template for kept in self.templates})
                known = replace(known, own_processes=own)
            self._asked[text] = ask(text, known), known
        return self._asked[text]


def understood(
    asker: Asker,
    resources: Resources,
    text: str,
    known: Vocabulary | None = None,
    *,
    looked_up: LookedUp | None = None,
) -> Question:
    """Read a question as the catalog answers it: its names are those that the asker may use.

    These are the terms of the catalog, merged ones together, the templates of processes, all names that fields have
    had, and people, projects and agreements.

    Parameters
    ----------
    known : Vocabulary, optional
        The terms, where they have been read already.
    looked_up : LookedUp, optional
        The same for several questions.

    Raises
    ------
    InvalidQuestion
    """
    if not text.strip():
        return EVERYTHING
    looked_up = looked_up or LookedUp(asker, resources)
    question = settled(*looked_up.asked(text, known))
    if asks_for_name(question):
        question = with_identifiers(question, looked_up.names)
    if asks_for_similar(question):
        question = with_nearest(question, partial(look_up, asker, resources))
    if not asks_for_field(question):
        return question
    units = field_units(kept.template.fields for kept in looked_up.templates)
    question = with_field_units(question, units, looked_up.asked(text, known)[1].processes)
    first: dict[str, frozenset[str]] = {}
    for kept in looked_up.templates:
        for now, before in renamed_paths(kept.template.fields).items():
            first[now] = first.get(now, frozenset()) | {before}
    return with_former_names(question, first)


def _may_name_process(text: str) -> bool:
    folded = fold(text)
    return any(word in folded for word in PROCESS_WORDS)


def _said(order: Order | None) -> str:
    return "" if order is None else written(order)


@reads("searched", at_one_moment=True)
def find(
    asker: Asker,
    resources: Resources,
    text: str,
    *,
    limit: int = 50,
    after: str | None = None,
    facets: Iterable[Facet] = (),
    exact: bool = False,
    sort: str = "",
) -> Answer:
    """Find records, newest first, or in the order of what they say; where what is similar is asked for, the nearest
    first.

    Parameters
    ----------
    exact : bool
        Count all that answer, however many. Unless this is asked for, what would take long is estimated.
    sort : str
        `relevance` for those first that the words of the question fit best; of a question without words the newest
        come first. Or a path of questions, or a name of one; with `-` before it the greatest comes first. Where what is
        similar is asked for, the nearest come first in any case.

    Raises
    ------
    InvalidQuestion
        If the question cannot be understood; it says where the trouble starts. Or if nothing can be sorted by that.
    """
    looked_up = LookedUp(asker, resources)
    question = understood(asker, resources, text, looked_up=looked_up)
    visible = resources.visible(asker)
    near = ordering(question)
    order, words = order_of(sort, looked_up) if near is None else None, asked_words(question)
    page: Page | Ranked
    if asked_order(sort) == RELEVANCE and words and near is None:
        page = resources.catalog.ranked(question, visible, limit=limit, after=after)
    else:
        page = resources.catalog.find(question, visible, limit=limit, after=after, order=order)
    # What is similar is soon counted: it is a few hundred at most.
    if exact or near is not None:
        counts = resources.catalog.count_by_scope(visible, question)
        count = Count(sum(counts.values()), scopes=frozenset(counts))
    else:
        count = resources.catalog.count_about(question, visible)
    details: dict[str, Any] = {"question": text} if text.strip() else {}
    if count.is_estimate:
        details["n_is_estimate"] = True
    scopes = count.scopes | {record.scope for record in page.records}
    saw(scopes=scopes, n=count.n, details=details)
    facets = tuple(dict.fromkeys(facets))
    counted = _counted(resources, question, visible, facets, count, looked_up) if facets else {}
    found = hits(resources, page.records, visible, near=near)
    if words:
        lit = zip(found, shown_places(resources, visible, page.records, words), strict=True)
        found = tuple(replace(hit, highlights=places) for hit, places in lit)
    if order is not None and isinstance(page, Page):
        keyed = zip(found, page.records, page.keys, strict=True)
        known = looked_up.known
        found = tuple(replace(hit, sorted_by=sorted_by(r, key, order, known, hit.sample)) for hit, r, key in keyed)
    return Answer(
        hits=found,
        total=count.n,
        total_is_estimate=count.is_estimate,
        next=page.next,
        sort=RELEVANCE if isinstance(page, Ranked) else NEARNESS if near is not None else _said(order),
        ranked=RANKED if isinstance(page, Ranked) and page.is_cut else None,
        has_words=bool(words) and near is None,
        facets={facet.value: counts.values for facet, counts in counted.items()},
        estimated=frozenset(facet.value for facet, counts in counted.items() if counts.is_estimate),
        slips=(
            *(_slips(looked_up.asked(text), question, count.n) if text.strip() else ()),
            *(path_doubts(order.path, looked_up.known) if order is not None else ()),
        ),
        names=names_of(facets, counted, looked_up),
    )


def _slips(asked: tuple[Question, Vocabulary], settled: Question, n: int) -> tuple[str, ...]:
    return (*doubts(*asked), *(() if n else why_nothing(settled, asked[1])))


def _counted(
    resources: Resources,
    question: Question,
    visible: Visible,
    facets: tuple[Facet, ...],
    count: Count,
    looked_up: LookedUp,
) -> dict[Facet, Counts]:
    known = map(UUID, looked_up.names.by_path["project"]) if Facet.PROJECT in facets else ()
    return resources.catalog.narrowing(question, visible, facets, count=count, projects=frozenset(known))


def hits(
    resources: Resources, records: Iterable[Record], visible: Visible, *, near: tuple[Near, ...] | None = None
) -> tuple[Hit, ...]:
    """Dress records for a list: with the names of their samples and their tiers, and how near they are."""
    records = tuple(records)
    nearness = {each.record: each.nearness.score for each in near or ()}
    samples = resources.catalog.get_many({r.sample for r in records if r.sample is not None}, visible)
    of_page = having_numbers(resources.scopes(), (record.scope for record in records))
    tiers = {scope.number: scope.tier.value for scope in of_page}
    dressed = []
    for record in records:
        sample = samples.get(record.sample) if record.sample is not None else None
        document = record.document
        dressed.append(
            Hit(
                id=record.pid,
                kind=record.kind.value,
                title=record.title,
                tier=tiers[record.scope],
                technique=document.get("technique"),
                sample=sample.title if sample is not None else None,
                sample_id=sample.pid if sample is not None else None,
                file=document.get("file_name"),
                started_at=document.get("started_at"),
                created_at=record.created_at,
                preview=tuple(map(tuple, document.get("preview", ()))),
                axis=axis_name(document),
                doubts=_n_doubts(record),
                nearness=nearness.get(record.id),
            )
        )
    return tuple(dressed)


def axis_name(document: Mapping[str, Any]) -> str | None:
    """The variable that a measurement's signals are drawn against, if it has one."""
    return next((v["name"] for v in document.get("variables", ()) if v.get("role") == "axis"), None)


def _n_doubts(record: Record) -> int:
    if record.kind is not RecordKind.MEASUREMENT:
        return 0
    analyses = record.document.get("analyses", ())
    return len(record.document.get("doubts", ())) + sum(len(a.get("doubts", ())) for a in analyses)
