"""The demo's people each see something else, and whatever somebody changes later stays changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.compute.fence import Fence
from kiban.demo.people import GUEST, logins, make_people
from kiban.demo.sharing_story import EMBARGO_DAYS, tell_sharing
from kiban.demo.study import make_study
from kiban.demo.study_story import Story
from kiban.operations.chosen import chosen_by
from kiban.operations.deposit import deposit
from kiban.operations.embargoes import endings
from kiban.operations.find import find
from kiban.operations.invite import uninvite
from kiban.operations.login_links import log_in_by_link
from kiban.operations.releases import show_releases
from kiban.operations.resources import Resources
from kiban.operations.who_is import who_is
from kiban.records.party import ANONYMOUS, Asker
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform, owner_of


def _files(folder: Path) -> list[Path]:
    one_of_each = [folder / "raman" / "TiO2-A600.jdx", folder / "uv-vis" / "TiO2-A600.jdx"]
    return [*sorted((folder / "xrd").glob("TiO2-A800*")), *one_of_each, folder / "structures"]


def titles(asker: Asker, resources: Resources) -> set[str]:
    return {hit.title for hit in find(asker, resources, "", limit=500).hits}


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    make_study(folder)
    return folder


def test_everybody_sees_something_else(folder: Path, tmp_path: Path) -> None:
    fence = Fence(n_workers=1)
    resources = memory_platform(ObjectFolder(tmp_path / "objects"), fence)
    owner = owner_of(resources)
    make_people(owner, resources)
    assert not tell_sharing(owner, resources, "nobody")
    Story(owner, resources).tell()
    for _ in deposit(owner, resources, _files(folder)):
        pass
    assert tell_sharing(owner_of(resources), resources, GUEST)
    assert not tell_sharing(owner_of(resources), resources, GUEST)
    people = {
        login: who_is(resources, cookie=log_in_by_link(resources, code)).asker
        for login, code in logins(owner, resources).links.items()
    }
    open_to_all = titles(ANONYMOUS, resources)
    assert open_to_all == {"Silicon", "Anatase", "Rutile", "Lithium cobalt oxide"}
    partner = titles(people["partner"], resources) - open_to_all
    assert {"TiO2-A600", "TiO2-A600: absorbance of the film"} < partner
    assert not any("Raman" in title or "Gonio" in title for title in partner)
    assert titles(people["guest"], resources) - open_to_all == {"TiO2-A800: Gonio scan"}
    assert titles(people["reader"], resources) > partner | open_to_all
    # The embargo is announced to the steward, and the listed scan waits for her decision.
    [ending] = endings(people["steward"], resources)
    assert (ending.ends_at - owner.at).days in {EMBARGO_DAYS - 1, EMBARGO_DAYS}
    [held] = [each for each in show_releases(people["steward"], resources).held_back if each.waits]
    assert (held.person.login, held.scope.export_item) == ("guest", "外為令別表 5 (1)")
    # What somebody changes stays changed at the next start.
    steward = people["steward"]
    guest = people["guest"].id
    uninvite(steward, resources, chosen_by(steward, resources, 'title = "TiO2-A800: Gonio scan"'), guest)
    assert not tell_sharing(owner_of(resources), resources, GUEST)
    assert titles(people["guest"], resources) == open_to_all
    fence.close()
