"""Exports of data sets. What other people's validators say of them: `make check-datasets`."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kiban.errors import NotExportable
from kiban.records.dataset import Dataset
from kiban.records.field import Label
from kiban.records.related import Related, RelatedKind, ResourceType
from kiban.records.rights.rights import Funding
from kiban.standards import croissant_description
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_words import cited
from kiban.standards.datasets import (
    croissant,
    datacite,
    datacite_json,
    jpcoar,
    oai_dc,
    ro_crate,
    schema_org,
    values,
)
from kiban.standards.installed import dataset_exports
from kiban.testing.dataset_examples import RIGHTS, full, small, withdrawn
from kiban.testing.dataset_export_suite import DatasetExportSuite

KERNEL = "{http://datacite.org/schema/kernel-4}"
J = "{https://github.com/JPCOAR/schema/blob/master/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
TERMS = "{http://purl.org/dc/terms/}"
DATACITE = "{https://schema.datacite.org/meta/kernel-4/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IN_ORDER = [
    f"{DC}title", f"{TERMS}alternative", f"{J}creator", f"{J}contributor", f"{TERMS}accessRights", f"{DC}rights",
    f"{J}rightsHolder", f"{J}subject", f"{DATACITE}description", f"{DC}publisher", f"{J}publisher",
    f"{DATACITE}date", f"{TERMS}date", f"{DC}language", f"{DC}type", f"{DATACITE}version", f"{J}identifier",
    f"{J}identifierRegistration", f"{J}relation", f"{TERMS}temporal", f"{DATACITE}geoLocation",
    f"{J}fundingReference", f"{J}sourceIdentifier", f"{TERMS}extent", f"{J}format", f"{J}file",
]  # fmt: skip
"""The sequence of `content` in jpcoar_scm.xsd of JPCOAR schema 2.0 (v2.0.0, 2022-12-01)."""
RELATIONS = {
    "inSeries", "isCitedBy", "Cites", "isVersionOf", "hasVersion", "isPartOf", "hasPart", "isReferencedBy",
    "references", "isFormatOf", "hasFormat", "isReplacedBy", "replaces", "isRequiredBy", "requires",
    "isSupplementTo", "isSupplementedBy", "isIdenticalTo", "isDerivedFrom", "isSourceOf",
}  # fmt: skip
"""`relationTypeVocab` of the same file."""
PARTS = {
    f"{J}creator": ["nameIdentifier", "creatorName", "familyName", "givenName", "creatorAlternative", "affiliation"],
    f"{J}contributor": ["nameIdentifier", "contributorName", "affiliation"],
    f"{J}affiliation": ["nameIdentifier", "affiliationName"],
    f"{J}rightsHolder": ["nameIdentifier", "rightsHolderName"],
    f"{J}fundingReference": ["funderIdentifier", "funderName", "awardNumber", "awardTitle"],
    f"{J}file": ["URI", "mimeType", "extent"],
}
"""Their sequences, in the same file."""


class TestDatacite(DatasetExportSuite):
    export = datacite.EXPORT


class TestDataciteJson(DatasetExportSuite):
    export = datacite_json.EXPORT


class TestJpcoar(DatasetExportSuite):
    export = jpcoar.EXPORT


class TestOaiDc(DatasetExportSuite):
    export = oai_dc.EXPORT


class TestSchemaOrg(DatasetExportSuite):
    export = schema_org.EXPORT


class TestCroissant(DatasetExportSuite):
    export = croissant.EXPORT


class TestRoCrate(DatasetExportSuite):
    export = ro_crate.EXPORT


class TestValues(DatasetExportSuite):
    export = values.EXPORT


def _bytes(export: object, what: DatasetExportable) -> bytes:
    out = io.BytesIO()
    export.export(what, out)  # type: ignore[attr-defined]
    return out.getvalue()


def _xml(export: object, what: DatasetExportable) -> etree._Element:
    return etree.fromstring(_bytes(export, what))


def test_all_are_found() -> None:
    assert {each.name for each in dataset_exports()} >= {
        "croissant", "datacite", "datacite_json", "jpcoar", "oai_dc", "ro_crate", "schema_org", "values",
    }  # fmt: skip


def test_datacite_has_what_is_mandatory_and_what_was_said() -> None:
    root = _xml(datacite.EXPORT, full())
    assert root.findtext(f"{KERNEL}identifier") == "10.5072/films-1"
    assert root.find(f"{KERNEL}identifier").get("identifierType") == "DOI"
    names = [each.text for each in root.iter(f"{KERNEL}creatorName")]
    assert names == ["Sato Hanako", "阿部 太郎 <Abe & Co>"]
    assert root.findtext(f"{KERNEL}publicationYear") == "2026"
    titles = [(t.text, t.get("titleType")) for t in root.iter(f"{KERNEL}title")]
    assert titles == [("Titania films & their <patterns>", None), ("酸化チタン膜とその回折", "TranslatedTitle")]
    found = {(r.get("relationType"), r.text) for r in root.iter(f"{KERNEL}relatedIdentifier")}
    given = full()
    assert given.before is not None
    assert ("IsNewVersionOf", "10.5072/films-0") in found
    assert ("IsSupplementTo", "10.1000/xyz") in found
    rights = root.find(f"{KERNEL}rightsList/{KERNEL}rights")
    assert rights.get("rightsURI") == "https://creativecommons.org/licenses/by/4.0/"
    kinds = [each.get("contributorType") for each in root.iter(f"{KERNEL}contributor")]
    assert kinds == ["DataCurator", "DataCollector", "RightsHolder"]


def test_without_a_doi_none_is_made_up() -> None:
    root = _xml(datacite.EXPORT, small())
    assert root.find(f"{KERNEL}identifier").get("identifierType") == "URL"
    assert "doi" not in json.loads(_bytes(datacite_json.EXPORT, small()))
    assert any("no DOI" in loss for loss in datacite.EXPORT.export(small(), io.BytesIO()))


@pytest.mark.parametrize("export", [datacite.EXPORT, datacite_json.EXPORT, jpcoar.EXPORT])
def test_what_lacks_something_mandatory_is_refused(export: object) -> None:
    bare = replace(small(), rights=None, dataset=Dataset(title=Label(en="Bare")))
    with pytest.raises(NotExportable, match="a publisher, a licence, at least one contributor"):
        _bytes(export, bare)


@pytest.mark.parametrize("make", [full, small, withdrawn])
def test_jpcoar_keeps_the_order_and_the_words_of_its_schema(make: object) -> None:
    root = _xml(jpcoar.EXPORT, make())  # type: ignore[operator]
    places = [IN_ORDER.index(child.tag) for child in root]
    assert places == sorted(places)
    assert {f"{DC}title", f"{DC}type", f"{J}identifier"} <= {child.tag for child in root}
    for parent in root.iter():
        if parent.tag in PARTS:
            order = [PARTS[parent.tag].index(child.tag.removeprefix(J)) for child in parent]
            assert order == sorted(order), parent.tag
    assert {each.get("relationType") for each in root.iter(f"{J}relation")} <= RELATIONS
    assert {each.get("identifierType") for each in root.iter(f"{J}identifier")} <= {"DOI", "HDL", "URI"}
    assert all(each.get("subjectScheme") == "Other" for each in root.iter(f"{J}subject"))
    [kind] = root.iter(f"{DC}type")
    assert (kind.text, kind.get(f"{RDF}resource")) == ("dataset", "http://purl.org/coar/resource_type/c_ddb1")


def test_jpcoar_says_how_open_it_is() -> None:
    [access] = _xml(jpcoar.EXPORT, full()).iter(f"{TERMS}accessRights")
    assert (access.text, access.get(f"{RDF}resource")) == ("open access", "http://purl.org/coar/access_right/c_abf2")
    [access] = _xml(jpcoar.EXPORT, replace(full(), is_open=False)).iter(f"{TERMS}accessRights")
    assert access.text == "restricted access"


COAR = {
    "dataset": "c_ddb1", "image": "c_c513", "software": "c_5ce6", "workflow": "c_393c", "other": "c_1843",
}  # fmt: skip
"""Labels of COAR's vocabulary of resource types that JPCOAR takes over, with the last part of their URIs."""


@pytest.mark.parametrize("kind", ResourceType)
def test_jpcoar_has_a_word_of_coar_with_its_uri_for_every_type(kind: ResourceType) -> None:
    [found] = _xml(jpcoar.EXPORT, replace(full(), dataset=replace(full().dataset, resource_type=kind))).iter(
        f"{DC}type"
    )
    assert found.get(f"{RDF}resource") == f"http://purl.org/coar/resource_type/{COAR[found.text]}"


def test_jpcoar_gives_the_day_when_an_embargo_ends() -> None:
    root = _xml(jpcoar.EXPORT, replace(full(), is_open=False, open_from=datetime(2030, 4, 1, tzinfo=UTC)))
    [access] = root.iter(f"{TERMS}accessRights")
    assert (access.text, access.get(f"{RDF}resource")) == (
        "embargoed access", "http://purl.org/coar/access_right/c_f1cf",
    )  # fmt: skip
    days = {each.get("dateType"): each.text for each in root.iter(f"{DATACITE}date")}
    assert days["Available"] == "2030-04-01"


@pytest.mark.parametrize("open_from", [None, datetime(2030, 4, 1, tzinfo=UTC)])
def test_jpcoar_names_a_file_only_where_everybody_can_fetch_it(open_from: datetime | None) -> None:
    assert _xml(jpcoar.EXPORT, full()).find(f"{J}file") is not None
    assert _xml(jpcoar.EXPORT, replace(full(), is_open=False, open_from=open_from)).find(f"{J}file") is None


def _related_identifiers(*works: Related) -> list[tuple[str | None, str | None]]:
    given_ = small()
    root = _xml(jpcoar.EXPORT, replace(given_, dataset=replace(given_.dataset, related=works)))
    return [(each.get("identifierType"), each.text) for each in root.iter(f"{J}relatedIdentifier")]


def test_jpcoar_has_handles_and_arks_as_addresses_and_other_identifiers_as_they_are() -> None:
    assert _related_identifiers(
        Related(identifier="2115/64495", kind=RelatedKind.HANDLE),
        Related(identifier="http://hdl.handle.net/2115/64495", kind=RelatedKind.HANDLE),
        Related(identifier="ark:/12148/btv1b8449691v", kind=RelatedKind.ARK),
        Related(identifier="hep-th/9901001", kind=RelatedKind.ARXIV),
        Related(identifier="978-3-16-148410-0", kind=RelatedKind.ISBN),
    ) == [
        ("HDL", "https://hdl.handle.net/2115/64495"),
        ("HDL", "http://hdl.handle.net/2115/64495"),
        ("ARK", "https://n2t.net/ark:/12148/btv1b8449691v"),
        ("arXiv", "hep-th/9901001"),
        ("ISBN", "978-3-16-148410-0"),
    ]


def test_identifiers_of_related_works_are_uris_in_jpcoar_whatever_stands_in_them() -> None:
    assert _related_identifiers(
        Related(identifier="10.1000/a#b[1]?c%d"),
        Related(identifier="https://example.org/a[1]?q=50%#膜#b", kind=RelatedKind.URL),
        Related(identifier="1:[2]", kind=RelatedKind.IGSN),
    ) == [
        ("DOI", "https://doi.org/10.1000/a%23b%5B1%5D%3Fc%25d"),
        ("URI", "https://example.org/a%5B1%5D?q=50%25#%E8%86%9C%23b"),
        ("Local", "1%3A%5B2%5D"),
    ]


def test_a_doi_leads_to_itself_whatever_stands_in_it() -> None:
    given_ = replace(full(), dataset=replace(full().dataset, doi="10.5072/films#1?"))
    address = "https://doi.org/10.5072/films%231%3F"
    assert _xml(jpcoar.EXPORT, given_).findtext(f"{J}identifier") == address
    assert _xml(oai_dc.EXPORT, given_).findtext(f"{DC}identifier") == address
    assert json.loads(_bytes(schema_org.EXPORT, given_))["@id"] == address
    assert cited(given_).endswith(f" {address}")
    # DataCite wants the DOI itself.
    assert _xml(datacite.EXPORT, given_).findtext(f"{KERNEL}identifier") == "10.5072/films#1?"


def test_jpcoar_marks_numbers_of_japanese_grants() -> None:
    numbers = ("JP00H00000", "JPMJXX0000", "jp00h00000", "JP-7", "2021-04", "")
    funding = tuple(Funding(funder="A fund", award_number=number) for number in numbers)
    root = _xml(jpcoar.EXPORT, replace(full(), rights=replace(RIGHTS, funding=funding)))
    found = {each.text: each.get("awardNumberType") for each in root.iter(f"{J}awardNumber")}
    assert found == {"JP00H00000": "JGN", "JPMJXX0000": "JGN", "jp00h00000": None, "JP-7": None, "2021-04": None}


def test_dublin_core_has_only_its_fifteen_elements() -> None:
    names = {etree.QName(child).localname for child in _xml(oai_dc.EXPORT, full())}
    assert names <= {
        "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format",
        "identifier", "source", "language", "relation", "coverage", "rights",
    }  # fmt: skip


def test_how_it_is_cited() -> None:
    assert cited(full()) == (
        "Sato Hanako; 阿部 太郎 <Abe & Co> (2026): Titania films & their <patterns>. Version 2. Example Institute. "
        "Dataset. https://doi.org/10.5072/films-1"
    )
    asked = replace(full(), rights=replace(RIGHTS, citation="Cite us so."))
    assert cited(asked) == "Cite us so."


def test_schema_org_names_what_search_engines_look_for() -> None:
    found = json.loads(_bytes(schema_org.EXPORT, full()))
    assert found["@type"] == "Dataset"
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["creator"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert found["funding"][0]["identifier"] == "JP00H00000"
    assert found["distribution"][0]["contentUrl"].endswith("/export?as=ro_crate")


def test_croissant_names_each_raw_file_by_its_checksum_and_each_column() -> None:
    given = full()
    found = json.loads(_bytes(croissant.EXPORT, given))
    raw = [file for held in given.members for file in held.files if file.is_raw]
    assert [each["sha256"] for each in found["distribution"]][1:] == [file.checksum for file in raw]
    header = _bytes(values.EXPORT, given).split(b"\r\n")[0].decode().split(",")
    columns = [field["source"]["extract"]["column"] for field in found["recordSet"][0]["field"]]
    assert columns == header
    assert found["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    with pytest.raises(NotExportable, match="none is known"):
        _bytes(croissant.EXPORT, replace(given, address=None))
    assert "distribution" not in croissant_description.croissant(given, with_files=False)


def test_values_keep_their_unit_and_uncertainty_and_are_no_formulas() -> None:
    [row] = csv.DictReader(io.StringIO(_bytes(values.EXPORT, full()).decode()))
    assert (row["term"], row["value"], row["unit"], row["standard_uncertainty"]) == (
        "d_spacing", "3.52", "angstrom", "0.002",
    )  # fmt: skip
    assert row["condition"].startswith("hkl==1+1")


def test_a_crate_holds_raw_files_as_they_came_and_each_file_is_described() -> None:
    given = full()
    with zipfile.ZipFile(io.BytesIO(_bytes(ro_crate.EXPORT, given))) as archive:
        names = set(archive.namelist())
        graph = {each["@id"]: each for each in json.loads(archive.read("ro-crate-metadata.json"))["@graph"]}
        for held in given.members:
            for file in held.files:
                with file.open() as stream:
                    assert archive.read(f"data/{held.folder}/{file.path}") == stream.read()
        record = json.loads(archive.read(f"records/{given.members[0].folder}.json"))
    assert names - {"ro-crate-metadata.json"} == {unquote(i) for i, e in graph.items() if e["@type"] == "File"}
    assert {unquote(part["@id"]) for part in graph["./"]["hasPart"]} == names - {"ro-crate-metadata.json"}
    assert (record["document"]["formula"], record["version"]) == ("TiO2", 1)
    assert graph["./"]["identifier"] == "https://doi.org/10.5072/films-1"


def test_files_of_any_name_are_identified_by_references_that_lead_to_them() -> None:
    given = full()
    held = given.members[1]
    odd = replace(held.files[0], path='raw/膜 1#2?50%20<a>"b".txt')
    given = replace(given, members=(replace(held, files=(odd,)),))
    with zipfile.ZipFile(io.BytesIO(_bytes(ro_crate.EXPORT, given))) as archive:
        graph = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
        [file] = [each for each in graph if each.get("sha256") == odd.checksum]
        assert file["@id"] == f"data/{held.folder}/raw/膜%201%232%3F50%2520%3Ca%3E%22b%22.txt"
        assert unquote(file["@id"]) in archive.namelist()
        assert file["name"] == '膜 1#2?50%20<a>"b".txt'


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufffe\uffff"), max_size=40)


@settings(max_examples=60)
@given(title=_TEXT.filter(lambda t: bool(t.strip())), about=_TEXT, keywords=st.lists(_TEXT, max_size=4))
def test_any_text_is_written_as_it_is_and_read_back(title: str, about: str, keywords: list[str]) -> None:
    given_ = small()
    dataset = replace(given_.dataset, title=Label(en=title), description=Label(en=about), keywords=tuple(keywords))
    given_ = replace(given_, dataset=dataset)
    root = _xml(datacite.EXPORT, given_)
    assert root.findtext(f"{KERNEL}titles/{KERNEL}title") == dataset.title.en
    assert tuple(each.text for each in root.iter(f"{KERNEL}subject")) == dataset.keywords
    assert _xml(jpcoar.EXPORT, given_).findtext(f"{DC}title") == dataset.title.en
    assert _xml(oai_dc.EXPORT, given_).findtext(f"{DC}title") == dataset.title.en
    for export in (schema_org.EXPORT, croissant.EXPORT):
        assert json.loads(_bytes(export, given_))["name"] == dataset.title.en
