"""Any data set that can be cited, with as much of everything as there may be, for Hypothesis."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC

from hypothesis import strategies as st

from kiban.records.dataset import Dataset, DatasetState
from kiban.records.field import Label
from kiban.records.identity import new_pid
from kiban.records.related import Related, RelatedKind, Relation, ResourceType
from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.rights import Contributor, Funding, Rights, RightsHolder
from kiban.standards.dataset_contract import DatasetExportable, OtherVersion
from kiban.testing.dataset_examples import ADDRESS, full

_LINE = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=30,
).filter(lambda text: bool(text.strip()))
_MAYBE = st.just("") | _LINE
_PLAIN = st.text(st.sampled_from(string.ascii_letters + string.digits + "-._~:/?#[]@!$&'()*+,;=%{}|\\^`"), min_size=1)
_DOIS = st.builds("10.{}/{}".format, st.integers(1000, 999_999_999), _PLAIN)
_ADDRESSES = st.builds(
    "https://{}/{}".format,
    st.sampled_from(
        ["example.org", "me@example.org:8420", "[::1]:8420", "例え.jp", "exa[mple.org:x", "a@b@c", "", "%"]
    ),
    st.text(st.sampled_from("ab/?#[]&=%25@:;,'()é"), max_size=20),
)
_NUMBERS = {RelatedKind.DOI: _DOIS, RelatedKind.URL: _ADDRESSES}
_WORKS = st.sampled_from(RelatedKind).flatmap(
    lambda kind: st.builds(
        Related, identifier=_NUMBERS.get(kind, _PLAIN), kind=st.just(kind), relation=st.sampled_from(Relation)
    )
)
_ROR = st.sampled_from(["", "057zh3y96"])
_DAYS = st.dates().map(lambda day: day.isoformat())
_MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat())
_RIGHTS = st.builds(
    Rights,
    licence=st.sampled_from(
        ["CC-BY-4.0", "CC0-1.0 OR ODbL-1.0", "LicenseRef-Ours", "LicenseRef-AllRightsReserved", "GPL-3.0-only"]
    ),
    rights_holder=st.none() | st.builds(RightsHolder, name=_LINE, ror=_ROR),
    contributors=st.lists(
        st.builds(
            Contributor,
            name=_LINE,
            orcid=st.sampled_from(["", "0000-0002-1825-0097"]),
            affiliation=_MAYBE,
            ror=_ROR,
            roles=st.lists(st.sampled_from(CreditRole), max_size=4).map(tuple),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    funding=st.lists(
        st.builds(
            Funding,
            funder=_LINE,
            funder_id=st.sampled_from(["", "057zh3y96", "10.13039/501100001691"]),
            award_number=_MAYBE | st.sampled_from(["JP00H00000", "JPMJXX0000"]),
            award_title=_MAYBE,
        ),
        max_size=3,
    ).map(tuple),
    citation=_MAYBE,
)
_OTHERS = st.none() | st.builds(OtherVersion, pid=st.builds(new_pid), doi=st.just("") | _DOIS, number=st.integers(1, 9))


@st.composite
def data_sets(draw: st.DrawFn) -> DatasetExportable:
    """Data sets that can be cited, with as much of everything as there may be."""
    rights = draw(_RIGHTS)
    titles = draw(st.tuples(_LINE, _MAYBE) | st.tuples(st.just(""), _LINE))
    state = draw(st.sampled_from([DatasetState.FROZEN, DatasetState.WITHDRAWN]))
    like = full()
    dataset = Dataset(
        title=Label(en=titles[0], ja=titles[1]),
        description=Label(en=draw(_MAYBE), ja=draw(_MAYBE)),
        members=like.dataset.members,
        keywords=tuple(draw(st.lists(_LINE, max_size=3))),
        resource_type=draw(st.sampled_from(ResourceType)),
        publisher=draw(_LINE),
        publisher_ror=draw(_ROR),
        published_on=draw(st.just("") | _DAYS),
        related=tuple(draw(st.lists(_WORKS, max_size=5))),
        doi=draw(st.just("") | _DOIS),
        rights=rights,
        number=draw(st.integers(1, 10**9)),
        state=state,
        frozen_at=draw(_MOMENTS),
        frozen_by="operator",
        withdrawn_at=draw(_MOMENTS) if state is DatasetState.WITHDRAWN else "",
        reason=draw(_LINE) if state is DatasetState.WITHDRAWN else "",
    )
    return replace(
        like,
        dataset=dataset,
        rights=rights,
        before=draw(_OTHERS),
        after=draw(_OTHERS),
        address=draw(st.sampled_from([None, ADDRESS])),
        is_open=draw(st.booleans()),
        open_from=draw(st.none() | st.datetimes(timezones=st.just(UTC))),
    )
