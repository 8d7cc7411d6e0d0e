"""Data sets as JSON: what `kiban dataset --json` prints and REST answers."""

from __future__ import annotations

from typing import Any

from kiban.operations.dataset_rights import conflicts
from kiban.operations.publish_dataset import Publication, Published
from kiban.operations.rescope_as_json import preview_as_json
from kiban.operations.show_as_json import record_as_json
from kiban.operations.show_dataset import DatasetList, ShownDataset
from kiban.records.document import to_json
from kiban.records.record import Record
from kiban.records.rights.rights import Rights


def shown_dataset_as_json(shown: ShownDataset) -> dict[str, Any]:
    """Everything that `show_dataset` gathers, with short identifiers for other records."""
    dataset = shown.dataset
    said = {
        name: value
        for name, value in to_json(dataset).items()
        if name not in {"members", "rights", "previous", "question"}
    }
    own = shown.rights.rights if shown.rights is not None else None
    return {
        **record_as_json(shown.record),
        "tier": shown.scope.tier.value,
        **{name: list(value) if isinstance(value, tuple) else value for name, value in said.items()},
        "question": dataset.question,
        "previous": dataset.previous.id if dataset.previous is not None else None,
        "rights": shown.rights.as_json() if shown.rights is not None else None,
        "gathered": {
            "licences": [{"licence": each or None, "n": len(members)} for each, members in shown.gathered.licences],
            "holders": [{"holder": each or None, "n": len(members)} for each, members in shown.gathered.holders],
            "contributors": [stated_parts(each) for each in shown.gathered.contributors],
            "funding": [stated_parts(each) for each in shown.gathered.funding],
        },
        "conflicts": [each.sentence(own_words(own, each.what)) for each in conflicts(own, shown.gathered)],
        "members": [member_as_json(each) for each in shown.members],
        "versions": [
            {"id": each.pid, "number": each.document["number"], "state": each.document["state"]}
            for each in shown.versions
        ],
    }


def member_as_json(record: Record) -> dict[str, Any]:
    """A member in the version that the data set holds."""
    return {"id": record.pid, "kind": record.kind.value, "title": record.title, "version": record.version}


def stated_parts(noun: Any) -> dict[str, Any]:
    """A part of rights without what is not stated."""
    return {name: value for name, value in to_json(noun).items() if value not in ("", [], (), None)}


def listed_as_json(found: DatasetList) -> dict[str, Any]:
    """A part of the list."""
    return {"total": found.total, "next": found.next, "datasets": [to_json(each) for each in found.datasets]}


def publication_as_json(seen: Publication) -> dict[str, Any]:
    """What publishing would change."""
    own = seen.dataset.rights
    return {
        "dataset": record_as_json(seen.record),
        "possible": seen.is_whole,
        "not_open": [
            {**member_as_json(each.record), "is_other_version": each.is_other_version} for each in seen.not_open
        ],
        "n_not_open": seen.n_not_open,
        "conflicts": [each.sentence(own_words(own, each.what)) for each in seen.conflicts],
        "change": preview_as_json(seen.preview) if seen.preview is not None else None,
        "mark": seen.mark,
    }


def published_as_json(done: Published) -> dict[str, Any]:
    """What was published."""
    return {
        **record_as_json(done.record),
        "change": str(done.rescoped.change) if done.rescoped is not None else None,
    }


def own_words(rights: Rights | None, what: str) -> str:
    """What a data set states itself of a licence or rights holder, as conflicts are told."""
    if rights is None:
        return ""
    if what == "licence":
        return f"the licence {rights.licence}" if rights.licence else ""
    return f"the rights holder {rights.rights_holder.name}" if rights.rights_holder is not None else ""
