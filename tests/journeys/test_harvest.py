"""A harvester of other people (sickle) at the door of a running platform, on a real database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from kiban.operations.change_tier import TierChange, change_tier
from kiban.operations.chosen import chosen_by, chosen_record
from kiban.operations.datasets import begin_dataset
from kiban.operations.deposit import deposit
from kiban.operations.publish_dataset import freeze_dataset, publish_dataset, withdraw_dataset
from kiban.operations.resources import Resources
from kiban.platform import local_asker, open_platform
from kiban.records.dataset import Dataset
from kiban.records.field import Label
from kiban.records.rights.rights import Contributor, Rights
from kiban.records.scope import Tier
from kiban.settings import Settings
from kiban.web import oai_door
from kiban.web.application import application

sickle = pytest.importorskip("sickle", reason="waits for the harvester sickle, which is not installed")

RIGHTS = Rights(licence="CC-BY-4.0", contributors=(Contributor(name="佐藤 花子"),))
N = 25


@dataclass(frozen=True)
class Running:
    """A platform that answers, and what was published there."""

    resources: Resources
    address: str
    pids: tuple[str, ...]


@pytest.fixture(scope="module", name="running")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("harvest")
    with open_platform(Settings(home=folder / "home"), n_workers=1) as resources:
        pids = tuple(_publish(resources, folder))
        config = uvicorn.Config(application(resources), host="127.0.0.1", port=0, log_level="error", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Running(resources, f"http://127.0.0.1:{port}/oai", pids)
        finally:
            server.should_exit = True
            thread.join()


def _publish(resources: Resources, folder: Path) -> Iterator[str]:
    asker = local_asker(resources)
    file = folder / "sweep.csv"
    file.write_bytes(b"Temperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (i, 2 * i) for i in range(50)))
    [outcome] = deposit(asker, resources, [file])
    change_tier(asker, resources, chosen_by(asker, resources, ""), TierChange(tier=Tier.OPEN))
    for n in range(N):
        about = Dataset(title=Label(en=f"Set {n} <&>", ja=f"集合 {n}"), publisher="Example Institute", rights=RIGHTS)
        draft = begin_dataset(asker, resources, about, records=[outcome.measurement or ""])
        freeze_dataset(asker, resources, draft.pid)
        publish_dataset(asker, resources, draft.pid)
        yield draft.pid


def _pid(header: Any) -> str:
    return str(header.identifier).removeprefix("oai:127.0.0.1:")


def test_a_harvester_gets_every_record_of_every_set_and_every_deletion(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai_door, "PAGE", 4)
    door, asker = sickle.Sickle(running.address), local_asker(running.resources)
    assert door.Identify().deletedRecord == "persistent"
    assert {each.metadataPrefix for each in door.ListMetadataFormats()} == {"oai_dc", "oai_datacite", "jpcoar_2.0"}
    sets = {each.setSpec for each in door.ListSets()}
    assert sets == {"project", f"project:{running.resources.project}", "technique", "technique:table"}
    for each in sets:
        found = [_pid(header) for header in door.ListIdentifiers(metadataPrefix="oai_dc", set=each)]
        assert sorted(found) == sorted(running.pids), each
    records = list(door.ListRecords(metadataPrefix="oai_dc"))
    titles = {_pid(record.header): record.metadata["title"] for record in records}
    assert titles == {pid: [f"Set {n} <&>", f"集合 {n}"] for n, pid in enumerate(running.pids)}
    for prefix in ("oai_datacite", "jpcoar_2.0"):
        assert len(list(door.ListRecords(metadataPrefix=prefix))) == N
    last = max(record.header.datestamp for record in records)
    withdraw_dataset(asker, running.resources, running.pids[3], "The furnace was miscalibrated.")
    closed = chosen_record(asker, running.resources, running.pids[7])
    change_tier(asker, running.resources, closed, TierChange(tier=Tier.CLOSED))
    later = {_pid(h): h.deleted for h in door.ListIdentifiers(metadataPrefix="oai_dc", **{"from": last})}
    assert {pid for pid, is_gone in later.items() if is_gone} == {running.pids[3], running.pids[7]}
    kept = list(door.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))
    assert len(kept) == N - 2
    gone = door.GetRecord(metadataPrefix="oai_dc", identifier=f"oai:127.0.0.1:{running.pids[7]}")
    assert gone.header.deleted


def test_a_harvester_that_comes_again_from_where_it_was_misses_nothing(running: Running) -> None:
    door, asker = sickle.Sickle(running.address), local_asker(running.resources)
    first = door.harvest(verb="ListIdentifiers", metadataPrefix="oai_dc")
    at = first.xml.findtext("{http://www.openarchives.org/OAI/2.0/}responseDate")
    withdraw_dataset(asker, running.resources, running.pids[11], "Wrong.")
    again = door.ListIdentifiers(metadataPrefix="oai_dc", **{"from": at})
    assert running.pids[11] in {_pid(header) for header in again if header.deleted}
