"""Files that laboratories give as results: deposited, read, and searched for the outcomes of a campaign.

A table of what was set and what came out becomes a sample, a process, a measurement and properties, as any table of
past experiments does. Any other file is deposited as files of instruments are: its outcomes are the properties that an
analysis finds in it. The same file again is found to be there.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import replace

from kiban.errors import InvalidValue, UnreadableFile
from kiban.laboratory.contract import ResultFile
from kiban.operations.campaign_results import outcomes_from
from kiban.operations.deposit import deposit_stream
from kiban.operations.discover import shown
from kiban.operations.past_experiments import TableFile, keep_experiments
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, scope_of
from kiban.operations.resources import Resources
from kiban.operations.result_columns import result_columns, says_outcome
from kiban.operations.terms import vocabulary_of
from kiban.operations.uploaded_tables import read_table
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Outcome
from kiban.readers.experiments.sheet import Sheet
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import Tier

_TABLES = (".csv", ".tsv", ".xlsx")


def outcomes_of_file(
    asker: Asker,
    resources: Resources,
    record: Record,
    campaign: Campaign,
    identity: str,
    file: ResultFile,
    *,
    condition: AnyMapping[str, str] | None = None,
    sample: str = "",
) -> tuple[Outcome, ...]:
    """Keep a result's file beside its campaign, and find in it what the campaign asks for.

    Parameters
    ----------
    record : Record
        Of the campaign: the file goes to its project and tier.
    identity : str
        Of the submission; the sample is called after it, unless the file names it.
    condition : mapping of str to str
        Which of several values of a term is meant, of a file that is no table: `{"cycle": "1"}`.
    sample : str
        What to call the sample of a file that is no table and names none.

    Raises
    ------
    InvalidValue
        If it says nothing of the outcomes, or cannot be read; the bytes are kept.
    Refused, DiskFull, DatabaseUnavailable
        As a deposit.
    """
    asker = replace(asker, project=record.project)
    placement = _placement(resources, record)
    sheet = _table_in(asker, resources, campaign, file)
    measurement = (
        _keep_table(asker, resources, campaign, sheet, file, record.pid, identity, placement)
        if sheet is not None
        else _deposit(asker, resources, file, identity, placement, sample or f"experiment {identity}")
    )
    return outcomes_from(asker, resources, record.pid, measurement, condition=condition if sheet is None else None)


def _placement(resources: Resources, record: Record) -> Placement:
    scope = scope_of(resources, record.scope)
    if scope.follows and scope.closed_until is None:
        return AS_THE_PROJECT_SAYS
    agreement = str(scope.agreement) if scope.tier is Tier.SHARED and scope.agreement is not None else None
    return Placement(tier=scope.tier, agreement=agreement, closed_until=scope.closed_until)


def _table_in(asker: Asker, resources: Resources, campaign: Campaign, file: ResultFile) -> Sheet | None:
    """The table, where the file is one that has a column for an outcome."""
    if not file.name.lower().endswith(_TABLES):
        return None
    try:
        sheet = read_table(resources, file.content, file.name)
    except UnreadableFile:
        return None
    return sheet if says_outcome(campaign, sheet, vocabulary_of(asker, resources)) else None


def _keep_table(
    asker: Asker,
    resources: Resources,
    campaign: Campaign,
    sheet: Sheet,
    file: ResultFile,
    pid: str,
    identity: str,
    placement: Placement,
) -> str:
    if len(sheet.rows) != 1:
        raise InvalidValue(
            f"{file.name} has {len(sheet.rows)} rows; one was expected, of one experiment.",
            mend="Have each experiment written to a file of its own, or tell the values by hand.",
        )
    mapping = result_columns(campaign, sheet, vocabulary_of(asker, resources))
    table = f"{identity}, {file.name}" if identity not in file.name else file.name
    # One mapping for all files of a campaign; in questions its processes are asked for by this name.
    kept = f"campaign_{pid.removeprefix('kb:').replace('-', '_').lower()}"
    given = TableFile(content=file.content, name=file.name, mapping=mapping, kept=kept, table=table)
    imported = keep_experiments(asker, resources, given, placement=placement)
    if imported.rows:
        return imported.rows[0].pid
    return _there(asker, resources, file, shown(table))


def _there(asker: Asker, resources: Resources, file: ResultFile, path: str) -> str:
    """The measurement that was made of the same table before."""
    [blob] = resources.objects.put_many([file.content])
    visible = resources.visible(asker)
    for entry in resources.catalog.files(visible, checksum=blob.checksum):
        if entry.path == path and (records := resources.catalog.records_of_file(entry.id, visible)):
            return records[0].pid
    raise InvalidValue(
        f"{file.name} was kept before, and nothing of it is there any more.",
        mend="Restore what was withdrawn, or tell the values by hand.",
    )


def _deposit(
    asker: Asker, resources: Resources, file: ResultFile, identity: str, placement: Placement, sample: str
) -> str:
    path = f"{identity}/{file.name}"
    outcome = deposit_stream(asker, resources, iter([file.content]), path=path, placement=placement, sample=sample)
    if outcome.measurement is None:
        raise InvalidValue(
            f"{file.name} is kept, but nothing could be measured from it: {outcome.reason or outcome.status}",
            mend="Tell the values by hand, or put the file right and run again.",
        )
    return outcome.measurement
