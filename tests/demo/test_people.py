"""The demo has one person for each role, and each sees what the role gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.compute.fence import Fence
from kiban.demo.people import logins, make_people
from kiban.errors import NotLoggedIn
from kiban.operations.find import find
from kiban.operations.login_links import log_in_by_link
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.who_is import who_is
from kiban.records.parties.right import Role
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform, owner_of


def test_everybody_logs_in_with_their_own_link_and_has_their_role(tmp_path: Path) -> None:
    fence = Fence(n_workers=1)
    resources = memory_platform(ObjectFolder(tmp_path / "objects"), fence)
    for _ in range(2):
        make_people(owner_of(resources), resources)  # the second start makes nobody again
    given = logins(owner_of(resources), resources)
    assert given.token is not None
    roles = {}
    for login, code in given.links.items():
        asker = who_is(resources, cookie=log_in_by_link(resources, code)).asker
        roles[login] = asker.roles.get(FIRST_PROJECT)
        find(asker, resources, "")
        if login == "partner":
            assert len(asker.agreements) == 1
    assert roles == {
        "operator": Role.OWNER,
        "reader": Role.READER,
        "contributor": Role.CONTRIBUTOR,
        "steward": Role.STEWARD,
        "owner": Role.OWNER,
        "partner": None,
        "guest": None,
    }
    instrument = who_is(resources, bearer=given.token).asker
    assert instrument.roles == {FIRST_PROJECT: Role.CONTRIBUTOR}
    assert resources.visible(instrument).numbers == frozenset()
    assert logins(owner_of(resources), resources).token is None  # it was shown once
    with pytest.raises(NotLoggedIn):
        log_in_by_link(resources, given.links["reader"])
    fence.close()
