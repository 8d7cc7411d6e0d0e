"""kiban template, on a platform in memory: what each act prints, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kiban.cli import template_acts
from kiban.cli.main import main
from kiban.compute.fence import Fence
from kiban.operations.processes import record_process
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.standard_structures import names
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform

Run = Callable[..., tuple[int, str, str]]
ANNEAL: dict[str, Any] = {
    "name": "anneal",
    "label": {"en": "Anneal", "ja": "焼鈍"},
    "applies_to": "process",
    "fields": [
        {"key": "temperature", "kind": "quantity", "unit": "degC", "maximum": 1200, "need": "required"},
        {"key": "hold", "kind": "quantity", "unit": "h", "minimum": 0, "label": {"en": "Hold", "ja": "保持時間"}},
    ],
}


@pytest.fixture(scope="module", name="fence")
def _fence() -> Iterator[Fence]:
    fence = Fence(n_workers=1)
    yield fence
    fence.close()


@pytest.fixture(name="asker")
def _asker() -> Asker:
    return Asker(party="operator", roles={FIRST_PROJECT: Role.OWNER})


@pytest.fixture(name="resources")
def _resources(tmp_path: Path, fence: Fence) -> Resources:
    return memory_platform(ObjectFolder(tmp_path / "home" / "objects"), fence)


@pytest.fixture(name="run")
def _run(
    asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    @contextmanager
    def platform(*_arguments: object, **_options: object) -> Iterator[tuple[Asker, Resources]]:
        yield asker, resources

    monkeypatch.setattr(template_acts, "platform", platform)

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["template", *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    def write(template: dict[str, Any]) -> str:
        path = tmp_path / "template.json"
        path.write_text(json.dumps(template), encoding="utf-8")
        return str(path)

    return write


def test_the_library_is_listed_and_taken_from(run: Run) -> None:
    code, listed, _ = run("list", "--library", "--json")
    assert code == 0
    assert [each["name"] for each in json.loads(listed)] == list(names())
    assert "sample  film " in run("list", "--library", "--for", "sample")[1]
    code, told, _ = run("adopt", "film", "xrd", "--json")
    done = [json.loads(line) for line in told.splitlines()]
    assert (code, [(each["structure"], each["done"]) for each in done]) == (
        0,
        [("film", "defined"), ("xrd", "defined")],
    )
    assert run("adopt", "film")[1].startswith("left film (current)  kb:")
    assert [each["name"] for each in json.loads(run("list", "--json")[1])] == ["film", "xrd"]
    assert [each["name"] for each in json.loads(run("list", "--for", "sample", "--json")[1])] == ["film"]
    assert run("list")[1].split()[1:5] == ["sample", "film", "version", "1"]


@pytest.mark.parametrize("words", [["adopt"], ["adopt", "film", "--all"]])
def test_what_is_to_be_taken_has_to_be_said(run: Run, words: list[str]) -> None:
    assert run(*words)[0] == 2
    assert run("adopt", "foam")[0] == 1


def test_a_template_is_shown_as_a_table_of_its_fields(run: Run, file: Callable[[dict[str, Any]], str]) -> None:
    assert run("add", file(ANNEAL))[1].startswith("defined anneal  kb:")
    _, english, _ = run("show", "anneal")
    assert english.splitlines()[1:4] == ["Anneal  [anneal]", "for a process", ""]
    assert english.splitlines()[4:] == [
        "!  temperature  quantity in degC, <= 1200",
        "   hold         quantity in h, >= 0        Hold",
    ]
    assert "保持時間" in run("show", "anneal", "--language", "ja")[1]
    assert json.loads(run("show", "anneal", "--json")[1])["template"] == ANNEAL
    assert json.loads(run("show", "film", "--library", "--json")[1])["name"] == "film"
    assert run("show", "quench")[0] == 1


def test_a_file_goes_out_and_comes_in_again(run: Run, file: Callable[[dict[str, Any]], str], tmp_path: Path) -> None:
    run("add", file(ANNEAL))
    code, _, err = run("add", file(ANNEAL))
    assert (code, "already (kb:" in err) == (1, True)
    assert json.loads(run("export", "anneal")[1]) == ANNEAL
    out = tmp_path / "out.json"
    assert json.loads(run("export", "anneal", "-o", str(out), "--json")[1]) == {"file": str(out), "name": "anneal"}
    assert run("import", str(out))[1].startswith("unchanged anneal")
    assert run("export", "anneal", "-o", str(tmp_path / "no" / "out.json"))[0] == 2
    assert run("import", str(tmp_path / "none.json"))[0] == 2
    out.write_text("{", encoding="utf-8")
    code, told, _ = run("import", str(out), "--json")
    assert (code, json.loads(told)["error"]) == (1, "InvalidValue")


def test_a_new_version_is_previewed_on_the_real_records_then_kept(
    run: Run, file: Callable[[dict[str, Any]], str], asker: Asker, resources: Resources
) -> None:
    tighter = {**ANNEAL, "fields": [{**ANNEAL["fields"][0], "maximum": 900}]}
    assert run("import", file(tighter), "--preview")[1] == "anneal would be new.\n"
    run("import", file(ANNEAL))
    hot, cool = (
        record_process(asker, resources, Process(name=name), template="anneal", meant={"temperature": t, "hold": "1 h"})
        for name, t in (("hot", "1100 degC"), ("cool", "800 degC"))
    )
    code, told, _ = run("import", file(tighter), "--preview", "--json")
    found = json.loads(told)
    assert (code, found["n_records"], found["n_refused"], found["n_losing"]) == (0, 2, 1, 1)
    assert [each["id"] for each in found["refused"]] == [hot.process.pid]
    assert cool.process.pid not in run("import", file(tighter), "--preview")[1]
    assert json.loads(run("show", "anneal", "--json")[1])["version"] == 1
    assert run("import", file(tighter), "--expected", "7")[0] == 1
    code, told, _ = run("import", file(tighter), "--expected", "1")
    assert told.splitlines()[0].startswith("revised anneal")
    assert "version 2" in told
    code, told, err = run("diff", "anneal")
    assert [line.split()[:3] for line in told.splitlines()] == [
        ["!", "tightened", "temperature"],
        ["removed", "hold", "quantity"],
    ]
    assert "refused for 1" in err
    assert [each["what"] for each in json.loads(run("diff", "anneal", "--from", "2", "--to", "1", "--json")[1])] == [
        "loosened",
        "added",
    ]
    assert run("diff", "anneal", "--to", "1")[0] == 2


def test_what_was_changed_here_is_compared_with_the_library(run: Run, file: Callable[[dict[str, Any]], str]) -> None:
    run("adopt", "film")
    film = json.loads(run("export", "film")[1])
    film["fields"] = film["fields"][:-1]
    run("import", file(film))
    told = run("diff", "film", "--library")[1]
    assert told.split()[:2] == ["added", "storage"]
    assert run("adopt", "film", "--update")[0] == 1
    assert "left film (changed)" in run("adopt", "--all", "--update")[1]
