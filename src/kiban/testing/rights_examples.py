"""Rights to be stated in tests, and a look at whether a file tells them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable

from hypothesis import strategies as st

from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.rights import Contributor, Funding, Rights, RightsHolder

ORCIDS = ("0000-0002-1825-0097", "0000-0002-1694-233X", "0000-0001-5109-3700")
RORS = ("057zh3y96", "05dxps055", "026v1ze26")
FUNDERS = ("10.13039/501100001691", "026v1ze26")
LICENCES = (
    "CC-BY-4.0",
    "CC0-1.0 OR MIT",
    "LicenseRef-Consortium-7",
    "GPL-3.0-or-later",
    "LicenseRef-AllRightsReserved",
)
RIGHTS = Rights(
    licence="CC-BY-SA-4.0",
    rights_holder=RightsHolder(name="Example University #1; 材料研究所", ror=RORS[0]),
    contributors=(
        Contributor(
            name="佐藤 花子",
            orcid=ORCIDS[0],
            affiliation="Example $$ University",
            ror=RORS[0],
            roles=(CreditRole.INVESTIGATION, CreditRole.DATA_CURATION),
        ),
        Contributor(name="J. Doe", roles=(CreditRole.SOFTWARE,)),
    ),
    funding=(
        Funding(funder="JSPS", funder_id=FUNDERS[0], award_number="JP00H00001", award_title="青い材料の研究"),
        Funding(funder="Ministry of Silly Alloys"),
    ),
    citation='Cite as "Blue materials" (2026) ##=\\ please.',
)
"""With all that can be stated, and signs that formats use for themselves."""
_WORDS = ("佐藤", "a;b", "x=y", "back\\slash", "##", "$$", "<b>&amp;", '"quoted"', "Å", "Straße", "K. O'Hara", "=1+1")


def rights() -> st.SearchStrategy[Rights]:
    """Any that are sound."""
    name = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map(" ".join)
    maybe = st.one_of(st.just(""), name)
    holder = st.builds(RightsHolder, name=name, ror=st.sampled_from(("", *RORS)))
    contributor = st.builds(
        Contributor,
        name=name,
        orcid=st.sampled_from(("", *ORCIDS)),
        affiliation=maybe,
        ror=st.sampled_from(("", *RORS)),
        roles=st.lists(st.sampled_from(CreditRole), max_size=4).map(tuple),
    )
    funding = st.builds(
        Funding,
        funder=name,
        funder_id=st.sampled_from(("", *FUNDERS)),
        award_number=maybe,
        award_title=maybe,
    )
    return st.builds(
        Rights,
        licence=st.sampled_from(LICENCES),
        rights_holder=st.one_of(st.none(), holder),
        contributors=st.lists(contributor, max_size=3).map(tuple),
        funding=st.lists(funding, max_size=2).map(tuple),
        citation=maybe,
    )


def texts_of(stated: Rights) -> tuple[str, ...]:
    """All that rights say, one by one, without the roles."""
    said = [stated.licence, stated.citation]
    if stated.rights_holder is not None:
        said += [stated.rights_holder.name, stated.rights_holder.ror]
    for each in stated.contributors:
        said += [each.name, each.orcid, each.affiliation, each.ror]
    for grant in stated.funding:
        said += [grant.funder, grant.funder_id, grant.award_number, grant.award_title]
    return tuple(dict.fromkeys(text for text in said if text))


def untold(stated: Rights, content: bytes, losses: Iterable[str]) -> tuple[str, ...]:
    """What of the rights is neither in a file, or an archive's members, nor named among its losses."""
    found = "\n".join((*_texts(content), *losses))
    readings = [_bare(text) for text in (found, _without_json(found), _without_xml(found))]
    return tuple(text for text in texts_of(stated) if not any(_bare(text) in each for each in readings))


def _texts(content: bytes) -> list[str]:
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [text for name in archive.namelist() for text in _texts(archive.read(name))]
    return [content.decode("utf-8", "replace")]


def _without_json(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def _without_xml(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def _bare(text: str) -> str:
    """Without the backslashes that formats put before signs of their own, and without points at the end."""
    return text.replace("\\", "").rstrip(".")
