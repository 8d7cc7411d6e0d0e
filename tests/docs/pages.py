"""The pages of the documentation, taken apart: headings, table rows, links and fenced blocks."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"

_FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(?P<level>#{1,6}) (?P<text>.+)$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def all_pages() -> list[Path]:
    """Every page, the two README files and CONTRIBUTING included."""
    front = [ROOT / name for name in ("README.md", "README.ja.md", "CONTRIBUTING.md", "SECURITY.md")]
    return [*front, *sorted(DOCS.rglob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text and the number of its first line in the page."""

    language: str
    text: str
    line: int


def blocks(page: Path, *languages: str) -> list[Block]:
    """The fenced blocks of a page in these languages, in order."""
    text = page.read_text(encoding="utf-8")
    found = [Block(m["language"], m["text"], text.count("\n", 0, m.start("text")) + 1) for m in _FENCE.finditer(text)]
    return [block for block in found if block.language in languages]


def prose(page: Path) -> str:
    """The text of a page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def headings(page: Path) -> list[str]:
    """The headings as written, without their signs."""
    return [m["text"] for m in _HEADING.finditer(prose(page))]


def section(page: Path, heading: str) -> str:
    """The text, blocks included, from a heading to the next of its level or above."""
    text = page.read_text(encoding="utf-8")
    start = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert start is not None, f"{page.name} lacks the heading '{heading}'"
    rest = text[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each table row, heads and rulers left out."""
    lines = text.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not _is_ruler(line) and not _is_ruler(after):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _is_ruler(line: str) -> bool:
    return line.startswith("|") and set(line) <= set("|-: ")


def row_names(text: str) -> dict[str, list[str]]:
    """Table rows by the first word of each piece of code in their first cell: `--port N` is `--port`."""
    return {code.split()[0]: cells for cells in rows(text) for code in _CODE.findall(cells[0])}


def links(page: Path) -> list[str]:
    """The targets of all links and pictures."""
    return [m["target"] for m in _LINK.finditer(prose(page))]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    return {generator().slug(heading) for heading in headings(page)}


@cache
def generator() -> ModuleType:
    """The script that writes the generated pages."""
    spec = importlib.util.spec_from_file_location("make_reference_pages", DOCS / "make_reference_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def generated() -> dict[str, str]:
    """The generated pages as the script would write them now, by file name."""
    pages: dict[str, str] = generator().pages()
    return pages
