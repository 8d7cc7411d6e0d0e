"""A move on a campaign: read as it is, and kept as it is then, as the next version of its record in one transaction.

Of two people who move it at once, the second is told so, and nothing of the first is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from kiban.errors import InvalidValue
from kiban.operations.campaign_records import campaign_of, learnt_links, part_for
from kiban.operations.changed_records import check_version, commit, current, event_of, next_version
from kiban.operations.resources import Resources
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.document import campaign_to_json
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch

LARGEST_BYTES = 16 << 20
"""Of a campaign's document: each move keeps one."""


def move_campaign(
    asker: Asker,
    resources: Resources,
    identifier: str,
    action: str,
    deed: Callable[..., Campaign],
    *,
    details: Mapping[str, Any],
    expected: int | None,
) -> Record:
    """Make a move on a campaign, for deeds that decide by its state which one: `deed(campaign, at=..., by=...)`.

    Parameters
    ----------
    details : mapping
        Of the event: the numbers of the `experiments`, and more.

    Raises
    ------
    RecordNotFound, Conflict
    """
    record, campaign = as_it_is(asker, resources, identifier, expected, *details["experiments"])
    return keep_moved(asker, resources, record, campaign, deed(campaign, **said_by(asker)), action, details)


def as_it_is(
    asker: Asker, resources: Resources, identifier: str, expected: int | None, *numbers: int
) -> tuple[Record, Campaign]:
    """The campaign as it is, if the asker sees the experiments of these numbers: what is hidden is not there."""
    record = current(asker, resources, identifier, RecordKind.CAMPAIGN)
    check_version(record, expected)
    campaign = campaign_of(record)
    if numbers:
        seen = part_for(asker, resources, campaign, Right.DATA)
        for number in numbers:
            seen.experiment(number)
    return record, campaign


def keep_moved(
    asker: Asker,
    resources: Resources,
    record: Record,
    before: Campaign,
    after: Campaign,
    action: str,
    details: Mapping[str, Any],
) -> Record:
    """Keep a campaign as a move has left it. Raises InvalidValue if nothing is new, Conflict if another was first."""
    if after == before:
        raise InvalidValue(f"{record.title} would stay as it is.", mend="Say something that is new to it.")
    new = next_version(asker, record, title=after.name, document=written_campaign(after))
    batch = Batch(
        records=(new,),
        links=learnt_links(asker, resources, new, after, before),
        events=(event_of(asker, new, action, details),),
    )
    return commit(asker, resources, batch).records[0]


def written_campaign(campaign: Campaign) -> dict[str, Any]:
    """Its document. Raises InvalidValue if it would be too large."""
    document = campaign_to_json(campaign)
    if (n := len(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))) > LARGEST_BYTES:
        raise InvalidValue(
            f"The campaign would take {n / 2**20:.0f} MiB; at most {LARGEST_BYTES >> 20} are kept.",
            mend="Give fewer candidates, or ranges and steps instead of a list; or begin another campaign.",
        )
    return document


def said_by(asker: Asker) -> dict[str, Any]:
    """When, and by whom: what every move of a campaign is told."""
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "by": asker.party}
