"""Data sets as files: raw files, values, and who is given what of them."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiban.access.asker_of import anonymous
from kiban.errors import RecordNotFound, WrongUsage
from kiban.operations.change_tier import TierChange, change_tier
from kiban.operations.chosen import chosen_record
from kiban.operations.datasets import begin_dataset
from kiban.operations.deposit import deposit
from kiban.operations.export_dataset import dataset_offers, export_dataset, exportable_for
from kiban.operations.publish_dataset import freeze_dataset, publish_dataset
from kiban.operations.resources import Resources
from kiban.records.dataset import Dataset
from kiban.records.field import Label
from kiban.records.party import Asker
from kiban.records.rights.rights import Contributor, Rights
from kiban.records.scope import Tier

SWEEP = b"# Mark: %s\nTemperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (i, 2 * i) for i in range(50))
ABOUT = Dataset(
    title=Label(en="Sweeps"),
    publisher="Example Institute",
    rights=Rights(licence="CC-BY-4.0", contributors=(Contributor(name="Sato Hanako"),)),
)


def _deposited(asker: Asker, resources: Resources, inbox: Path, name: str) -> str:
    path = inbox / f"{name}.csv"
    path.write_bytes(SWEEP % name.encode())
    [outcome] = deposit(asker, resources, [path])
    assert outcome.measurement is not None
    change_tier(asker, resources, chosen_record(asker, resources, outcome.measurement), TierChange(tier=Tier.OPEN))
    return outcome.measurement


def _crate(asker: Asker, resources: Resources, pid: str) -> dict[str, bytes]:
    with (
        export_dataset(asker, resources, pid, "ro_crate", address="https://kiban.example.org") as exported,
        zipfile.ZipFile(io.BytesIO(exported.stream.read())) as archive,
    ):
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_crate_has_the_raw_files_byte_for_byte_of_those_records_that_the_asker_may_read(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    first, second = (_deposited(asker, resources, inbox, name) for name in ("first", "second"))
    draft = begin_dataset(asker, resources, ABOUT, records=[first, second])
    publish_dataset(asker, resources, freeze_dataset(asker, resources, draft.pid).pid)
    change_tier(asker, resources, chosen_record(asker, resources, second), TierChange(tier=Tier.CLOSED))
    own = _crate(asker, resources, draft.pid)
    folder = first.replace(":", "-")
    assert own[f"data/{folder}/raw/first.csv"] == SWEEP % b"first"
    assert own[f"data/{folder}/normalised.nxs"].startswith(b"\x89HDF")
    public = _crate(anonymous(resources.directory.load(), datetime.now(UTC)), resources, draft.pid)
    assert f"data/{folder}/raw/first.csv" in public
    told = b"".join(public.values()) + "".join(public).encode()
    for word in (second, second.replace(":", "-"), "second"):
        assert word in "".join(own) or word.encode() in b"".join(own.values())
        assert word.encode() not in told


def test_what_is_asked_for_must_be_there(asker: Asker, resources: Resources, inbox: Path) -> None:
    draft = begin_dataset(asker, resources, ABOUT)
    assert "ro_crate" in {offer.name for offer in dataset_offers(asker, resources, draft.pid)}
    with pytest.raises(WrongUsage, match="datacite"), export_dataset(asker, resources, draft.pid, "datacit"):
        pass
    with pytest.raises(WrongUsage, match="address"):
        exportable_for(asker, resources, draft.pid, address="nowhere")
    with pytest.raises(RecordNotFound):
        exportable_for(anonymous(resources.directory.load(), datetime.now(UTC)), resources, draft.pid)


def test_versions_name_each_other_by_doi_or_address(asker: Asker, resources: Resources, inbox: Path) -> None:
    from kiban.operations.datasets import begin_next_version, change_dataset

    draft = begin_dataset(asker, resources, ABOUT, records=[_deposited(asker, resources, inbox, "first")])
    freeze_dataset(asker, resources, draft.pid)
    change_dataset(asker, resources, draft.pid, {"doi": "10.5072/one"})
    second = begin_next_version(asker, resources, draft.pid)
    with export_dataset(asker, resources, second.pid, "datacite_json", address="https://x.org/") as exported:
        found = json.loads(exported.stream.read())
    assert found["relatedIdentifiers"] == [
        {"relatedIdentifier": "10.5072/one", "relatedIdentifierType": "DOI", "relationType": "IsNewVersionOf"}
    ]
    with export_dataset(asker, resources, draft.pid, "datacite_json", address="https://x.org/") as exported:
        [related] = json.loads(exported.stream.read())["relatedIdentifiers"]
    assert related["relatedIdentifier"] == f"https://x.org/id/{second.pid}"


def test_values_of_measurements_that_have_changed_since_are_left_out(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    from kiban.operations.state_rights import state_rights

    pid = _deposited(asker, resources, inbox, "first")
    frozen = freeze_dataset(asker, resources, begin_dataset(asker, resources, ABOUT, records=[pid]).pid)
    assert exportable_for(asker, resources, frozen.pid).n_changed == 0
    state_rights(asker, resources, pid, replace(ABOUT.rights or Rights(licence="CC0-1.0"), citation="So."))
    given = exportable_for(asker, resources, frozen.pid)
    assert (given.n_changed, given.facts, given.members[0].record.version) == (1, (), 1)
