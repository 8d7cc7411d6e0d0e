"""What harvesters get, against the XML schemas of those who made the formats.

Their files are not ours to hand on, so each test waits for a folder with them, which a variable names.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kiban.operations.change_tier import TierChange, change_tier
from kiban.operations.chosen import chosen_record
from kiban.operations.datasets import begin_dataset
from kiban.operations.placement import Placement
from kiban.operations.publish_dataset import freeze_dataset, publish_dataset, withdraw_dataset
from kiban.operations.samples import register_sample
from kiban.platform import local_asker
from kiban.records.dataset import Dataset, DatasetState
from kiban.records.field import Label
from kiban.records.identity import new_pid
from kiban.records.sample import Sample
from kiban.records.scope import Tier
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.oai_answer import FORMATS
from kiban.standards.xml_writing import XML, written
from kiban.testing.dataset_examples import RIGHTS, full, small, withdrawn
from kiban.web import oai_door

from .any_data_set import data_sets
from .conftest import Program

WAITS = {
    "KIBAN_JPCOAR_XSD": "waits for the XML schema of JPCOAR: clone github.com/JPCOAR/schema and name its folder 2.0 in "
    "KIBAN_JPCOAR_XSD",
    "KIBAN_OAI_XSD": "waits for the XML schemas of harvesting: put OAI-PMH.xsd and oai_dc.xsd of openarchives.org, "
    "simpledc20021212.xsd of dublincore.org, and of github.com/datacite/schema source/oai/oai-1.1/oai.xsd and "
    "source/meta/kernel-4.6 (as the folder kernel-4) into one folder and name that in KIBAN_OAI_XSD",
}
MAIN = {
    "oai_dc": ("KIBAN_OAI_XSD", "oai_dc.xsd"),
    "oai_datacite": ("KIBAN_OAI_XSD", "oai.xsd"),
    "jpcoar_2.0": ("KIBAN_JPCOAR_XSD", "jpcoar_scm.xsd"),
}
EXAMPLES = int(os.environ.get("KIBAN_TEST_XSD_EXAMPLES", "100"))
VERBS = ("Identify", "ListMetadataFormats", "ListSets", "GetRecord", "ListIdentifiers", "ListRecords", "Else")
XSD = "http://www.w3.org/2001/XMLSchema"
OAI = "http://www.openarchives.org/OAI/2.0/"
KERNEL = "http://datacite.org/schema/kernel-4"
STAND_INS = {
    "xml.xsd": f"""<schema xmlns="{XSD}" targetNamespace="{XML}"><attribute name="lang"><simpleType>
        <union memberTypes="language"><simpleType><restriction base="string"><enumeration value=""/>
        </restriction></simpleType></union></simpleType></attribute></schema>""",
    "rdf.xsd": f"""<schema xmlns="{XSD}" targetNamespace="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <attribute name="resource" type="anyURI"/></schema>""",
}
"""`xml:lang` and `rdf:resource`, for folders without the files that define no more than these."""


class _Beside(etree.Resolver):
    """Finds what a schema imports from somewhere else in the folders that were named."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders

    def resolve(self, url: str, public_id: str | None, context: object) -> object:
        if Path(url.removeprefix("file://")).is_file():
            return None
        name = url.rpartition("/")[2]
        for folder in self._folders:
            if (folder / name).is_file():
                return self.resolve_filename(str(folder / name), context)
        if name in STAND_INS:
            return self.resolve_string(STAND_INS[name], context)
        raise FileNotFoundError(f"{url} is imported, and {name} is in none of {self._folders}")


def _folder(variable: str) -> Path:
    given_ = os.environ.get(variable)
    if given_ is None:
        pytest.skip(WAITS[variable])
    return Path(given_).resolve()


@cache
def _schema(*files: tuple[str, Path]) -> etree.XMLSchema:
    """One schema of several files, each with its namespace."""
    imports = "".join(f'<import namespace="{space}" schemaLocation="{path.as_uri()}"/>' for space, path in files)
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Beside(*(path.parent for _, path in files)))
    return etree.XMLSchema(etree.fromstring(f'<schema xmlns="{XSD}">{imports}</schema>', parser))


def of_format(prefix: str, *more: tuple[str, Path]) -> etree.XMLSchema:
    """The schema of a metadata format, skipping where it is not there."""
    variable, main = MAIN[prefix]
    files = [*more, (FORMATS[prefix].namespace, _folder(variable) / main)]
    if prefix == "oai_datacite":
        files.append((KERNEL, _folder(variable) / "kernel-4" / "metadata.xsd"))
    return _schema(*files)


def faults(schema: etree.XMLSchema, document: etree._Element) -> list[str]:
    """What the schema says of a document as harvesters receive it: written out and read again."""
    read = etree.parse(io.BytesIO(written(document)))
    return [] if schema.validate(read) else [f"{fault.line}: {fault.message}" for fault in schema.error_log]


def _restricted() -> DatasetExportable:
    return replace(full(), is_open=False)


def _embargoed() -> DatasetExportable:
    return replace(full(), is_open=False, open_from=datetime(2030, 4, 1, tzinfo=UTC))


def _without_address() -> DatasetExportable:
    return replace(full(), address=None)


MAKERS = [full, small, withdrawn, _restricted, _embargoed, _without_address]


@pytest.mark.parametrize("prefix", FORMATS)
@pytest.mark.parametrize("make", MAKERS)
def test_what_is_written_keeps_to_the_schema_of_its_format(prefix: str, make: Callable[[], DatasetExportable]) -> None:
    schema = of_format(prefix)
    assert faults(schema, FORMATS[prefix].write(make())) == []


@pytest.mark.parametrize("prefix", FORMATS)
def test_whatever_is_said_of_a_data_set_keeps_to_the_schema(prefix: str) -> None:
    schema = of_format(prefix)

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(one=data_sets())
    def check(one: DatasetExportable) -> None:
        assert faults(schema, FORMATS[prefix].write(one)) == []

    check()


def _drop(one: etree._Element) -> None:
    one.getparent().remove(one)


def _postpone(one: etree._Element) -> None:
    one.getparent().append(one)


def _garble(one: etree._Element) -> None:
    one.text = "yesterday [at"


@pytest.mark.parametrize(
    ("prefix", "tag", "spoil"),
    [
        ("jpcoar_2.0", "{http://purl.org/dc/elements/1.1/}type", _drop),
        ("jpcoar_2.0", "{http://purl.org/dc/elements/1.1/}type", _garble),
        ("jpcoar_2.0", "{http://purl.org/dc/elements/1.1/}title", _postpone),
        ("jpcoar_2.0", "{http://purl.org/dc/terms/}accessRights", _garble),
        ("jpcoar_2.0", "{https://schema.datacite.org/meta/kernel-4/}date", _garble),
        ("jpcoar_2.0", "{https://github.com/JPCOAR/schema/blob/master/2.0/}relatedIdentifier", _garble),
        ("oai_datacite", "{http://schema.datacite.org/oai/oai-1.1/}schemaVersion", _drop),
        ("oai_datacite", f"{{{KERNEL}}}publisher", _drop),
        ("oai_datacite", f"{{{KERNEL}}}publicationYear", _garble),
        ("oai_dc", "{http://purl.org/dc/elements/1.1/}title", lambda one: one.set("unknown", "x")),
    ],
)
def test_the_schemas_are_not_content_with_anything(
    prefix: str, tag: str, spoil: Callable[[etree._Element], None]
) -> None:
    schema = of_format(prefix)
    document = FORMATS[prefix].write(full())
    assert faults(schema, document) == []
    spoil(next(document.iter(tag)))
    assert faults(schema, document)


def _published(program: Program, about: Dataset) -> str:
    asker, resources = local_asker(program.resources), program.resources
    film = register_sample(asker, resources, Sample(name=new_pid()), placement=Placement(tier=Tier.OPEN))
    draft = begin_dataset(asker, resources, about, records=[film.pid])
    freeze_dataset(asker, resources, draft.pid)
    publish_dataset(asker, resources, draft.pid)
    return draft.pid


@pytest.mark.parametrize("prefix", FORMATS)
def test_answers_to_harvesters_keep_to_the_schemas_of_protocol_and_format(
    empty: Program, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = of_format(prefix, (OAI, _folder("KIBAN_OAI_XSD") / "OAI-PMH.xsd"))

    def check(**arguments: str) -> etree._Element:
        root = etree.fromstring(empty.get(f"/oai?{urlencode(arguments)}").content)
        assert faults(schema, root) == []
        return root

    for verb in ("Identify", "ListMetadataFormats", "ListSets"):
        check(verb=verb)
    check(verb="ListRecords", metadataPrefix=prefix)
    about = replace(full().dataset, members=(), state=DatasetState.DRAFT, frozen_at="", frozen_by="", published_at="")
    plain = Dataset(title=Label(ja="膜"), publisher="Example Institute", rights=RIGHTS)
    pids = [_published(empty, replace(about, doi=f"10.5072/films-{n}", published_on="", number=1)) for n in range(3)]
    pids += [_published(empty, replace(plain, title=Label(ja=f"膜 {n}"))) for n in range(3)]
    check(verb="ListRecords", metadataPrefix=prefix)
    asker, resources = local_asker(empty.resources), empty.resources
    # Gone after harvesters were told of them, so that they are told that, too.
    withdraw_dataset(asker, resources, pids[0], "The furnace was miscalibrated.")
    change_tier(asker, resources, chosen_record(asker, resources, pids[1]), TierChange(tier=Tier.CLOSED))
    monkeypatch.setattr(oai_door, "PAGE", 2)
    for verb in ("Identify", "ListMetadataFormats", "ListSets"):
        check(verb=verb)
    for verb in ("ListRecords", "ListIdentifiers"):
        root, n = check(verb=verb, metadataPrefix=prefix), 1
        while token := root.findtext(f".//{{{OAI}}}resumptionToken"):
            root, n = check(verb=verb, resumptionToken=token), n + 1
        assert n == 3
    for pid in pids:
        check(verb="GetRecord", metadataPrefix=prefix, identifier=f"oai:127.0.0.1:{pid}")
        check(verb="ListMetadataFormats", identifier=f"oai:127.0.0.1:{pid}")
    for wrong in (
        {"verb": "Invent"},
        {"verb": "GetRecord", "metadataPrefix": prefix, "identifier": "no such thing %"},
        {"verb": "ListRecords", "metadataPrefix": "marc"},
        {"verb": "ListRecords", "metadataPrefix": prefix, "set": "a b"},
        {"verb": "ListRecords", "metadataPrefix": prefix, "from": "yesterday"},
        {"verb": "ListRecords", "metadataPrefix": prefix, "from": "2999-01-01"},
        {"verb": "ListRecords", "resumptionToken": "no \ttoken"},
    ):
        assert check(**wrong).find(f"{{{OAI}}}error") is not None


_ARGUMENTS = st.dictionaries(
    st.sampled_from(["metadataPrefix", "identifier", "from", "until", "set", "resumptionToken", "more"]),
    st.sampled_from(
        [*FORMATS, "project", "a:b", "2026-11-27", "0001-01-01", "9999-12-31T00:00:00Z", "oai:127.0.0.1:kb:"]
    )
    | st.text(st.sampled_from("ab1/:?#[]@%膜 \t!&'()*+,;=<>"), max_size=8),
    max_size=3,
)


def test_whatever_is_asked_is_answered_as_the_schema_of_the_protocol_has_it(empty: Program) -> None:
    schemas = {prefix: of_format(prefix, (OAI, _folder("KIBAN_OAI_XSD") / "OAI-PMH.xsd")) for prefix in FORMATS}
    _published(empty, Dataset(title=Label(ja="膜"), publisher="Example Institute", rights=RIGHTS))

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(verb=st.sampled_from(VERBS), arguments=_ARGUMENTS)
    def check(verb: str, arguments: dict[str, str]) -> None:
        answer = empty.get(f"/oai?{urlencode({'verb': verb, **arguments})}")
        schema = schemas.get(arguments.get("metadataPrefix", ""), schemas["oai_dc"])
        assert faults(schema, etree.fromstring(answer.content)) == []

    check()
