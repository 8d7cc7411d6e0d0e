"""The list of readers says what is true of each."""

from __future__ import annotations

import ast
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from kiban.compute.reader_list import facts_of, reader_list
from kiban.plugins import Loaded
from kiban.readers.contract import Reader
from kiban.readers.recognise import readers

OURS = [reader for reader in readers() if type(reader).__module__.startswith("kiban.readers.")]


def _name(reader: Reader) -> str:
    return reader.name


def _libraries(module: str, seen: set[str]) -> set[str]:
    """Packages of others that a module of ours imports when it runs, itself or through helpers of the readers."""
    if module in seen:
        return set()
    seen.add(module)
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    found = set()
    for node in _run_time_imports(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        for name in names:
            if name.startswith("kiban.readers."):
                found |= _libraries(name, seen)
            elif (top := name.partition(".")[0]) not in sys.stdlib_module_names | {"kiban", "numpy", "scipy"}:
                found.add(top)
    return found


def _run_time_imports(tree: ast.AST) -> list[ast.Import | ast.ImportFrom]:
    if isinstance(tree, ast.If) and ast.unparse(tree.test) == "TYPE_CHECKING":
        return []
    here = [tree] if isinstance(tree, ast.Import | ast.ImportFrom) else []
    return here + [found for child in ast.iter_child_nodes(tree) for found in _run_time_imports(child)]


@pytest.mark.parametrize("reader", OURS, ids=_name)
def test_a_reader_names_the_library_that_it_uses(reader: Reader) -> None:
    used = _libraries(type(reader).__module__, {"kiban.readers.contract", "kiban.readers.recognise"})
    named = facts_of(Loaded(plugin=reader)).library
    assert bool(named) == bool(used), f"{reader.name}: its attribute `library` should name one of {used or 'none'}"
    assert set((named or "").replace(",", " ").split()) <= used


def test_facts_are_complete() -> None:
    found = reader_list()
    assert found.broken == ()
    assert [facts.name for facts in found.readers if facts.package == "kiban"]
    assert [facts.title.lower() for facts in found.readers] == sorted(facts.title.lower() for facts in found.readers)
    for facts in found.readers:
        assert facts.recognised, f"{facts.name}: the docstring of `recognise` says nothing"
        assert not facts.recognised.endswith(".")
        assert all(suffix.startswith(".") for suffix in facts.suffixes)


def test_what_a_reader_does_not_say_is_filled_in_for_ours_only() -> None:
    [ras] = [reader for reader in OURS if reader.name == "rigaku_ras"]
    ours = facts_of(Loaded(plugin=ras))
    assert (ours.since, ours.package, ours.library) == ("0.1.0", "kiban", None)
    theirs = facts_of(Loaded(plugin=ras, package="kiban-x", package_version="3"))
    assert (theirs.since, theirs.package, theirs.package_version) == (None, "kiban-x", "3")


def test_the_way_of_recognition_is_a_phrase() -> None:
    by_name = {facts.name: facts.recognised for facts in reader_list().readers}
    assert by_name["rigaku_ras"].startswith("text that begins with `*RAS_DATA_START`")
    assert by_name["panalytical_xrdml"] == "XML whose root element is `xrdMeasurements`"
