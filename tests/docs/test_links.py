"""Links lead somewhere, every page can be reached, and the two README files say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .pages import DOCS, REFERENCE, ROOT, all_pages, anchors, blocks, generator, headings, links

ENGLISH, JAPANESE = ROOT / "README.md", ROOT / "README.ja.md"
LARGEST_PICTURE = 200_000
FORBIDDEN = re.compile(r"/work/|/root/|(?<!objects)/tmp/|localhost:\d+/simple|TODO|FIXME")


def _names(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", all_pages(), ids=_names)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in links(page):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), f"{target} leads nowhere"
        assert path.is_relative_to(ROOT), f"{target} leads out of the project"
        if anchor:
            assert anchor in anchors(path), f"{target}: there is no such heading"


def test_every_page_can_be_reached_from_the_index() -> None:
    reached, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in links(page):
            path = (page.parent / target.partition("#")[0]).resolve()
            if path.suffix == ".md" and path.is_relative_to(DOCS):
                waiting.append(path)
    assert set(DOCS.rglob("*.md")) == reached


@pytest.mark.parametrize("page", all_pages(), ids=_names)
def test_a_page_has_one_title_and_no_place_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(re.findall(r"^# ", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.MULTILINE)) == 1
    assert not FORBIDDEN.search(text)


def test_pictures_are_small_and_used() -> None:
    used = {(page.parent / target).resolve() for page in all_pages() for target in links(page)}
    for picture in (DOCS / "images").iterdir():
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name
        assert picture in used, f"no page shows {picture.name}"


def test_the_two_readme_files_give_the_same_commands() -> None:
    def commands(page: Path) -> list[str]:
        return [block.text for block in blocks(page, "console", "sh", "python")]

    assert commands(JAPANESE) == commands(ENGLISH)


def test_the_two_readme_files_have_the_same_shape() -> None:
    assert len(headings(JAPANESE)) == len(headings(ENGLISH))

    def targets(page: Path) -> list[str]:
        other = {"README.ja.md": "the other", "README.md": "the other"}
        return [other.get(t, t.replace("home-ja.png", "home-en.png")) for t in links(page) if "#" not in t]

    assert sorted(targets(JAPANESE)) == sorted(targets(ENGLISH))


@pytest.mark.parametrize("page", [ENGLISH, JAPANESE], ids=_names)
def test_a_readme_leads_to_the_list_that_names_every_format(page: Path) -> None:
    assert "(docs/reference/readers.md)" in page.read_text(encoding="utf-8")
    listed = (REFERENCE / "readers.md").read_text(encoding="utf-8")
    for reader in generator().own_readers():
        assert f"`{reader.name}`" in listed, f"the list of readers does not name {reader.title}"
