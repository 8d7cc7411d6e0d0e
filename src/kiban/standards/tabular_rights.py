"""The rights in the records that a table was drawn from, in the table's file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kiban.records.rights.json_text import short_json
from kiban.records.rights.rights import Rights
from kiban.standards.rights_losses import rights_losses

RIGHTS_KEY = "kiban.rights"
"""Of the metadata of a Parquet file."""
COLUMNS = ("licence", "rights_holder")
_JOINT = "; "


def as_json(rights: Mapping[str, Rights]) -> list[dict[str, Any]]:
    """Each statement once, with the identifiers of the records it is about."""
    about: dict[Rights, list[str]] = {}
    for pid, stated in rights.items():
        about.setdefault(stated, []).append(pid)
    return [{**short_json(stated), "records": sorted(pids)} for stated, pids in about.items()]


def as_metadata(rights: Mapping[str, Rights]) -> dict[str, str]:
    """As metadata of a Parquet file; nothing where nothing is stated."""
    return {RIGHTS_KEY: json.dumps(as_json(rights), ensure_ascii=False)} if rights else {}


def columns_of(names: Sequence[str], row: Sequence[Any], rights: Mapping[str, Rights]) -> tuple[str, str]:
    """What the two last columns of a CSV say of a row: licences and holders of all records that it rests on.

    Parameters
    ----------
    names : sequence of str
        Of the row's columns. Identifiers stand in `id` and in those that end in `evidence`.
    """
    cells = zip(names, row, strict=True)
    pids = [cell for name, cell in cells if name == "id" or name.rpartition(".")[2] == "evidence"]
    stated = [rights[pid] for pid in dict.fromkeys(pids) if pid in rights]
    licences = dict.fromkeys(each.licence for each in stated if each.licence)
    holders = dict.fromkeys(each.rights_holder.name for each in stated if each.rights_holder is not None)
    return _JOINT.join(licences), _JOINT.join(holders)


def losses_of(kind: str, rights: Mapping[str, Rights]) -> tuple[str, ...]:
    """What a table as CSV has no place for; JSON and Parquet carry all of it."""
    if kind != "csv":
        return ()
    without = {"contributors", "funding", "citation"}
    found = [sentence for each in dict.fromkeys(rights.values()) for sentence in rights_losses(each, without=without)]
    identified = any(each.rights_holder is not None and each.rights_holder.ror for each in rights.values())
    if identified:
        found.append("The identifiers of rights holders are not in the file.")
    return tuple(dict.fromkeys(found))
