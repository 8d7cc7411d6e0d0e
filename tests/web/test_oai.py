"""The door for harvesters: every verb, every error of the protocol, and whatever else is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from kiban.operations.change_tier import TierChange, change_tier
from kiban.operations.chosen import chosen_record
from kiban.operations.datasets import begin_dataset, begin_next_version, change_dataset
from kiban.operations.placement import Placement
from kiban.operations.publish_dataset import freeze_dataset, publish_dataset, withdraw_dataset
from kiban.operations.samples import register_sample
from kiban.platform import local_asker
from kiban.records.dataset import Dataset
from kiban.records.field import Label
from kiban.records.harvest import Span
from kiban.records.identity import new_uuid
from kiban.records.rights.rights import Contributor, Rights
from kiban.records.sample import Sample
from kiban.records.scope import Tier
from kiban.standards.oai_request import PREFIXES, Token, token_of, token_text
from kiban.web import oai_door

from .conftest import Program

OAI = "{http://www.openarchives.org/OAI/2.0/}"
HOST = "oai:127.0.0.1:"
RIGHTS = Rights(licence="CC-BY-4.0", contributors=(Contributor(name="Sato Hanako"),))
CLOSED = TierChange(tier=Tier.CLOSED)


def ask(program: Program, **arguments: str) -> etree._Element:
    """The answer, which is always a whole document."""
    answer = program.get(f"/oai?{urlencode({name.rstrip('_'): value for name, value in arguments.items()})}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return etree.fromstring(answer.content)


def codes(root: etree._Element) -> list[str | None]:
    """The errors in it."""
    return [error.get("code") for error in root.iter(f"{OAI}error")]


def published(program: Program, title: str, name: str | None = None) -> str:
    """A data set that is open."""
    asker, resources = local_asker(program.resources), program.resources
    film = register_sample(asker, resources, Sample(name=name or title), placement=Placement(tier=Tier.OPEN))
    about = Dataset(title=Label(en=title), publisher="Example Institute", rights=RIGHTS)
    draft = begin_dataset(asker, resources, about, records=[film.pid])
    freeze_dataset(asker, resources, draft.pid)
    publish_dataset(asker, resources, draft.pid)
    return draft.pid


def headers(root: etree._Element) -> dict[str, bool]:
    """Identifiers, and whether each is gone."""
    return {
        str(h.findtext(f"{OAI}identifier")).removeprefix(HOST): h.get("status") == "deleted"
        for h in root.iter(f"{OAI}header")
    }


def test_it_says_what_it_is(empty: Program) -> None:
    root = ask(empty, verb="Identify")
    said = {child.tag.removeprefix(OAI): child.text for child in root.find(f"{OAI}Identify")}
    assert said["baseURL"] == root.findtext(f"{OAI}request") == "http://127.0.0.1:8420/oai"
    assert (said["protocolVersion"], said["deletedRecord"]) == ("2.0", "persistent")
    assert (said["granularity"], said["adminEmail"]) == ("YYYY-MM-DDThh:mm:ssZ", "postmaster@127.0.0.1")
    prefixes = [each.text for each in ask(empty, verb="ListMetadataFormats").iter(f"{OAI}metadataPrefix")]
    assert prefixes == ["oai_dc", "oai_datacite", "jpcoar_2.0"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_data_set_comes_in_every_format(empty: Program, prefix: str) -> None:
    pid = published(empty, "Films & <more>")
    root = ask(empty, verb="ListRecords", metadataPrefix=prefix)
    assert headers(root) == {pid: False}
    [metadata] = root.iter(f"{OAI}metadata")
    assert len(metadata) == 1
    assert "Films & <more>" in "".join(metadata.itertext())
    one = ask(empty, verb="GetRecord", metadataPrefix=prefix, identifier=HOST + pid)
    assert etree.tostring(next(one.iter(f"{OAI}record"))) == etree.tostring(next(root.iter(f"{OAI}record")))


def test_only_what_was_published_and_is_open_is_told(empty: Program) -> None:
    asker, resources = local_asker(empty.resources), empty.resources
    pid = published(empty, "Films")
    film = register_sample(asker, resources, Sample(name="other"), placement=Placement(tier=Tier.OPEN))
    about = Dataset(title=Label(en="Secret"), publisher="P", rights=RIGHTS)
    for placement in (Placement(), Placement(tier=Tier.OPEN)):
        draft = begin_dataset(asker, resources, about, records=[film.pid], placement=placement)
        freeze_dataset(asker, resources, draft.pid)
        found = ask(empty, verb="GetRecord", metadataPrefix="oai_dc", identifier=HOST + draft.pid)
        assert codes(found) == ["idDoesNotExist"]
    late = begin_dataset(asker, resources, about, records=[film.pid])
    freeze_dataset(asker, resources, late.pid)
    publish_dataset(asker, resources, late.pid, closed_until=datetime.now(UTC) + timedelta(days=2))
    assert headers(ask(empty, verb="ListIdentifiers", metadataPrefix="oai_dc")) == {pid: False}


def test_what_is_withdrawn_closed_or_opened_again_is_told(empty: Program) -> None:
    asker, resources = local_asker(empty.resources), empty.resources
    withdrawn, closed, kept = (published(empty, name) for name in ("one", "two", "three"))
    assert headers(ask(empty, verb="ListIdentifiers", metadataPrefix="oai_dc")) == dict.fromkeys(
        (withdrawn, closed, kept), False
    )
    withdraw_dataset(asker, resources, withdrawn, "Wrong.")
    change_tier(asker, resources, chosen_record(asker, resources, closed), CLOSED)
    root = ask(empty, verb="ListRecords", metadataPrefix="jpcoar_2.0")
    assert headers(root) == {withdrawn: True, closed: True, kept: False}
    assert len(list(root.iter(f"{OAI}metadata"))) == 1
    gone = ask(empty, verb="GetRecord", metadataPrefix="oai_dc", identifier=HOST + closed)
    assert headers(gone) == {closed: True}
    assert "two" not in etree.tostring(gone, encoding="unicode")
    change_tier(asker, resources, chosen_record(asker, resources, closed), TierChange(tier=Tier.OPEN))
    assert headers(ask(empty, verb="ListIdentifiers", metadataPrefix="oai_dc"))[closed] is False


def test_the_version_before_is_told_anew_when_the_next_is_published(empty: Program) -> None:
    asker, resources = local_asker(empty.resources), empty.resources
    first = published(empty, "Films")
    ask(empty, verb="Identify")
    before = resources.harvests.one(first)
    second = begin_next_version(asker, resources, first)
    freeze_dataset(asker, resources, second.pid)
    change_dataset(asker, resources, second.pid, {"doi": "10.5072/second"})
    publish_dataset(asker, resources, second.pid)
    root = ask(empty, verb="GetRecord", metadataPrefix="oai_datacite", identifier=HOST + first)
    assert "10.5072/second" in etree.tostring(root, encoding="unicode")
    after = resources.harvests.one(first)
    assert before is not None
    assert after is not None
    assert before.mark != after.mark


def test_lists_go_on_and_hold_each_once(empty: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oai_door, "PAGE", 3)
    pids = {published(empty, f"set {n}") for n in range(8)}
    root = ask(empty, verb="ListRecords", metadataPrefix="oai_dc")
    seen, cursors = list(headers(root)), []
    while (token := root.find(f".//{OAI}resumptionToken")) is not None:
        cursors.append((token.get("cursor"), token.get("completeListSize")))
        if not token.text:
            break
        root = ask(empty, verb="ListRecords", resumptionToken=token.text)
        seen += headers(root)
    assert (set(seen), len(seen)) == (pids, 8)
    assert cursors == [("0", "8"), ("3", "8"), ("6", "8")]


def test_spans_and_sets(empty: Program) -> None:
    pid = published(empty, "Films")
    project = f"project:{empty.resources.project}"
    specs = [each.text for each in ask(empty, verb="ListSets").iter(f"{OAI}setSpec")]
    assert specs == ["project", project]
    today = datetime.now(UTC).date()
    for arguments, is_there in (
        ({"set": project}, True),
        ({"set": "project"}, True),
        ({"set": "technique:xrd"}, False),
        ({"from": f"{today - timedelta(days=1)}", "until": f"{today + timedelta(days=1)}"}, True),
        ({"from": f"{today + timedelta(days=1)}"}, False),
        ({"until": "2020-01-01T00:00:00Z"}, False),
    ):
        root = ask(empty, verb="ListIdentifiers", metadataPrefix="oai_dc", **arguments)
        assert headers(root) == ({pid: False} if is_there else {})
        assert codes(root) == ([] if is_there else ["noRecordsMatch"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=Nonsense", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&extra=1", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-02T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=9999-12-31", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=a%20b", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
        ("verb=ListRecords&resumptionToken=nonsense", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
        ("verb=ListSets", "noSetHierarchy"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:kb:7Q4M-2KXD-98", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=nonsense", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=nonsense", "idDoesNotExist"),
        # An answer repeats the identifier, which its schema wants to be a URI.
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=no%20URI", "badArgument"),
        ("verb=ListMetadataFormats&identifier=7%25", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=http://example.org:port/", "badArgument"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc", "noRecordsMatch"),
    ],
)
def test_what_is_wrong_has_the_code_of_the_protocol(empty: Program, query: str, code: str) -> None:
    answer = empty.get(f"/oai?{query}")
    root = etree.fromstring(answer.content)
    assert (answer.status_code, codes(root)) == (200, [code])
    request = root.find(f"{OAI}request")
    # What could not be understood is not repeated.
    assert bool(request.attrib) == (
        code not in {"badVerb", "badArgument", "badResumptionToken", "cannotDisseminateFormat"}
    )


def test_it_is_asked_by_forms_as_well(empty: Program) -> None:
    pid = published(empty, "Films")
    answer = empty.ask("POST", "/oai", data={"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"})
    assert headers(etree.fromstring(answer.content)) == {pid: False}
    twice = empty.ask(
        "POST", "/oai", content=b"verb=Identify&verb=Identify",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert codes(etree.fromstring(twice.content)) == ["badVerb"]


@given(
    prefix=st.sampled_from(PREFIXES),
    since=st.none() | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),
    of_set=st.none() | st.from_regex(r"\A[a-z0-9\-_]{1,9}(:[a-z0-9\-_]{1,9})?\Z"),
    at=st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),
    n=st.integers(1, 2**31 - 1),
)
def test_tokens_say_again_what_was_asked(prefix: str, since: Any, of_set: str | None, at: datetime, n: int) -> None:
    whole = since.replace(microsecond=0) if since else None
    token = Token(
        prefix=prefix,
        span=Span(since=whole, of_set=of_set),
        after=(at.replace(microsecond=0), new_uuid()),
        n_before=n,
    )
    assert token_of(token_text(token)) == token


@pytest.fixture(scope="module", name="filled")
def _filled(program: Program) -> Program:
    published(program, "Films for anything", "film for anything")
    return program


_WORDS = st.sampled_from(
    ["verb", "Identify", "ListRecords", "GetRecord", "ListSets", "ListIdentifiers", "ListMetadataFormats",
     "metadataPrefix", "oai_dc", "jpcoar_2.0", "from", "until", "set", "identifier", "resumptionToken",
     "2026-11-27", "0000-00-00", "9999-12-31", "2026-11-27T09:00:00Z", "project", "oai:127.0.0.1:kb:", "e30"]
)  # fmt: skip
_TEXTS = _WORDS | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=st.lists(st.tuples(_TEXTS, _TEXTS), max_size=6), verb=_WORDS)
def test_whatever_is_asked_is_answered_with_a_whole_document(
    filled: Program, arguments: list[tuple[str, str]], verb: str
) -> None:
    for pairs in (arguments, [("verb", verb), *arguments]):
        answer = filled.get(f"/oai?{urlencode(pairs)}")
        assert answer.status_code == 200, answer.text
        assert etree.fromstring(answer.content).tag == f"{OAI}OAI-PMH"
