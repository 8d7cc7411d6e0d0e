"""Past experiments: what a table says of them, looked at first, and kept as samples, processes and properties."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kiban.errors import InvalidValue, KibanError
from kiban.operations.audited import reads, saw
from kiban.operations.batch_parts import in_parts
from kiban.operations.changed_records import commit
from kiban.operations.discover import shown
from kiban.operations.experiments_batch import Given, Made, make
from kiban.operations.experiments_matched import Matched, match, said_of
from kiban.operations.experiments_structure import (
    KeptMapping,
    Structures,
    check_name,
    mapping_named,
    mappings,
    structures,
)
from kiban.operations.kept_files import kept_entry
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, place
from kiban.operations.progress import Phase, Progress, Told, nobody
from kiban.operations.resources import Resources
from kiban.operations.terms import vocabulary_of
from kiban.operations.uploaded_tables import read_table
from kiban.query.vocabulary import Vocabulary
from kiban.readers.experiments.meaning import Mapping, Meaning, Role, fitted
from kiban.readers.experiments.proposal import Proposed, propose
from kiban.readers.experiments.rows import Experiments, read_experiments
from kiban.readers.experiments.sheet import Sheet
from kiban.readers.experiments.told import Reason, Sureness
from kiban.records.file_entry import FileStatus
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import Scope, ScopeTerms, Tier
from kiban.store.catalog import Batch, Writing

_MOST_NAMED = 8
_LONGEST_TABLE = 200
_PART = 1000
"""So many records are written at a time: some seconds, on a slow machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """A table of experiments, and what is said of it.

    Parameters
    ----------
    content : bytes
        CSV or xlsx.
    name : str
        Of the file.
    mapping : Mapping, optional
        What its columns mean; proposed where it is not given.
    kept : str
        The name of a mapping: of the one to use, where none is given, and under which the one used is kept. Empty means
        the file's name, without its ending.
    table : str
        The name by which the table is known when a changed file of it comes; empty means the file's name.
    sheet : str
        Of a workbook.
    """

    content: bytes
    name: str
    mapping: Mapping | None = None
    kept: str = ""
    table: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a table says, nothing of it kept.

    Parameters
    ----------
    columns : tuple of Proposed
        What each column means, as it was proposed, kept or given.
    mapping : Mapping, optional
        All of them together; `None` where they contradict one another.
    kept : KeptMapping, optional
        The mapping of that name that there is.
    wrong : tuple of KibanError
        What is wrong with the mapping; the rows cannot be read then.
    made : Made, optional
        What would be made of the rows without faults.
    """

    sheet: Sheet
    table: str
    name: str
    columns: tuple[Proposed, ...]
    mapping: Mapping | None
    kept: KeptMapping | None
    wrong: tuple[KibanError, ...]
    experiments: Experiments
    made: Made | None
    told: tuple[str, ...]
    new_terms: tuple[str, ...]

    @property
    def can_be_kept(self) -> bool:
        """Whether some rows can be kept, leaving out those that are wrong."""
        return not self.wrong and bool(self.experiments.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was kept of a table."""

    table: str
    mapping: str
    status: str
    """`imported`, `changed` or `already there`."""
    rows: tuple[Record, ...]
    """The measurements that are new or changed."""
    made: Made
    left_out: tuple[int, ...]
    """Rows that were left out because of their faults."""
    told: tuple[str, ...]


@reads("previewed experiments")
def preview_experiments(asker: Asker, resources: Resources, file: TableFile) -> Preview:
    """Read a table and say what would be made of it, without keeping anything.

    Raises
    ------
    UnreadableFile
        If there is no table in the file.
    RecordNotFound
        If a mapping was asked for by a name and there is none of it.
    InvalidValue
        If the mapping that was given is of other columns.
    """
    sheet, table, name, kept = _read(asker, resources, file)
    known = vocabulary_of(asker, resources)
    columns = _columns(sheet, known, file, kept)
    told = [*_told_of(sheet, columns), *_told_twice(asker, resources, file.content, table)]
    wrong: list[KibanError] = []
    mapping: Mapping | None = None
    experiments = Experiments(rows=())
    made: Made | None = None
    try:
        mapping = _mapping(columns, file, kept)
        wrong.extend(mapping.check_terms(known))
    except KibanError as e:
        wrong.append(e)
    if mapping is not None and not wrong:
        experiments = read_experiments(sheet, mapping)
        try:
            made = _imagined(asker, resources, experiments, mapping, table, name, known)
        except KibanError as e:
            wrong.append(e)
    new = [
        each.meaning.key
        for each in columns
        if each.meaning.role is Role.PROPERTY and each.meaning.key not in known.terms
    ]
    saw(*_seen(made), details={"table": table})
    return Preview(
        sheet=sheet,
        table=table,
        name=name,
        columns=columns,
        mapping=mapping,
        kept=kept,
        wrong=tuple(wrong),
        experiments=experiments,
        made=made,
        told=tuple(told),
        new_terms=tuple(new),
    )


def keep_experiments(
    asker: Asker,
    resources: Resources,
    file: TableFile,
    *,
    leaves_out_wrong: bool = False,
    withdraws_missing: bool = False,
    placement: Placement = AS_THE_PROJECT_SAYS,
    told: Told = nobody,
) -> Imported:
    """Keep a table: its file as it came, and samples, processes, measurements and properties of its rows, in one
    transaction, and the mapping. The same file again changes nothing; a changed one makes next versions.

    Parameters
    ----------
    leaves_out_wrong : bool
        Keep the other rows where some have faults; otherwise one fault stops everything.
    withdraws_missing : bool
        Withdraw rows of earlier files of the table that are not in this one; otherwise they stay.
    told : callable
        Is told how far it has come. What it tells is kept only at the end, and together.

    Raises
    ------
    InvalidValue
        If the mapping contradicts itself or does not fit, or rows have faults that are not to be left out; up to eight
        are named by row and column.
    UnreadableFile, RecordNotFound
        As `preview_experiments`.
    Refused, Conflict
        If a name belongs to something else, or somebody else changed a record first.
    """
    told(Progress(Phase.READING))
    sheet, table, name, kept = _read(asker, resources, file)
    known = vocabulary_of(asker, resources)
    columns = _columns(sheet, known, file, kept)
    mapping = _mapping(columns, file, kept)
    for error in mapping.check_terms(known):
        raise error
    experiments = read_experiments(sheet, mapping)
    _check_faults(experiments, leaves_out_wrong=leaves_out_wrong, withdraws_missing=withdraws_missing)
    twice = tuple(_told_twice(asker, resources, file.content, table))
    told(Progress(Phase.COMPARING, 0, len(experiments.rows)))
    scope = place(asker, resources, placement)
    [blob] = resources.objects.put_many([file.content])
    visible, project = resources.visible(asker), resources.project_of(asker)
    made_with = structures(asker, resources, name, mapping, known, scope)
    path = shown(table)
    with resources.catalog.writing(visible, project=project) as writing:
        matched = match(asker, resources, writing, experiments.rows, table=table, mapping=name, scope=scope.number)
        entry = writing.existing_files([(path, blob.checksum)], first=scope.number).get((path, blob.checksum))
    given = Given(asker=asker, table=table, checksum=blob.checksum, mapping=name, made_with=made_with, scope=scope)
    made = make(given, _settled(matched, experiments), withdraws_missing=withdraws_missing)
    reason = f"It is the table of past experiments {table}: its rows are records."
    new = kept_entry(asker, resources, path, blob, scope=scope.number, reason=reason)
    # Read, though by no reader of instruments: nobody is to be told that it waits for one, nor is it read again by one.
    new = replace(new, status=FileStatus.STRUCTURED)
    batch = made.batch(made_with, blob, entry or new, is_new_file=entry is None)
    if batch.records or batch.files:
        batch = commit(asker, resources, batch, add=lambda writing, all_: _add(writing, all_, told))
    written = {record.id: record for record in batch.records}
    is_first = not made.n_changed and not made.n_unchanged
    is_changed = bool(made.rows or made.records)
    return Imported(
        table=table,
        mapping=name,
        status="imported" if is_first else "changed" if is_changed else "already there",
        rows=tuple(written[record.id] for record in made.rows),
        made=made,
        left_out=experiments.wrong_rows,
        told=(*_told_of(sheet, columns), *twice, *made.told, *_left_out(experiments)),
    )


def _add(writing: Writing, batch: Batch, told: Told) -> None:
    """Write it part by part, in the one transaction that has begun."""
    done, total = 0, len(batch.records)
    for part in in_parts(batch, _PART):
        told(Progress(Phase.WRITING, done, total))
        writing.add(part)
        done += len(part.records)
    told(Progress(Phase.FINISHING, done, total))


def _read(asker: Asker, resources: Resources, file: TableFile) -> tuple[Sheet, str, str, KeptMapping | None]:
    base = re.split(r"[/\\]", file.name)[-1] or "table"
    table = " ".join((file.table or base).split())
    if not table or len(table) > _LONGEST_TABLE:
        raise InvalidValue(f"A table was to be called '{table[:80]}'.", mend=f"Use 1 to {_LONGEST_TABLE} characters.")
    sheet = read_table(resources, file.content, base, sheet=file.sheet)
    stem = base.rpartition(".")[0] or base
    if file.kept and file.mapping is None:
        kept: KeptMapping | None = mapping_named(asker, resources, file.kept)
    else:
        name = check_name(file.kept or stem[:100])
        project = resources.working_in(asker)
        there = [e for e in mappings(asker, resources) if e.name == name and e.kept.record.project == project]
        kept = there[0] if there else None
    return sheet, table, kept.name if kept is not None else check_name(file.kept or stem[:100]), kept


def _columns(sheet: Sheet, known: Vocabulary, file: TableFile, kept: KeptMapping | None) -> tuple[Proposed, ...]:
    """As given; as kept, as far as headers are the same; else as proposed."""
    proposed = _without_said(sheet, known, kept)
    if file.mapping is not None:
        found = fitted(file.mapping, sheet.headers)
        strangers = [header for header, each in zip(sheet.headers, found, strict=True) if each is None]
        extra = len(file.mapping.columns) - (len(sheet.headers) - len(strangers))
        if strangers or extra:
            named = ", ".join(f"'{header[:60]}'" for header in strangers[:_MOST_NAMED]) or "none"
            raise InvalidValue(
                f"The mapping is of other columns: {named} of the file are not in it, and {extra} of it are not in the "
                "file.",
                mend="Take the mapping of a preview of this file, and change what is wrong there.",
            )
        given = [each for each in found if each is not None]
        return tuple(
            there if there.meaning == each else _as_given(each, Reason.GIVEN)
            for each, there in zip(given, proposed, strict=True)
        )
    return proposed


def _without_said(sheet: Sheet, known: Vocabulary, kept: KeptMapping | None) -> tuple[Proposed, ...]:
    """What the columns mean where nobody says it now."""
    proposed = propose(sheet, known)
    if kept is None:
        return proposed
    found = fitted(kept.mapping, sheet.headers)
    as_kept = [
        _as_given(each, Reason.KEPT) if each is not None else new for each, new in zip(found, proposed, strict=True)
    ]
    return tuple(as_kept)


def _as_given(meaning: Meaning, reason: Reason) -> Proposed:
    return Proposed(meaning=meaning, sureness=Sureness.SURE, reason=reason)


def _mapping(columns: Sequence[Proposed], file: TableFile, kept: KeptMapping | None) -> Mapping:
    base = file.mapping or (kept.mapping if kept is not None else None)
    said = {"balance": base.balance, "decimal": base.decimal} if base is not None else {}
    return Mapping(columns=tuple(each.meaning for each in columns), **said)


def _imagined(
    asker: Asker,
    resources: Resources,
    experiments: Experiments,
    mapping: Mapping,
    table: str,
    name: str,
    known: Vocabulary,
) -> Made:
    """What would be made, in a scope that is none."""
    project = resources.project_of(asker)
    scope = Scope.numbered(0, ScopeTerms(project=project, tier=Tier.CLOSED))
    made_with: Structures = structures(asker, resources, name, mapping, known, scope)
    with resources.catalog.writing(resources.visible(asker), project=project) as writing:
        matched = _settled(match(asker, resources, writing, experiments.rows, table=table, mapping=name), experiments)
    given = Given(asker=asker, table=table, checksum="0" * 64, mapping=name, made_with=made_with, scope=scope)
    return make(given, matched)


def _settled(matched: Matched, experiments: Experiments) -> Matched:
    """Where rows have faults, these may be why earlier rows are not found again: none is taken to be missing."""
    return replace(matched, missing=()) if experiments.wrong_rows else matched


def _seen(made: Made | None) -> list[Record]:
    """The records that a preview tells of."""
    return [] if made is None else [record for record in made.records if record.version > 1]


def _check_faults(experiments: Experiments, *, leaves_out_wrong: bool, withdraws_missing: bool) -> None:
    if not experiments.n_faults:
        return
    if not leaves_out_wrong:
        named = [f"{fault} {fault.mend}" for fault in experiments.faults[:_MOST_NAMED]]
        more = experiments.n_faults - len(named)
        raise InvalidValue(
            " ".join(named) + (f" {more} more." if more > 0 else ""),
            mend="Nothing was kept: mend these cells, change the mapping, or say that these rows are left out.",
        )
    if not experiments.rows:
        raise InvalidValue(
            f"All {len(experiments.wrong_rows)} rows have faults.", mend="Look at the preview, and change the mapping."
        )
    if withdraws_missing:
        raise InvalidValue(
            f"{len(experiments.wrong_rows)} rows have faults, so it is not clear which rows are missing.",
            mend="Mend these rows first, or withdraw nothing.",
        )


def _told_of(sheet: Sheet, columns: Sequence[Proposed]) -> Iterator[str]:
    if sheet.other_sheets:
        named = ", ".join(sheet.other_sheets[:_MOST_NAMED])
        yield f"The sheet {sheet.sheet} is read; the workbook has others that are not: {named}."
    if sheet.errors:
        named = ", ".join(sheet.errors[:_MOST_NAMED])
        yield f"A calculation failed, or was never done, in {named}: these cells count as empty."
    ignored = [each.meaning.header for each in columns if each.meaning.role is Role.IGNORED]
    if ignored:
        more = f" and {len(ignored) - _MOST_NAMED} more" if len(ignored) > _MOST_NAMED else ""
        named = ", ".join(ignored[:_MOST_NAMED]) + more
        yield f"Not kept but in the file: {named}."


def _told_twice(asker: Asker, resources: Resources, content: bytes, table: str) -> Iterator[str]:
    """Whether the same file was imported by another name: a browser calls its copy `past (1).csv`."""
    visible = resources.visible(asker)
    for entry in resources.catalog.files(visible, checksum=hashlib.sha256(content).hexdigest()):
        for record in resources.catalog.records_of_file(entry.id, visible)[:1]:
            other = said_of(record).get("table")
            if record.project == resources.working_in(asker) and isinstance(other, str) and other != table:
                yield (
                    f"The same file is imported as the table '{other[:200]}' already: its experiments count twice if "
                    f"it is kept as '{table[:200]}', too. Keep it as '{other[:200]}', or withdraw one of them."
                )
                return


def _left_out(experiments: Experiments) -> Iterator[str]:
    if experiments.wrong_rows:
        more = f" and {len(experiments.wrong_rows) - 20} more" if len(experiments.wrong_rows) > 20 else ""
        rows = ", ".join(map(str, experiments.wrong_rows[:20])) + more
        yield f"Left out because of their faults: rows {rows}."
