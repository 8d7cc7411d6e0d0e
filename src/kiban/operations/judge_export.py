"""Judging whether records are listed technology: who judged, on what ground, and what follows for who may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from kiban.access.release import HeldBack, held_back
from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.audited import reads, saw
from kiban.operations.export_gate import check_publication
from kiban.operations.find import understood
from kiban.operations.resources import Resources, require_act
from kiban.operations.show import resolve
from kiban.records.event import Event
from kiban.records.parties.export_control import ExportClass
from kiban.records.party import Act, Asker
from kiban.records.record import Record
from kiban.records.scope import Scope, ScopeTerms, Tier, Visible
from kiban.store.catalog import Batch

JUDGED = "judged export"
"""The action of the event in which a judgement is kept."""
_PAGE = 500
_LONGEST_GROUND = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportJudgement:
    """What a record is taken to be, and why."""

    export_class: ExportClass
    item: str | None
    ground: str
    """Empty where nobody has judged the record itself: it has the class its project gives."""
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came of it."""

    n_records: int
    n_changed: int
    """Of these, those that had another class before."""
    held_back: tuple[HeldBack, ...]
    """Who no longer sees them, or not yet, because of it."""


@reads("read export judgement")
def judgement_of(asker: Asker, resources: Resources, identifier: str) -> ExportJudgement:
    """What a record is taken to be. Raises RecordNotFound."""
    visible = resources.visible(asker)
    record = resources.catalog.get(resolve(identifier), visible)
    saw(record, subject=record.pid)
    scope = _scopes(resources)[record.scope]
    events = resources.catalog.events(visible, subject=record.id, limit=500)
    last = next((event for event in events if event.action == JUDGED), None)
    return ExportJudgement(
        export_class=scope.export_class,
        item=scope.export_item,
        ground=str(last.details.get("ground", "")) if last else "",
        by=last.actor if last else "",
        at=last.at if last else None,
    )


def judge_export(
    asker: Asker,
    resources: Resources,
    export_class: ExportClass,
    *,
    ground: str,
    item: str | None = None,
    identifiers: Iterable[str] = (),
    question: str | None = None,
) -> Judged:
    """Say what records are. Their tier, agreement, embargo and invitations stay as they are.

    Parameters
    ----------
    ground : str
        Why: the paragraph of a list, an expert's opinion, a licence. It is kept with the record.
    item : str, optional
        The item number of what is listed, such as `外為令別表 5 (1)` or `EAR 3E001`.
    identifiers, question
        Which records: named ones, or all that answer a question. Those of one project change together or not at all.

    Raises
    ------
    Refused
        If the asker may not judge, or a record is open and what it would be is not published.
    RecordNotFound
        If one of the records is not there or not visible.
    InvalidValue
        If the ground is missing, or the item does not fit the class.
    """
    require_officer(asker)
    ground, item = ground.strip(), (item or "").strip() or None
    _check(export_class, item, ground)
    seen = resources.visible(asker)
    records = list(_wanted(asker, resources, seen, identifiers, question))
    scopes = _scopes(resources)
    n_changed = 0
    reached: set[int] = set()
    for project, group in _by_project(records).items():
        moves = {}
        for record in group:
            before = scopes[record.scope]
            after = _with_class(resources, before, export_class, item)
            check_publication(resources, after)
            moves[record.id] = after.number
            reached.add(after.number)
            n_changed += after.number != before.number
        # An officer may judge what they see, also where they may change nothing else.
        view = Visible(seen.numbers | frozenset(moves.values()))
        details = {"class": export_class.value, "item": item, "ground": ground}
        now = datetime.now(UTC)
        # Why something is listed is the project's business, whoever else sees the record.
        own = resources.catalog.ensure_scope(ScopeTerms(project=project, tier=Tier.CLOSED)).number
        view = Visible(view.numbers | {own})
        events = tuple(
            Event(at=now, actor=asker.party, action=JUDGED, subject=record, scope=own, details=details)
            for record in moves
        )
        with resources.catalog.writing(view, project=project) as writing:
            writing.move(moves)
            writing.add(Batch(events=events))
    directory = resources.directory.load()
    kept = held_back(directory, [s for s in resources.catalog.scopes() if s.number in reached], datetime.now(UTC))
    return Judged(n_records=len(records), n_changed=n_changed, held_back=kept)


def require_officer(asker: Asker) -> None:
    """Refuse whoever does not judge exports here. Raises Refused."""
    require_act(asker, Act.ADMINISTER)
    if not asker.is_export_officer:
        raise Refused(
            "You do not judge exports here.", mend="Ask the person in charge of export control (輸出管理責任者)."
        )


def _check(export_class: ExportClass, item: str | None, ground: str) -> None:
    if not 1 <= len(ground) <= _LONGEST_GROUND:
        raise InvalidValue(
            f"The ground of the judgement has {len(ground)} characters.",
            mend=f"Say in 1 to {_LONGEST_GROUND} characters why: the paragraph of a list, or whose opinion it is.",
        )
    if (item is not None) != (export_class is ExportClass.LISTED):
        raise InvalidValue(
            f"A judgement '{export_class}' came with item {item}.",
            mend="Give the item number for what is listed, and for nothing else.",
        )


def _wanted(
    asker: Asker, resources: Resources, seen: Visible, identifiers: Iterable[str], question: str | None
) -> Iterator[Record]:
    for identifier in identifiers:
        yield resources.catalog.get(resolve(identifier), seen)
    if question is None:
        return
    asked = understood(asker, resources, question)
    after: str | None = None
    n_found = 0
    while True:
        page = resources.catalog.find(asked, seen, limit=_PAGE, after=after)
        n_found += len(page.records)
        yield from page.records
        after = page.next
        if after is None:
            break
    if not n_found:
        raise RecordNotFound(question)


def _by_project(records: Iterable[Record]) -> dict[UUID, list[Record]]:
    found: defaultdict[UUID, list[Record]] = defaultdict(list)
    for record in records:
        found[record.project].append(record)
    return dict(found)


def _with_class(resources: Resources, scope: Scope, export_class: ExportClass, item: str | None) -> Scope:
    wanted = replace(scope, export_class=export_class, export_item=item)
    if wanted == scope:
        return scope
    return resources.catalog.ensure_scope(wanted)


def _scopes(resources: Resources) -> dict[int, Scope]:
    return {scope.number: scope for scope in resources.catalog.scopes()}
