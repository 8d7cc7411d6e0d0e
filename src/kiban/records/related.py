"""What a data set has to do with other works, and the identifiers that are outside of here: DOIs above all.

The words are those of the DataCite Metadata Schema 4.6 (relationType, relatedIdentifierType, resourceTypeGeneral).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from kiban.errors import InvalidValue
from kiban.records.rights.outside_ids import doi_address
from kiban.records.web_address import escaped_address, escaped_name

LONGEST_IDENTIFIER = 500
_HANDLES = "https://hdl.handle.net/"
_ARKS = "https://n2t.net/"
_DOI = re.compile(
    r"(?P<address>(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(?P<name>10\.\d{4,9}(?:\.\d+)*/[!-~]+)",
    re.IGNORECASE | re.ASCII,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_PLAIN = re.compile(r"[^\s<>\"\x00-\x1f\x7f]+")


class ResourceType(StrEnum):
    """What kind of thing it is as a whole."""

    DATASET = "Dataset"
    COLLECTION = "Collection"
    IMAGE = "Image"
    MODEL = "Model"
    SOFTWARE = "Software"
    TEXT = "Text"
    WORKFLOW = "Workflow"
    OTHER = "Other"


class RelatedKind(StrEnum):
    """What sort of identifier names the other work."""

    DOI = "DOI"
    URL = "URL"
    HANDLE = "Handle"
    ARK = "ARK"
    ARXIV = "arXiv"
    IGSN = "IGSN"
    ISBN = "ISBN"
    ISSN = "ISSN"


class Relation(StrEnum):
    """What the data set is to the other work: *it* `IsSupplementTo` the article."""

    IS_SUPPLEMENT_TO = "IsSupplementTo"
    IS_SUPPLEMENTED_BY = "IsSupplementedBy"
    IS_CITED_BY = "IsCitedBy"
    CITES = "Cites"
    IS_REFERENCED_BY = "IsReferencedBy"
    REFERENCES = "References"
    IS_DOCUMENTED_BY = "IsDocumentedBy"
    DOCUMENTS = "Documents"
    IS_DERIVED_FROM = "IsDerivedFrom"
    IS_SOURCE_OF = "IsSourceOf"
    IS_PART_OF = "IsPartOf"
    HAS_PART = "HasPart"
    IS_NEW_VERSION_OF = "IsNewVersionOf"
    IS_PREVIOUS_VERSION_OF = "IsPreviousVersionOf"
    IS_IDENTICAL_TO = "IsIdenticalTo"
    IS_VARIANT_FORM_OF = "IsVariantFormOf"
    IS_OBSOLETED_BY = "IsObsoletedBy"
    OBSOLETES = "Obsoletes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another work, by its identifier, and what the data set is to it."""

    identifier: str
    kind: RelatedKind = RelatedKind.DOI
    relation: Relation = Relation.REFERENCES

    def __post_init__(self) -> None:
        text = unicodedata.normalize("NFKC", self.identifier).strip()
        if self.kind is RelatedKind.DOI:
            object.__setattr__(self, "identifier", doi_of(text))
            return
        if self.kind is RelatedKind.URL and not _ADDRESS.fullmatch(text):
            raise InvalidValue(f"'{text[:60]}' is no address.", mend="Give it in full, as https://example.org/page.")
        if not _PLAIN.fullmatch(text) or len(text) > LONGEST_IDENTIFIER:
            raise InvalidValue(
                f"'{text[:60]}' cannot be the identifier of a work.",
                mend=f"Give 1 to {LONGEST_IDENTIFIER} characters without spaces, quotes or < >.",
            )
        object.__setattr__(self, "identifier", text)

    @property
    def address(self) -> str | None:
        """Where it leads, where that is known: handles and ARKs have one place each that leads to all of them."""
        text = self.identifier
        match self.kind:
            case RelatedKind.DOI:
                return doi_address(text)
            case RelatedKind.URL:
                return escaped_address(text)
            case RelatedKind.HANDLE | RelatedKind.ARK if _ADDRESS.fullmatch(text):
                return escaped_address(text)
            case RelatedKind.HANDLE:
                return f"{_HANDLES}{escaped_name(re.sub('^(hdl:|info:hdl/)', '', text, flags=re.IGNORECASE))}"
            case RelatedKind.ARK:
                return f"{_ARKS}ark:{escaped_name(re.sub('^ark:', '', text, flags=re.IGNORECASE))}"
            case _:
                return None


def doi_of(text: str) -> str:
    """A DOI in its bare form, `10.5072/abc`, in lower case; also of its address.

    Nothing is asked of doi.org: whether it is registered only its registrant knows.

    Raises
    ------
    InvalidValue
        If it has another shape.
    """
    match = _DOI.fullmatch(unicodedata.normalize("NFKC", text).strip())
    name = match["name"] if match else ""
    if match and (match["address"] or "").lower().endswith("org/"):
        # In an address signs of the DOI are escaped: browsers copy %3C where the publisher says <.
        name = unquote(name)
    # Names such as 10.1002/(SICI)1521-4095(199911)11:15<1261::AID-ADMA1261>3.0.CO;2-C are on older articles.
    if not re.fullmatch(r"[!#-~]+", name) or len(name) > LONGEST_IDENTIFIER:
        raise InvalidValue(
            f"'{text[:60]}' is no DOI: it would begin with 10., as in 10.5072/example.",
            mend="Copy it from whoever registered it; leave it out where none is registered.",
        )
    # DOIs are the same in either case (DOI Handbook 3.3); DataCite shows them in lower case.
    return name.lower()


def related_of(line: str) -> Related:
    """Read `IsSupplementTo 10.1000/xyz` or `References URL https://example.org/`. Raises InvalidValue."""
    words = line.split()
    relations = {each.value.lower(): each for each in Relation}
    kinds = {each.value.lower(): each for each in RelatedKind}
    relation = relations.get(words[0].lower()) if words else None
    if relation is None or len(words) not in {2, 3}:
        raise InvalidValue(
            f"'{line[:60]}' does not say what the data set is to which work.",
            mend=f"Write `IsSupplementTo 10.1000/xyz`; the first word is one of: {', '.join(Relation)}.",
        )
    if len(words) == 2:
        kind = RelatedKind.URL if _ADDRESS.fullmatch(words[1]) and not _DOI.fullmatch(words[1]) else RelatedKind.DOI
        return Related(identifier=words[1], kind=kind, relation=relation)
    found = kinds.get(words[1].lower())
    if found is None:
        raise InvalidValue(
            f"'{words[1][:40]}' is no sort of identifier.", mend=f"Use one of: {', '.join(RelatedKind)}."
        )
    return Related(identifier=words[2], kind=found, relation=relation)


def related_line(related: Related) -> str:
    """The opposite of `related_of`."""
    return f"{related.relation} {related.kind} {related.identifier}"
