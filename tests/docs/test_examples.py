"""What the pages show is what happens: Python blocks run, commands run and print the lines that are shown.

A page has a folder and a home of its own. In the folder lie the example files of the demo, as `make demo` leaves them.
A Python block that begins with a comment naming a file (`# my_reader.py`) is that file, and so is a block marked
`text name`; the other Python blocks of a page are one program, run after its commands. In a `console` block, `...`
stands for what is left out. A block marked `console exit=1` shows a command that fails. Identifiers and times differ
from run to run; an identifier that was shown stands, in later commands, for the one that was really printed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .pages import ROOT, all_pages, blocks

_FILE = re.compile(r"# (?P<name>[a-z_]+\.py)\n")
_PID = re.compile(r"kb:[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}")
_VARIABLE = re.compile(rf"(?P<pid>{_PID.pattern})|(?P<time>\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)|(?P<gap>\.\.\.)")
_NEEDS_HOME = re.compile(r"\bkiban (?!read\b)[a-z]")
_NAMED_TEXT = re.compile(r"^```text (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"^```console exit=(\d+)$", re.MULTILINE)


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module", name="new_home")
def _new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home, made once: the first start of its database takes seconds."""
    from kiban.platform import open_platform
    from kiban.settings import Settings

    home = tmp_path_factory.mktemp("template") / "home"
    with open_platform(Settings(home=home), n_workers=1):
        pass
    return home


@pytest.fixture(scope="module", name="example_files")
def _example_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from kiban.demo.study import make_study

    folder = tmp_path_factory.mktemp("demo") / "example-files"
    make_study(folder)
    return folder


@dataclass
class Terminal:
    """A terminal in the page's folder."""

    folder: Path
    home: Path
    really: dict[str, str] = field(default_factory=dict)
    """Identifiers as shown on the page, and as they were printed."""

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder),
            "KIBAN_HOME": str(self.home),
            "COLUMNS": "100",
        }

    def run(self, command: str, expected: list[str], exit_code: int) -> None:
        """Run one command line and look for the lines that the page shows."""
        typed = _PID.sub(lambda m: self.really.get(m[0], m[0]), command)
        done = subprocess.run(
            ["bash", "-c", typed],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == exit_code, f"$ {typed}\n{done.stdout}"
        printed = [" ".join(line.split()) for line in done.stdout.splitlines()]
        for line in expected:
            self._find(" ".join(line.split()), printed, f"$ {typed}\n{done.stdout}")

    def _find(self, shown: str, printed: list[str], context: str) -> None:
        pattern, pids = self._pattern(shown)
        for line in printed:
            if match := pattern.fullmatch(line):
                self.really.update(zip(pids, match.groups(), strict=True))
                return
        raise AssertionError(f"not printed: {shown}\n{context}")

    def _pattern(self, shown: str) -> tuple[re.Pattern[str], list[str]]:
        """What the shown line stands for, and the identifiers in it that are met for the first time."""
        parts, pids, end = [], [], 0
        for match in _VARIABLE.finditer(shown):
            parts.append(re.escape(shown[end : match.start()]))
            end = match.end()
            if match["gap"]:
                parts.append(".*")
            elif match["time"]:
                parts.append(re.sub(r"\d", r"\\d", match["time"]))
            elif match["pid"] in self.really:
                parts.append(re.escape(self.really[match["pid"]]))
            else:
                parts.append(f"({_PID.pattern})")
                pids.append(match["pid"])
        parts.append(re.escape(shown[end:]))
        return re.compile("".join(parts)), pids


def _commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines shown below it."""
    command: list[str] = []
    expected: list[str] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield "\n".join(command), expected
            command, expected = [line[2:]], []
        elif command and command[-1].endswith("\\"):
            command.append(line)
        elif line.strip() not in {"", "..."}:
            expected.append(line)
    if command:
        yield "\n".join(command), expected


def _pages_with(*languages: str) -> list[Path]:
    # The Japanese README shows the commands of the English one; another test compares them.
    return [page for page in all_pages() if blocks(page, *languages) and page.name != "README.ja.md"]


@pytest.fixture(name="terminal")
def _terminal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[Path], Terminal]]:
    """Open a terminal for a page; its database runs on between the commands, so that each is quick."""
    from kiban.store.embedded_postgres import EmbeddedPostgres

    folder = tmp_path / "page"
    folder.mkdir()
    home = folder / "home"
    server = EmbeddedPostgres(home)

    def prepare(page: Path) -> Terminal:
        _write_files(page, folder)
        commands = "".join(block.text for block in blocks(page, "console"))
        if ".kiban-demo" in commands:
            shutil.copytree(request.getfixturevalue("example_files"), folder / ".kiban-demo" / "example-files")
        if _NEEDS_HOME.search(commands):
            # As the how-to on backups says; run by root, the database belongs to another user.
            subprocess.run(["cp", "-a", request.getfixturevalue("new_home"), home], check=True)
            server.start()
        return Terminal(folder, home)

    yield prepare
    server.release()


def _write_files(page: Path, folder: Path) -> None:
    """Write the files that a page holds, and install its plug-ins as pip would."""
    for block in blocks(page, "python"):
        if named := _FILE.match(block.text):
            (folder / named["name"]).write_text(block.text, encoding="utf-8")
    for name, text in _NAMED_TEXT.findall(page.read_text(encoding="utf-8")):
        (folder / name).write_text(text, encoding="utf-8")
    for block in blocks(page, "toml"):
        project = tomllib.loads(block.text).get("project", {})
        if "name" not in project:
            continue
        info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        )
        lines = []
        for group, points in project.get("entry-points", {}).items():
            lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("page", _pages_with("console", "python"), ids=_name)
def test_what_a_page_shows_happens(page: Path, terminal: Callable[[Path], Terminal]) -> None:
    opened = terminal(page)
    text = page.read_text(encoding="utf-8").splitlines()
    for block in blocks(page, "console"):
        fence = _EXIT.match(text[block.line - 2])
        for command, expected in _commands(block.text):
            opened.run(command, expected, int(fence[1]) if fence else 0)
    program = _program(page)
    if program.strip():
        (opened.folder / "page_program.py").write_text(program, encoding="utf-8")
        opened.run("python -W error page_program.py", [], 0)


def _program(page: Path) -> str:
    """The Python blocks of a page as one program whose line numbers are those of the page."""
    program = ""
    for block in blocks(page, "python"):
        if not _FILE.match(block.text):
            program += "\n" * (block.line - 1 - program.count("\n")) + block.text
    return program


def test_the_reader_of_the_guide_is_that_of_the_example() -> None:
    page, example = ROOT / "docs" / "how-to" / "write-a-reader.md", ROOT / "examples" / "kiban-labmeter"
    shown = {
        named["name"]: block.text[named.end() :]
        for block in blocks(page, "python")
        if (named := _FILE.match(block.text))
    }
    shown |= dict(_NAMED_TEXT.findall(page.read_text(encoding="utf-8")))
    [shown["pyproject.toml"]] = [block.text for block in blocks(page, "toml")]
    there = {path.name: path.read_text(encoding="utf-8") for path in example.iterdir() if path.is_file()}
    assert shown == {name: text for name, text in there.items() if name != "README.md"}


def test_every_block_says_its_language() -> None:
    for page in all_pages():
        for block in blocks(page, ""):
            raise AssertionError(f"{_name(page)}, line {block.line}: the block names no language")
