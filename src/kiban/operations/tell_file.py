"""Tell what came out of an experiment by the file that says it: deposited, read, and told by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from kiban.errors import IllegalMove, InvalidValue, Refused
from kiban.laboratory.contract import ResultFile, identity_of
from kiban.operations.campaign_experiments import tell_result
from kiban.operations.campaign_files import outcomes_of_file
from kiban.operations.campaign_records import campaign_of, part_for
from kiban.operations.changed_records import check_version, current
from kiban.operations.resources import Resources
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment, State
from kiban.planning.campaign.telling import NOTHING_SAID, Spent
from kiban.query.identifiers import named_record
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind


def tell_by_file(
    asker: Asker,
    resources: Resources,
    identifier: str,
    number: int,
    file: ResultFile,
    *,
    values: Mapping[str, object] | None = None,
    condition: Mapping[str, str] | None = None,
    is_all: bool = False,
    is_correction: bool = False,
    spent: Spent = NOTHING_SAID,
    note: str = "",
    expected: int | None = None,
) -> Record:
    """Deposit a file beside the campaign, find in it what came out of an experiment, and tell that.

    Parameters
    ----------
    values : mapping, optional
        By outcome, what somebody says beside the file; it goes before what the file says.
    condition : mapping of str to str, optional
        Which of several values of a term is meant: `{"peak": "1"}`.

    Raises
    ------
    RecordNotFound, Conflict, Refused, IllegalMove
        As `tell_result`; then nothing is kept.
    InvalidValue
        If the file says nothing of the outcomes (its bytes are kept), or another experiment rests on it.
    """
    record = current(asker, resources, identifier, RecordKind.CAMPAIGN)
    check_version(record, expected)
    if record.scope not in resources.visible(asker).writable:
        raise Refused(f"You may read {record.pid}, not write to it.", mend="Ask a steward of the project that owns it.")
    campaign = campaign_of(record)
    experiment = part_for(asker, resources, campaign, Right.DATA).experiment(number)
    _check_told(experiment, is_correction=is_correction)
    identity = identity_of(record.pid, number, max(1, experiment.n_attempts))
    _check_own(asker, resources, campaign, number, file)
    found = outcomes_of_file(
        asker,
        resources,
        record,
        campaign,
        identity,
        file,
        condition=condition,
        sample=sample_of(record.pid, number),
    )
    given = {name: value for name, value in (values or {}).items() if value not in ("", None)}
    return tell_result(
        asker,
        resources,
        record.pid,
        number,
        [each for each in found if each.name not in given],
        values=given,
        is_all=is_all,
        is_correction=is_correction,
        spent=spent,
        note=note,
        expected=record.version,
    )


def sample_of(pid: str, number: int) -> str:
    """What the sample of an experiment is called: on its protocol, its label and in files."""
    return f"{pid.removeprefix('kb:')}-{number}"


def _check_told(experiment: Experiment, *, is_correction: bool) -> None:
    """Refuse before anything is kept what `tell_result` would refuse after."""
    if experiment.is_open or (is_correction and experiment.state is State.COMPLETED):
        return
    raise IllegalMove(
        f"Experiment {experiment.number} is {experiment.state}: no file is expected of it.",
        mend="Say that it is a correction, or repeat the experiment.",
    )


def _check_own(asker: Asker, resources: Resources, campaign: Campaign, number: int, file: ResultFile) -> None:
    """Refuse the file of another experiment: it was taken by mistake."""
    checksum = hashlib.sha256(file.content).hexdigest()
    others = {pid: each.number for each in campaign.experiments if each.number != number for pid in each.records}
    named = [pid for pid in others if named_record(pid) is not None]
    found = resources.catalog.get_many(named, resources.visible(asker)) if named else {}
    for record in found.values():
        if record.document.get("file_checksum") == checksum:
            raise InvalidValue(
                f"{file.name} is what experiment {others[record.pid]} rests on already.",
                mend=f"Choose the file of experiment {number}.",
            )
