"""The files `candidates.csv` and `proposals.csv` of NIMO: a campaign as them, and what they say brought back."""

from __future__ import annotations

from dataclasses import dataclass

from kiban.errors import InvalidValue
from kiban.operations.audited import reads, saw
from kiban.operations.campaign_records import campaign_of, part_for
from kiban.operations.changed_records import current
from kiban.operations.moved_campaign import move_campaign
from kiban.operations.resources import Resources
from kiban.operations.show_campaign import show_campaign
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.nimo_files import CANDIDATES, candidates_csv, proposals_csv
from kiban.planning.campaign.nimo_reading import read_back
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind

LARGEST_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class NimoFiles:
    """A campaign as the two files, each as its text."""

    candidates: str
    proposals: str


@reads("exported campaign")
def export_nimo(asker: Asker, resources: Resources, identifier: str) -> NimoFiles:
    """Write a campaign as the files of NIMO, without what the asker may not see.

    Raises
    ------
    RecordNotFound
        If there is no campaign that the asker may see.
    """
    shown = show_campaign(asker, resources, identifier)
    campaign = shown.campaign
    saw(shown.record, subject=shown.record.pid, n=len(campaign.experiments))
    return NimoFiles(candidates_csv(campaign), proposals_csv(campaign))


def import_nimo(
    asker: Asker,
    resources: Resources,
    identifier: str,
    text: str,
    *,
    source: str = CANDIDATES,
    expected: int | None = None,
) -> Record:
    """Bring back a `candidates.csv` with results, or a `proposals.csv` with experiments to be done.

    Parameters
    ----------
    source : str
        What the file is called; experiments that nobody meant to do rest on its rows.

    Raises
    ------
    RecordNotFound, Conflict
    IllegalMove
        If a proposal breaks a limit.
    InvalidValue
        If a row cannot be read, contradicts what is known, or the file says nothing new; the fault names the row.
    """
    if len(text) > LARGEST_BYTES:
        raise InvalidValue(f"{source} is longer than {LARGEST_BYTES >> 20} MiB.", mend="Leave columns or rows out.")
    campaign = campaign_of(current(asker, resources, identifier, RecordKind.CAMPAIGN))
    seen = {each.number for each in part_for(asker, resources, campaign, Right.DATA).experiments}
    hidden = [each.number for each in campaign.experiments if each.number not in seen]

    def deed(before: Campaign, *, at: str, by: str) -> Campaign:
        return read_back(before, text, source=source, at=at, by=by, hidden=hidden).campaign

    after = read_back(campaign, text, source=source, at="", by=asker.party, hidden=hidden)
    known = [number for number in after.numbers if number < campaign.next_number]
    return move_campaign(
        asker,
        resources,
        identifier,
        "read experiments from a file",
        deed,
        details={"experiments": known, "n_experiments": len(after.numbers)},
        expected=expected,
    )
