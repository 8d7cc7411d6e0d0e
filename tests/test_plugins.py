"""Plug-ins of other packages: sound ones come in, broken ones are named, and what must not be missing is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from kiban import plugins
from kiban.errors import BrokenPlugin
from kiban.standards.installed import survey as survey_exports

if TYPE_CHECKING:
    from conftest import Packages

GROUP = "kiban.readers"
SOUND = "class Thing:\n    name = 'thing'\nTHING = Thing()\n"


def _needs_a_name(plugin: object) -> str | None:
    return plugins.lacks(plugin, "name")


@pytest.fixture(autouse=True)
def _found_anew(packages: Packages, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(packages.folder))
    before = set(sys.modules)
    plugins.survey.cache_clear()
    yield
    plugins.survey.cache_clear()
    for name in set(sys.modules) - before:
        del sys.modules[name]


def _survey() -> plugins.Survey:
    return plugins.survey(GROUP, "READER", check=_needs_a_name)


def test_one_of_another_package_comes_after_ours_with_its_package(packages: Packages) -> None:
    packages.install("other-things", group=GROUP, entries="thing = other_things:THING", other_things=SOUND)
    *ours, last = _survey().loaded
    assert all(one.package is None for one in ours)
    assert (last.package, last.package_version) == ("other-things", "1.5")
    assert getattr(last.plugin, "name", None) == "thing"
    assert _survey().broken == ()


@pytest.mark.parametrize(
    ("entry", "source", "why"),
    [
        ("other:THING", "import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("other:THING", "raise SystemExit(3)\n", "SystemExit: 3"),
        ("other:THING", "1 / 0\n", "ZeroDivisionError: division by zero"),
        ("other:THING", "THING = (\n", "SyntaxError"),
        ("other:THING", "raise RuntimeError\n", "RuntimeError"),
        ("other:THINGS", SOUND, "has no attribute 'THINGS'"),
        ("other:Thing", SOUND, "Thing is a class; an object of it was expected"),
        ("other:THING", "THING = object()\n", "it has no name"),
        ("other:THING", SOUND.replace("'thing'", "'rigaku_ras'"), "its name rigaku_ras is taken"),
        ("missing:THING", SOUND, "No module named 'missing'"),
    ],
)
def test_a_broken_one_is_left_out_and_named(packages: Packages, entry: str, source: str, why: str) -> None:
    packages.install("other-things", group=GROUP, entries=f"thing = {entry}", other=source)
    [broken] = _survey().broken
    assert why in broken.why
    assert (broken.package, broken.package_version) == ("other-things", "1.5")
    assert broken.entry_point == f"thing = {entry}"
    assert all(one.package is None for one in _survey().loaded)
    assert len(_survey().loaded) > 5


def test_the_first_of_two_with_one_name_stays(packages: Packages) -> None:
    packages.install("a-things", group=GROUP, entries="a = a_things:THING", a_things=SOUND)
    packages.install("b-things", group=GROUP, entries="b = b_things:THING", b_things=SOUND)
    assert _survey().loaded[-1].package == "a-things"
    assert [broken.package for broken in _survey().broken] == ["b-things"]


def test_where_all_are_needed_a_broken_one_stops_everything(packages: Packages) -> None:
    packages.install("other-things", group=GROUP, entries="thing = other:THING", other="1 / 0\n")
    with pytest.raises(BrokenPlugin, match=r"other-things 1\.5 adds thing = other:THING .* ZeroDivisionError"):
        plugins.find(GROUP, "READER", check=_needs_a_name, all_needed=True)


def test_a_module_of_ours_that_fails_is_a_fault_of_ours(packages: Packages) -> None:
    (packages.folder / "ours").mkdir()
    (packages.folder / "ours" / "__init__.py").write_text("")
    (packages.folder / "ours" / "broken.py").write_text("1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        plugins.survey("ours", "READER")


@pytest.mark.parametrize("group", ["kiban.standards", "kiban.standards.data_sets", "kiban.standards.graphs"])
def test_broken_exports_of_every_kind_are_named(packages: Packages, group: str) -> None:
    packages.install("other-things", group=group, entries="thing = other_things:THING", other_things=SOUND)
    [broken] = survey_exports().broken
    assert (broken.package, broken.why) == ("other-things", "it has no title")
