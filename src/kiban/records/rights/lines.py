"""Holders, contributors and fundings as lines that people type, and back.

`Sato Hanako; orcid=0000-0002-1825-0097; affiliation=Example University; roles=investigation, software`. First the
name, then what else is known, each as word=text; a semicolon inside a text is written `\\;`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from kiban.errors import InvalidValue
from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.rights import Contributor, Funding, RightsHolder

_PART = re.compile(r"((?:[^;\\]|\\.)*)(?:;|\Z)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ROLES = {
    word: role
    for role in CreditRole
    for word in (role.value, role.value.replace("-", ""), re.sub(r"\W", "", role.en).lower(), role.ja)
}
_HOLDER = {"ror": "ror"}
_CONTRIBUTOR = {"orcid": "orcid", "affiliation": "affiliation", "ror": "ror", "roles": "roles", "role": "roles"}
_FUNDING = {"id": "funder_id", "award": "award_number", "title": "award_title"}


def holder_of(line: str) -> RightsHolder:
    """Read `Example University; ror=057zh3y96`. Raises InvalidValue."""
    name, given = _taken_apart(line, _HOLDER)
    return RightsHolder(name=name, **given)


def contributor_of(line: str) -> Contributor:
    """Read `Sato Hanako; orcid=...; affiliation=...; ror=...; roles=investigation, software`. Raises as above."""
    name, given = _taken_apart(line, _CONTRIBUTOR)
    roles = tuple(role_of(word) for word in given.pop("roles", "").split(",") if word.strip())
    return Contributor(name=name, roles=roles, **given)


def funding_of(line: str) -> Funding:
    """Read `JSPS; id=10.13039/501100001691; award=JP00H00000; title=...`. Raises as above."""
    name, given = _taken_apart(line, _FUNDING)
    return Funding(funder=name, **given)


def role_of(word: str) -> CreditRole:
    """A role by its word, as `data-curation` or `Data curation`. Raises InvalidValue."""
    plain = re.sub(r"[\W_]", "", word).lower()
    found = _ROLES.get(plain) or _ROLES.get(word.strip())
    if found is None:
        near = get_close_matches(word.strip().lower(), [role.value for role in CreditRole], n=1)
        raise InvalidValue(
            f"'{word.strip()[:60]}' is no role of CRediT.",
            mend=f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(role.value for role in CreditRole)}.",
        )
    return found


def holder_line(holder: RightsHolder) -> str:
    """The opposite of `holder_of`."""
    return _put_together(holder.name, {"ror": holder.ror})


def contributor_line(contributor: Contributor) -> str:
    """The opposite of `contributor_of`."""
    roles = ", ".join(role.value for role in contributor.roles)
    said = {"orcid": contributor.orcid, "affiliation": contributor.affiliation, "ror": contributor.ror, "roles": roles}
    return _put_together(contributor.name, said)


def funding_line(funding: Funding) -> str:
    """The opposite of `funding_of`."""
    said = {"id": funding.funder_id, "award": funding.award_number, "title": funding.award_title}
    return _put_together(funding.funder, said)


def _taken_apart(line: str, words: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    name, *parts = [_ESCAPED.sub(r"\1", part).strip() for part in _PART.findall(line.strip())]
    given: dict[str, str] = {}
    for part in filter(None, parts):
        word, is_given, text = part.partition("=")
        known = words.get(word.strip().lower())
        if not is_given or known is None or known in given:
            raise InvalidValue(
                f"'{part[:60]}' after '{name[:60]}' says nothing that is known, or says it twice.",
                mend=f"After the name write {', '.join(f'{w}=...' for w in words)}, separated by semicolons.",
            )
        given[known] = text.strip()
    return name, given


def _put_together(name: str, said: Mapping[str, str]) -> str:
    parts = [name, *(f"{word}={text}" for word, text in said.items() if text)]
    return "; ".join(part.replace("\\", "\\\\").replace(";", "\\;") for part in parts)
