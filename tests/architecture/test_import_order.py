"""Imports go one way. This table is the house; any other import fails the test."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kiban

PACKAGE = Path(kiban.__file__).parent

ROWS: tuple[frozenset[str], ...] = (
    frozenset({"errors", "plugins", "quantity"}),
    frozenset({"records", "query"}),
    frozenset({"readers", "analysis", "metrology", "standards", "access", "learning", "planning", "secure"}),
    frozenset({"store", "compute", "federation", "laboratory"}),
    frozenset({"operations"}),
    frozenset({"settings", "platform", "web", "demo", "client", "local", "cli"}),
)
SIBLINGS = {
    # within rows 1 and 2 words build on one another
    ("plugins", "errors"),
    ("quantity", "errors"),
    ("query", "records"),
    # row 3: folders leave each other alone, but for these
    ("analysis", "metrology"),
    ("standards", "metrology"),
    ("planning", "learning"),
    # the normalised file is read by the module that writes it
    ("readers", "standards"),
    # row 6 builds left to right
    ("platform", "settings"),
    ("web", "settings"),
    ("web", "platform"),
    ("demo", "platform"),
    ("demo", "settings"),
    # the client without a server: it hands the application to the client in the place of a network
    ("local", "settings"),
    ("local", "platform"),
    ("local", "web"),
    ("local", "client"),
    ("cli", "settings"),
    ("cli", "platform"),
    ("cli", "web"),
    ("cli", "demo"),
    ("cli", "client"),
}
NEVER = {("web", "store"), ("cli", "store"), ("demo", "store"), ("local", "store")} | {
    # the client speaks HTTP only
    ("client", folder)
    for row in ROWS[2:5]
    for folder in row
}
# The public suites test contracts of every row; nothing but tests imports them.
TESTING = "testing"


def _row(folder: str) -> int:
    return next(i for i, row in enumerate(ROWS) if folder in row)


def _imports() -> list[tuple[str, str, str]]:
    """Every import of ours by ours, inside functions too: file, its folder, the folder imported."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        folder = inside.parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names = [
                    f"{node.module}.{alias.name}" if node.module == "kiban" else node.module for alias in node.names
                ]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                parts = name.split(".")
                if parts[0] == "kiban" and len(parts) > 1 and parts[1] != "__version__":
                    found.append((str(inside), folder, parts[1]))
    return sorted(set(found))


def test_every_folder_has_its_row() -> None:
    folders = {p.name.removesuffix(".py") for p in PACKAGE.iterdir() if not p.name.startswith(("_", "."))}
    assert folders - {"py.typed", TESTING} <= frozenset().union(*ROWS)


@pytest.mark.parametrize(("file", "folder", "imported"), _imports())
def test_imports_go_one_way(file: str, folder: str, imported: str) -> None:
    if folder in {imported, "__init__", TESTING}:
        return
    assert imported != TESTING, f"{file}: only tests import kiban.testing"
    assert (folder, imported) not in NEVER, f"{file}: {folder} never imports {imported}"
    below = _row(folder) > _row(imported)
    assert below or (folder, imported) in SIBLINGS, f"{file}: {folder} may not import {imported}"


def test_only_settings_reads_the_environment() -> None:
    allowed = {
        "settings.py",
        # hands its own environment on to the worker, with two variables set; reads nothing of it
        "compute/fence.py",
    }
    for path in PACKAGE.rglob("*.py"):
        inside = path.relative_to(PACKAGE).as_posix()
        if inside in allowed or inside.startswith("testing/"):
            continue
        text = path.read_text(encoding="utf-8")
        assert "os.environ" not in text, f"{inside} reads the environment"
        assert "getenv(" not in text, f"{inside} reads the environment"
