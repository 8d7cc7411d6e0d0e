"""The JPCOAR schema 2.0, in which Japan's institutional repositories are harvested.

What is carried
---------------
Titles and descriptions in both languages, creators with ORCID iDs and affiliations, how open it is, licence, rights
holder, keywords, publisher, dates, type, version, identifiers, related works, funding (numbers that begin with JP are
marked as Japan Grant Numbers), and, where everybody can fetch it, the address of the RO-Crate.

What is lost
------------
Which records it holds, and the question that they were chosen by; where its DOI was registered; the ROR ID of the
publisher; roles of CRediT but four; how it is to be cited. Related works that document it are references.

Source
------
Japan Consortium for Open Access Repository: JPCOAR schema 2.0 (1 December 2022),
https://github.com/JPCOAR/schema/tree/master/2.0, and its guidelines (https://schema.irdb.nii.ac.jp/): an embargo comes
with the day when it ends, handles and ARKs are addresses. What is written was validated against that XML schema
(v2.0.0, 2022.12.01): `tests/web/test_oai_schemas.py`.
"""

from __future__ import annotations

from typing import BinaryIO

from kiban.records.related import RelatedKind, Relation
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_words import member_losses, related_works, role_losses
from kiban.standards.jpcoar_xml import ROLES, jpcoar_element
from kiban.standards.rights_losses import rights_losses
from kiban.standards.xml_writing import written

_WORDLESS = (Relation.IS_DOCUMENTED_BY, Relation.DOCUMENTS, Relation.IS_VARIANT_FORM_OF)


class Jpcoar:
    """See `DatasetExport`."""

    name = "jpcoar"
    title = "JPCOAR schema 2.0"
    suffix = ".jpcoar.xml"
    media_type = "application/xml"
    needs_members = False

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """See `DatasetExport.export`."""
        out.write(written(jpcoar_element(given)))
        told = []
        if any(work.relation in _WORDLESS for work in related_works(given)):
            told.append("JPCOAR has no words for documents and variant forms: they are references and formats there.")
        if any(work.kind is RelatedKind.IGSN for work in related_works(given)):
            told.append("That identifiers of related samples are IGSNs is not in the file.")
        if given.dataset.doi:
            told.append("Where the DOI was registered is not in the file.")
        if given.dataset.publisher_ror:
            told.append("The ROR ID of the publisher is not in the file.")
        if given.rights is not None:
            told += role_losses(given.rights, frozenset(ROLES))
        return (*told, *rights_losses(given.rights, without=("citation",)), *member_losses(given))


EXPORT = Jpcoar()
