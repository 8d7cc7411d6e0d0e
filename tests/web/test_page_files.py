from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from kiban.compute.fence import Fence
from kiban.operations.deposit import deposit
from kiban.operations.list_files import list_files
from kiban.operations.resources import Resources
from kiban.platform import local_asker
from kiban.records.file_entry import FileStatus
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform
from kiban.web.application import application

from .conftest import asked_by

N_KEPT = 53


@pytest.fixture(scope="module", name="resources")
def _resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    folder = tmp_path_factory.mktemp("file-pages")
    inbox = folder / "inbox"
    inbox.mkdir()
    (inbox / "table.csv").write_text("Time (s),Voltage (V)\n" + "\n".join(f"{n},{n / 10}" for n in range(20)))
    (inbox / "cut.xrdml").write_text(
        '<?xml version="1.0"?><xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.5">'
    )
    for n in range(N_KEPT):
        (inbox / f"unknown{n:02}<b>.bin").write_bytes(b"\x00\x01unknown" + bytes([n]))
    fence = Fence(n_workers=1)
    resources = memory_platform(ObjectFolder(folder / "objects"), fence)
    list(deposit(local_asker(resources), resources, [inbox]))
    yield resources
    fence.close()


class Pages:
    """Asks the application as a browser on this machine would, without a server."""

    def __init__(self, resources: Resources) -> None:
        self._app = application(resources)
        asked_by(self._app, local_asker(resources))

    def get(self, address: str, *, follow_redirects: bool = False) -> httpx.Response:
        return self._ask("GET", address, follow_redirects=follow_redirects)

    def post(self, address: str) -> httpx.Response:
        return self._ask("POST", address, follow_redirects=False)

    def _ask(self, method: str, address: str, *, follow_redirects: bool) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1", headers={"accept-language": "en"}
            ) as client:
                return await client.request(method, address, follow_redirects=follow_redirects)

        return asyncio.run(ask())


@pytest.fixture(name="client")
def _client(resources: Resources) -> Pages:
    return Pages(resources)


def test_files_are_listed_by_status(client: Pages) -> None:
    text = client.get("/files?status=quarantined").text
    assert "cut.xrdml" in text
    assert "table.csv" not in text
    assert "unknown" not in text
    assert "table.csv" in client.get("/files?status=structured").text


def test_pages_follow_each_other_without_gap_or_repeat(client: Pages) -> None:
    first = client.get("/files?status=kept")
    following = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = client.get(following)
    found = [n for n in range(N_KEPT) if f"unknown{n:02}&lt;b&gt;" in first.text]
    rest = [n for n in range(N_KEPT) if f"unknown{n:02}&lt;b&gt;" in second.text]
    assert len(found) == 50
    assert sorted(found + rest) == list(range(N_KEPT))
    assert 'rel="next"' not in second.text


def test_a_file_says_what_was_made_of_it(client: Pages, resources: Resources) -> None:
    (entry,) = list_files(local_asker(resources), resources, statuses=[FileStatus.STRUCTURED])
    text = client.get(f"/files/{entry.checksum}").text
    assert entry.path in text
    assert f"/api/v1/files/{entry.checksum}/content" in text
    assert "/records/kb:" in text
    assert "<b>.bin" not in client.get("/files").text


def test_a_quarantined_file_says_why(client: Pages, resources: Resources) -> None:
    (entry,) = list_files(local_asker(resources), resources, statuses=[FileStatus.QUARANTINED])
    text = client.get(f"/files/{entry.checksum}").text
    assert "Nothing was made of it" in text
    assert entry.reason.split("'")[0][:40].replace("<", "&lt;") in text


@pytest.mark.parametrize("checksum", ["0" * 64, "nonsense", "x" * 90])
def test_a_file_that_is_not_there_is_not_found(client: Pages, checksum: str) -> None:
    assert client.get(f"/files/{checksum}").status_code == 404


@pytest.mark.parametrize("query", ["status=lost", "after=0"])
def test_a_wrong_question_is_refused(client: Pages, query: str) -> None:
    assert client.get(f"/files?{query}").status_code == 422


def test_files_are_listed_in_japanese(client: Pages) -> None:
    assert "さらに古いファイル" in client.get("/files?lang=ja").text


def test_a_file_can_be_read_anew_from_its_page(client: Pages, resources: Resources) -> None:
    [entry] = list_files(local_asker(resources), resources, statuses=[FileStatus.QUARANTINED])
    shown = client.get(f"/files/{entry.checksum}").text
    assert f'action="/files/{entry.checksum}/readings"' in shown
    answer = client.post(f"/files/{entry.checksum}/readings")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/files/{entry.checksum}#deposits")
    assert client.post(f"/files/{'0' * 64}/readings").status_code == 404
