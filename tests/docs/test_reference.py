"""Everything that a user can name has its place in the reference, and nothing else has."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiban
import kiban.operations
from kiban import errors
from kiban.cli.main import _parser
from kiban.compute.listed_readers import ReaderFacts, ReaderList
from kiban.compute.structured import ReadSummary
from kiban.operations.deposit_outcome import Outcome
from kiban.operations.find import Hit
from kiban.operations.verify import Finding, Report
from kiban.query.question import RECORD_FIELDS
from kiban.records.field import walk
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.standard_structures import load, names
from kiban.records.technique import TECHNIQUES

from .pages import REFERENCE, generated, generator, headings, row_names, rows, section

SOURCE = Path(kiban.__file__).parent
CLI = REFERENCE / "cli.md"


def _text(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "readers.md",
        "analyses.md",
        "standards.md",
        "property-terms.md",
        "techniques.md",
        "structures.md",
        "operations.md",
        "rest.md",
        "client.md",
    ],
)
def test_generated_pages_are_up_to_date(name: str) -> None:
    assert _text(name) == generated()[name], f"docs/reference/{name} is out of date: run `make docs`"


def test_every_generated_page_is_tested() -> None:
    made = {path.name for path in REFERENCE.glob("*.md") if "make_reference_pages" in path.read_text(encoding="utf-8")}
    assert made == set(generated())


def test_every_setting_has_its_row() -> None:
    named = set(re.findall(r"KIBAN_[A-Z_]*[A-Z]", (SOURCE / "settings.py").read_text(encoding="utf-8")))
    described = {name for name in row_names(_text("settings.md")) if name.startswith("KIBAN_")}
    assert described == named


def _all_errors(kind: type[errors.KibanError]) -> Iterator[type[errors.KibanError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from _all_errors(below)


def test_every_error_says_when_and_what_to_do() -> None:
    described = row_names(_text("errors.md"))
    assert set(described) == {kind.__name__ for kind in _all_errors(errors.KibanError)}
    for name, cells in described.items():
        assert len(cells) == 3, name
        assert all(cells), f"{name}: a cell is empty"


def test_every_error_stands_under_the_family_it_belongs_to() -> None:
    for kind in _all_errors(errors.KibanError):
        families = [family.__name__ for family in kind.__mro__ if issubclass(family, errors.KibanError)]
        family = next(name for name in families if name in headings(REFERENCE / "errors.md"))
        assert kind.__name__ in row_names(section(REFERENCE / "errors.md", family))


def test_every_operation_module_has_its_row() -> None:
    modules = {info.name for info in pkgutil.iter_modules(kiban.operations.__path__)}
    assert set(row_names(_text("operations.md"))) == modules


def _commands() -> dict[str, argparse.ArgumentParser]:
    """The commands, and the acts of those whose acts have sections of their own: `sample`, `sample new`."""
    found = {}
    for name, command in _acts(_parser()).items():
        found[name] = command
        if any(f"kiban {name} {act}" in headings(CLI) for act in _acts(command)):
            found |= {f"{name} {act}": parser for act, parser in _acts(command).items()}
    return found


def _acts(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """What may follow as a word of its own, with what it takes."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(below[0].choices) if below else {}


def test_every_command_has_its_section() -> None:
    described = {heading.removeprefix("kiban ") for heading in headings(CLI) if heading.startswith("kiban ")}
    assert described == set(_commands())


def _section(name: str) -> str:
    """What is said of a command itself, without the sections of its acts."""
    return section(CLI, f"kiban {name}").partition("\n### kiban ")[0]


def _actions(name: str) -> list[argparse.Action]:
    """What may follow a command, and what may follow its acts where they share its section."""
    command = _commands()[name]
    shared = [parser for act, parser in _acts(command).items() if f"{name} {act}" not in _commands()]
    return [*command._actions, *(action for parser in shared for action in parser._actions)]


@pytest.mark.parametrize("name", _commands())
def test_every_option_of_a_command_has_its_row(name: str) -> None:
    described = set(row_names(_section(name)))
    takes = set()
    for action in _actions(name):
        if not isinstance(action, argparse._HelpAction):
            takes |= set(action.option_strings) or {str(action.metavar or action.dest)}
    options = {name for name in described if name.startswith("-") or name.isupper()}
    assert options == takes
    for action in _actions(name):
        for choice in action.choices or ():
            assert f"`{choice}`" in _section(name), f"{action.dest} may be {choice}"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("deposit", Outcome),
        ("find", Hit),
        ("read", ReadSummary),
        ("readers", ReaderList),
        ("readers", ReaderFacts),
        ("verify", Report),
        ("verify", Finding),
    ],
)
def test_every_field_of_the_json_has_its_row(name: str, kind: type) -> None:
    described = row_names(section(CLI, f"kiban {name}"))
    missing = {field.name for field in dataclasses.fields(kind)} - set(described)
    assert not missing


def test_the_json_of_show_is_described() -> None:
    from kiban.operations import show_as_json

    written = set(re.findall(r'^        "(\w+)":', inspect.getsource(show_as_json), re.MULTILINE))
    missing = written - set(row_names(section(CLI, "kiban show")))
    assert not missing


def test_every_reader_has_its_section() -> None:
    for reader in generator().own_readers():
        text = section(REFERENCE / "readers.md", reader.title)
        for heading in ("Instrument", "What is read", "Uncertainties", "What is left out", "File structure"):
            assert f"### {heading}\n" in text, f"{reader.name}: {heading}"
        assert f"`{reader.name}`" in text


def test_every_export_has_its_section() -> None:
    for export in generator().own_exports():
        text = section(REFERENCE / "standards.md", export.title)
        for heading in ("What is carried", "What is lost", "Source"):
            assert f"### {heading}\n" in text, f"{export.name}: {heading}"


def _contracts() -> set[tuple[str, str]]:
    """Every folder and attribute that plug-ins are looked for under, from the calls themselves."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"plugins.find", "find_plugins"}:
                folder, attribute = (ast.literal_eval(argument) for argument in node.args)
                found.add((folder, attribute))
    return found


def test_every_plugin_contract_has_its_row() -> None:
    described = {
        (cells[1].strip("`"), cells[2].strip("`"))
        for cells in rows(_text("plugins.md"))
        if len(cells) == 4 and cells[1].startswith("`kiban.")
    }
    assert described == _contracts()


def test_every_term_and_technique_has_its_row() -> None:
    assert set(row_names(_text("property-terms.md"))) == set(PROPERTY_TERMS)
    assert set(row_names(_text("techniques.md"))) == set(TECHNIQUES)


def test_every_structure_has_its_section() -> None:
    found = headings(REFERENCE / "structures.md")
    assert len(found) == len(set(found))
    for name in names():
        template = load(name)
        text = section(REFERENCE / "structures.md", f"{template.label.en} ({template.applies_to.value})")
        described = [cells[1].strip("`") for cells in rows(text)]
        assert described == [".".join(path) for path, _ in walk(template.fields)], name


def test_every_field_of_a_question_has_its_row() -> None:
    described = set(row_names(_text("question-language.md")))
    assert {*RECORD_FIELDS, "elements", "metadata."} <= described


def test_rest_says_what_its_answers_look_like() -> None:
    text = _text("rest.md")
    assert "`application/json`: text" not in text, "a route says nothing of its answer"
    assert "HTTPValidationError" not in text, "a route promises an error that the application never gives"
