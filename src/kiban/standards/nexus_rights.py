"""The rights in a record as a group of NeXus.

    rights               NXcollection  licence, licence_address, rights_holder, rights_holder_identifier, stated (JSON)
    rights/contributor_1 NXuser        name, role (of CRediT), affiliation, ORCID; and so on
    rights/funding_1     NXparameters  funder, identifier, award_number, award_title; and so on
    rights/citation      NXcite        description

NeXus has classes for people and citations and none for licences. They stand in one collection and not beside the
NXuser of the entry, which is who measured. `stated` has all of it as Kiban reads it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiban.records.rights.json_text import rights_of_text, rights_text
from kiban.records.rights.licence import expression_address
from kiban.records.rights.outside_ids import address_of
from kiban.records.rights.rights import Rights
from kiban.standards.hdf5_memory import Group
from kiban.standards.hdf5_texts import text_of

if TYPE_CHECKING:
    import h5py

GROUP = "rights"
_CLASS = "NXcollection"
_Texts = dict[str, str]


def write_rights(entry: Group, rights: Rights) -> None:
    """Write them into a file that is being made."""
    group = entry.group(GROUP, _CLASS)
    for name, text in _own(rights).items():
        group.text(name, text)
    for name, nexus_class, texts in _parts(rights):
        part = group.group(name, nexus_class)
        for key, text in texts.items():
            part.text(key, text)


def put_rights(entry: h5py.Group, rights: Rights | None) -> None:
    """Put them into a finished file, in the place of what it states."""
    if GROUP in entry:
        del entry[GROUP]
    if rights is None:
        return
    group = entry.create_group(GROUP, track_order=True)
    group.attrs["NX_class"] = _CLASS
    for name, text in _own(rights).items():
        group[name] = text
    for name, nexus_class, texts in _parts(rights):
        part = group.create_group(name, track_order=True)
        part.attrs["NX_class"] = nexus_class
        for key, text in texts.items():
            part[key] = text


def read_rights(entry: h5py.Group) -> Rights | None:
    """What a file states. Raises InvalidValue if it is damaged."""
    return rights_of_text(text_of(entry[GROUP]["stated"])) if GROUP in entry else None


def _own(rights: Rights) -> _Texts:
    holder = rights.rights_holder
    return _without_nothing(
        {
            "licence": rights.licence,
            "licence_address": expression_address(rights.licence) or "",
            "rights_holder": holder.name if holder is not None else "",
            "rights_holder_identifier": address_of(holder.ror) if holder is not None and holder.ror else "",
            "stated": rights_text(rights),
        }
    )


def _parts(rights: Rights) -> list[tuple[str, str, _Texts]]:
    found: list[tuple[str, str, _Texts]] = []
    for number, each in enumerate(rights.contributors, start=1):
        texts = {
            "name": each.name,
            "role": ", ".join(role.en for role in each.roles),
            "affiliation": each.affiliation,
            "affiliation_identifier": address_of(each.ror) if each.ror else "",
            "ORCID": address_of(each.orcid) if each.orcid else "",
        }
        found.append((f"contributor_{number}", "NXuser", _without_nothing(texts)))
    for number, grant in enumerate(rights.funding, start=1):
        texts = {
            "funder": grant.funder,
            "identifier": address_of(grant.funder_id) if grant.funder_id else "",
            "award_number": grant.award_number,
            "award_title": grant.award_title,
        }
        found.append((f"funding_{number}", "NXparameters", _without_nothing(texts)))
    if rights.citation:
        found.append(("citation", "NXcite", {"description": rights.citation}))
    return found


def _without_nothing(texts: _Texts) -> _Texts:
    return {name: text for name, text in texts.items() if text}
