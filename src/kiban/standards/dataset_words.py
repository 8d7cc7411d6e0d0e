"""What all descriptions of a data set share: who is credited, how it is cited, what its licence is called."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.errors import NotExportable
from kiban.records.dataset import Dataset, DatasetState
from kiban.records.related import Related, RelatedKind, Relation
from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.licence import expression_address, licence_name
from kiban.records.rights.rights import Rights
from kiban.standards.dataset_contract import DatasetExportable


def cited(given: DatasetExportable) -> str:
    """How to cite it, in one line: as its rights ask for, or as DataCite recommends.

    References
    ----------
    DataCite Metadata Schema 4.6, section 2.2: Creator (PublicationYear): Title. Version. Publisher.
    resourceTypeGeneral. Identifier.
    """
    rights, dataset = given.rights, given.dataset
    if rights is not None and rights.citation:
        return rights.citation
    names = "; ".join(each.name for each in rights.contributors) if rights is not None else ""
    year = f" ({dataset.year})" if dataset.year is not None else ""
    parts = [dataset.name, f"Version {dataset.number}", dataset.publisher, dataset.resource_type.value]
    where = dataset.doi_address or given.page
    said = ". ".join(part.rstrip(".") for part in parts if part)
    return f"{names}{year}: {said}. {where}" if names or year else f"{said}. {where}"


def check_citable(given: DatasetExportable, title: str) -> Rights:
    """The rights of a data set that has what every description of a citable thing demands. Raises NotExportable."""
    missing = [each for each in given.dataset.missing() if each != "at least one record"]
    rights = given.rights
    if rights is not None:
        missing = [each for each in missing if not _has(rights, each)]
    if missing or rights is None:
        raise NotExportable(
            f"{given.record.pid} cannot be described as {title}: it lacks {', '.join(missing)}.",
            mend="State that, then freeze it.",
        )
    return rights


def _has(rights: Rights, what: str) -> bool:
    return (what == "a licence" and bool(rights.licence)) or (
        what == "at least one contributor" and bool(rights.contributors)
    )


def related_works(given: DatasetExportable) -> Iterator[Related]:
    """What it has to do with other works, its other versions among them: by their DOIs, or their addresses."""
    stated = set(given.dataset.related)
    for other, relation in ((given.before, Relation.IS_NEW_VERSION_OF), (given.after, Relation.IS_PREVIOUS_VERSION_OF)):
        if other is None:
            continue
        if other.doi:
            one = Related(identifier=other.doi, kind=RelatedKind.DOI, relation=relation)
        elif given.address:
            one = Related(identifier=f"{given.address}id/{other.pid}", kind=RelatedKind.URL, relation=relation)
        else:
            continue
        if one not in stated:
            yield one
    yield from given.dataset.related


def licence_words(rights: Rights) -> tuple[str, str | None]:
    """What a licence is called in English, and where its text stands."""
    return licence_name(rights.licence, "en"), expression_address(rights.licence)


def role_losses(rights: Rights, carried: frozenset[CreditRole] = frozenset()) -> Iterator[str]:
    """Say that roles of contributors have no place."""
    lost = sorted({role.value for each in rights.contributors for role in each.roles} - {r.value for r in carried})
    if lost:
        yield f"What contributors did (CRediT) is not in the file: {', '.join(lost)}."


def member_losses(given: DatasetExportable) -> Iterator[str]:
    """Say that only the data set as a whole is described."""
    if given.members:
        yield f"The {len(given.members)} records that it holds are not in the file."
    if given.dataset.question:
        yield "The question that they were chosen by is not in the file."


def withdrawn_losses(dataset: Dataset) -> Iterator[str]:
    """Say that it was withdrawn."""
    if dataset.state is DatasetState.WITHDRAWN:
        yield f"That it was withdrawn is not in the file: {dataset.reason}"
