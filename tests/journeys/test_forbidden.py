"""What may not be seen looks absent in every way, on a home made with the command and served by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kiban.records.identity import new_pid
from kiban.testing.crawler import Crawler, operations

from .conftest import Kiban
from .forbidden_home import VALUES, WORDS, Kept, furnish

PAGES = (
    "/",
    "/search",
    "/files",
    "/terms",
    "/templates",
    "/confirm",
    "/scan",
    "/deposit",
    "/labels",
    "/samples/new",
    "/processes/new",
    "/templates/library",
    "/templates/new",
    "/about/api",
    "/about/readers",
)
OF_RECORDS = (
    "/records/{}",
    "/records/{}/provenance",
    "/records/{}/provenance?direction=forward",
    "/records/{}/exports",
    "/records/{}/rights",
    "/records/{}/access",
    "/records/{}/export-control",
    "/id/{}",
    "/measurements/{}/edit",
    "/samples/{}/edit",
    "/processes/{}/edit",
    "/templates/{}",
    "/templates/{}/edit",
    "/templates/{}/migrate",
    "/templates/{}/spreadsheet",
    "/templates/{}/spreadsheet.xlsx",
    "/labels?id={}",
    "/records/{}?version=1",
    "/api/v1/records/{}?version=1",
    "/api/v1/records/{}/section?variable=resistance&along=row",
    "/api/v1/records/{}/export?as=prov",
    "/api/v1/records/{}/export?as=nexus",
    "/api/v1/labels?id={}",
    "/api/v1/labels/texts?id={}",
    "/samples/new?template={}",
    "/samples/new?parent={}",
    "/processes/new?input={}",
    "/search?q=id%20%3D%20%22{}%22",
    "/api/v1/search?q=id%20%3D%20%22{}%22",
    "/api/v1/tables?q=id%20%3D%20%22{}%22",
)
OF_FILES = ("/files/{}", "/api/v1/files/{}", "/api/v1/files/{}/content")
OF_TERMS = ("/terms/{}", "/api/v1/terms/{}", "/api/v1/terms/{}/merge?into=hardness", "/search?q={}%20IS%20KNOWN")
BYTES = {"content-type": "application/octet-stream"}
QUESTIONS = (
    '"{}"',
    'title CONTAINS "{}"',
    'sample CONTAINS "{}"',
    'file CONTAINS "{}"',
    'operator CONTAINS "{}"',
    'metadata.operator CONTAINS "{}"',
    'template CONTAINS "{}"',
    'field.note CONTAINS "{}"',
    'reader CONTAINS "{}"',
)


@pytest.fixture(scope="module", name="home")
def _home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Kiban, dict[str, Kept]]:
    folder = tmp_path_factory.mktemp("forbidden")
    kiban = Kiban(folder / "home")
    return kiban, furnish(kiban, folder / "files")


@pytest.fixture(scope="module", name="address")
def _address(home: tuple[Kiban, dict[str, Kept]]) -> Iterator[str]:
    kiban, _ = home
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIBAN_REQUESTS_PER_MINUTE", "0")
        with kiban.serving("up", "--port", "0") as (_, said):
            yield said["address"]


@pytest.fixture(name="crawler")
def _crawler(home: tuple[Kiban, dict[str, Kept]], address: str) -> Iterator[Crawler]:
    """Nobody in particular asks."""
    _, kept = home
    forbidden = [*WORDS.values()][1:]
    forbidden += [str(VALUES[tier]) for tier in ("shared", "closed")]
    for tier in ("shared", "closed"):
        forbidden += [*kept[tier].pids, *kept[tier].files]
        forbidden += [pid.replace(":", "-") for pid in kept[tier].pids]
    with httpx.Client(base_url=address, follow_redirects=False, timeout=60) as client:
        yield Crawler(client.request, forbidden)


def check(crawler: Crawler) -> None:
    assert not crawler.found, "\n".join(f"{each.request}\n    {each.what}" for each in crawler.found[:40])


def hidden_of(kept: dict[str, Kept]) -> list[str]:
    return [pid for tier in ("shared", "closed") for pids in kept[tier].records.values() for pid in pids[:1]]


def test_pages_and_their_links_show_what_is_open(crawler: Crawler, home: tuple[Kiban, dict[str, Kept]]) -> None:
    _, kept = home
    reached = crawler.crawl(*PAGES)
    assert {f"/records/{pid}" for pid in kept["open"].records["measurement"]} <= {r.partition("?")[0] for r in reached}
    assert crawler.n_asked > 60
    check(crawler)


def test_every_route_for_an_open_record_says_nothing_of_others(
    crawler: Crawler, home: tuple[Kiban, dict[str, Kept]]
) -> None:
    """The sample, the process, links, candidates and templates of open records are asked for in every way."""
    _, kept = home
    for pids in kept["open"].records.values():
        for route in OF_RECORDS:
            crawler("GET", route.format(pids[0]))
    for checksum in kept["open"].files:
        for route in OF_FILES:
            answer = crawler("GET", route.format(checksum))
            assert answer.status_code == 200
    check(crawler)


def test_what_is_hidden_is_answered_as_what_never_was(crawler: Crawler, home: tuple[Kiban, dict[str, Kept]]) -> None:
    _, kept = home
    document = crawler("GET", "/api/v1/openapi.json").json()
    names = {"identifier", "sha256", "name"}
    for method, route, parameters in operations(document):
        if not parameters or parameters[0] not in names:
            continue
        options = {} if method in {"GET", "DELETE"} else {"json": {}}
        one = route.replace(f"{{{parameters[0]}}}", "{}")
        if len(parameters) > 1:
            continue
        if parameters[0] == "identifier":
            for pid in hidden_of(kept):
                crawler.same(method, one, pid, new_pid(), **options)
        elif parameters[0] == "sha256":
            for checksum in (*kept["closed"].files, *kept["shared"].files):
                crawler.same(method, one, checksum, _other(checksum), **options)
        elif "/terms/" in route:
            for term in (*kept["closed"].terms, *kept["shared"].terms):
                crawler.same(method, one, term, _other(term), **options)
    check(crawler)


def test_pages_of_what_is_hidden_are_those_of_what_never_was(
    crawler: Crawler, home: tuple[Kiban, dict[str, Kept]]
) -> None:
    _, kept = home
    for route in OF_RECORDS:
        for pid in hidden_of(kept):
            crawler.same("GET", route, pid, new_pid())
    for tier in ("shared", "closed"):
        for checksum in kept[tier].files:
            for route in OF_FILES:
                crawler.same("GET", route, checksum, _other(checksum))
            content = OF_FILES[-1]
            crawler.same("HEAD", content, checksum, _other(checksum))
            crawler.same("GET", content, checksum, _other(checksum), headers={"if-none-match": f'"{checksum}"'})
            crawler.same("GET", content, checksum, _other(checksum), headers={"range": "bytes=0-3"})
        for term in kept[tier].terms:
            for route in OF_TERMS:
                crawler.same("GET", route, term, _other(term))
        for pid in hidden_of(kept)[:6]:
            crawler.same("HEAD", "/records/{}", pid, new_pid())
    check(crawler)


def test_questions_find_nothing_of_what_is_hidden(crawler: Crawler, home: tuple[Kiban, dict[str, Kept]]) -> None:
    for tier in ("shared", "closed"):
        for question in QUESTIONS:
            for page in ("/search", "/api/v1/search", "/api/v1/tables", "/api/v1/records"):
                word = WORDS[tier]
                hidden, missing = question.format(word), question.format("Z" * len(word))
                one = crawler("GET", page, params={"q": hidden})
                other = crawler("GET", page, params={"q": missing})
                assert one.status_code == other.status_code == 200, one.text[:300]
                assert len(one.content) == len(other.content), (page, hidden)
    found = crawler("GET", "/api/v1/search", params={"limit": 200}).json()
    assert {hit["tier"] for hit in found["hits"]} == {"open"}
    assert found["total"] == len(found["hits"]) == sum(v["count"] for v in found["facets"]["tier"])
    for text in ("hidequokka", "shareplaty", "HidequokkaTerm"):
        crawler("GET", "/api/v1/terms", params={"q": text})
        crawler("GET", "/terms", params={"q": text})
    check(crawler)


def test_nobody_writes_and_is_told_nothing_by_trying(crawler: Crawler, home: tuple[Kiban, dict[str, Kept]]) -> None:
    """A name, a file or an identifier that a hidden record has is answered like one that nobody has."""
    kiban, _ = home
    document = crawler("GET", "/api/v1/openapi.json").json()
    for method, route, _ in operations(document):
        if method in {"GET", "HEAD"}:
            continue
        answer = crawler(method, route.replace("{", "").replace("}", ""), json={})
        assert answer.status_code in {401, 403, 404, 405, 415, 422}, (method, route, answer.status_code)
    word = WORDS["closed"]
    for name in (f"{word}Sample", "Zidequokkasample"):
        answers = {
            crawler("POST", "/api/v1/samples", json={"name": each}).text.replace(each, "")
            for each in (name, "Zidequokkasample")
        }
        assert len(answers) == 1
    bytes_there = (kiban.home.parent / "files" / f"{word}Folder" / f"{word}Sweep.csv").read_bytes()
    for content in (bytes_there, b"never seen"):
        answer = crawler("POST", "/api/v1/deposits", params={"name": "x.csv"}, content=content, headers=BYTES)
        assert answer.status_code in {401, 403}, answer.text
    check(crawler)


def test_the_server_says_nothing_of_records_in_its_log(home: tuple[Kiban, dict[str, Kept]]) -> None:
    kiban, _ = home
    for path in (path for path in (kiban.home / "log").rglob("*") if path.is_file()):
        text = path.read_text(errors="replace").casefold()
        for word in WORDS.values():
            assert word.casefold() not in text, path


def _other(name: str) -> str:
    """A name of the same length that nothing has."""
    return name[:-4] + ("0000" if name[-4:] != "0000" else "1111") if len(name) == 64 else "z" + name[1:]


def test_the_open_files_can_be_fetched(crawler: Crawler, home: tuple[Kiban, dict[str, Kept]], tmp_path: Path) -> None:
    """Were everything hidden, all of the above would hold too."""
    _, kept = home
    for checksum in kept["open"].files:
        assert crawler("GET", f"/api/v1/files/{checksum}/content").status_code == 200
    for kind, pids in kept["open"].records.items():
        for pid in pids:
            answer = crawler("GET", f"/api/v1/records/{pid}")
            assert answer.status_code == 200, (kind, pid)
    check(crawler)
