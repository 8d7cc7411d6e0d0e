"""What the records of a data set state of their rights, put together, with what does not go with the data set's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kiban.records.record import Record
from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.licence import ALL_RIGHTS_RESERVED, licence_ids
from kiban.records.rights.rights import MOST_CONTRIBUTORS, MOST_FUNDINGS, Contributor, Funding, Rights

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What the members state.

    Parameters
    ----------
    licences : tuple of (str, tuple of str)
        Each licence with the identifiers of the members under it, the most frequent first; empty where none is stated.
    holders : tuple of (str, tuple of str)
        Each rights holder, likewise.
    contributors : tuple of Contributor
        Everybody whom a member names, with all their roles, those of most members first.
    """

    licences: tuple[tuple[str, tuple[str, ...]], ...] = ()
    holders: tuple[tuple[str, tuple[str, ...]], ...] = ()
    contributors: tuple[Contributor, ...] = ()
    funding: tuple[Funding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsConflict:
    """Something that the data set states otherwise than some of its members."""

    what: str
    """`licence` or `rights_holder`."""
    stated: str
    """What the members state; empty where they state nothing."""
    members: tuple[str, ...]
    """Their identifiers."""

    def sentence(self, own: str) -> str:
        """In words; `own` is what the data set states."""
        named = ", ".join(self.members[:_MOST_NAMED]) + (" ..." if len(self.members) > _MOST_NAMED else "")
        what = "licence" if self.what == "licence" else "rights holder"
        theirs = f"the {what} {self.stated}" if self.stated else f"no {what}"
        return f"The data set states {own or f'no {what}'}; {len(self.members)} of its records state {theirs}: {named}."


def gathered(members: Sequence[Record], rights: Mapping[UUID, Rights]) -> Gathered:
    """Put together what the members state.

    Parameters
    ----------
    rights : mapping
        By member, of those for which some count.
    """
    stated = [(member, rights.get(member.id)) for member in members]
    return Gathered(
        licences=_grouped((r.licence if r else "", m.pid) for m, r in stated),
        holders=_grouped((r.rights_holder.name if r and r.rights_holder else "", m.pid) for m, r in stated),
        contributors=_contributors(each for _, r in stated if r for each in r.contributors)[:MOST_CONTRIBUTORS],
        funding=tuple(dict.fromkeys(each for _, r in stated if r for each in r.funding))[:MOST_FUNDINGS],
    )


def conflicts(own: Rights | None, found: Gathered) -> tuple[RightsConflict, ...]:
    """What members state otherwise than the data set: a person has to look whether that may be.

    That a member states nothing is told of licences alone: without one, nobody may use it.
    """
    licence = own.licence if own is not None else ""
    holder = own.rights_holder.name if own is not None and own.rights_holder is not None else ""
    return (
        *(RightsConflict(what="licence", stated=each, members=m) for each, m in found.licences if each != licence),
        *(
            RightsConflict(what="rights_holder", stated=each, members=m)
            for each, m in found.holders
            if each not in {holder, ""}
        ),
    )


def completed(own: Rights | None, found: Gathered) -> Rights | None:
    """The rights of a data set, with what it does not state itself taken from its members where they agree.

    Contributors and fundings are those of all members; a licence and a rights holder are taken where every member
    states the same.
    """
    licence = found.licences[0][0] if len(found.licences) == 1 else ""
    parts: dict[str, object] = {}
    if (own is None or not own.licence) and licence and ALL_RIGHTS_RESERVED not in licence_ids(licence):
        parts["licence"] = licence
    if (own is None or not own.contributors) and found.contributors:
        parts["contributors"] = found.contributors
    if (own is None or not own.funding) and found.funding:
        parts["funding"] = found.funding
    if not parts:
        return own
    return Rights(**parts) if own is None else replace(own, **parts)  # type: ignore[arg-type]


def _grouped(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    groups: dict[str, list[str]] = {}
    for stated, member in pairs:
        groups.setdefault(stated, []).append(member)
    return tuple(sorted(((k, tuple(v)) for k, v in groups.items()), key=lambda each: (-len(each[1]), each[0])))


def _contributors(given: Iterable[Contributor]) -> tuple[Contributor, ...]:
    """Each person once. Who has an ORCID iD is known by it, everybody else by name and affiliation."""
    found: dict[str, Contributor] = {}
    n_times: dict[str, int] = {}
    for each in given:
        key = each.orcid or f"{each.name}\n{each.affiliation}"
        known = found.get(key)
        n_times[key] = n_times.get(key, 0) + 1
        if known is None:
            found[key] = each
        elif set(each.roles) - set(known.roles):
            roles = {*known.roles, *each.roles}
            found[key] = replace(known, roles=tuple(role for role in CreditRole if role in roles))
    return tuple(found[key] for key in sorted(found, key=lambda key: -n_times[key]))
