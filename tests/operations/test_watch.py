"""A watched folder: files are taken when they have come to rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kiban.operations.find import find
from kiban.operations.resources import Resources
from kiban.operations.watch import watch
from kiban.records.party import Asker

from .test_deposit import table


def _script(*steps: Callable[[], object]) -> Callable[[float], bool]:
    """A wait that does one step each time and ends the watch after the last."""
    todo = list(steps)

    def wait(seconds: float) -> bool:
        if not todo:
            return True
        todo.pop(0)()
        return False

    return wait


def test_a_growing_file_is_left_until_it_rests(asker: Asker, resources: Resources, inbox: Path) -> None:
    content = table()
    path = inbox / "run" / "r.csv"
    path.parent.mkdir()
    path.write_bytes(content[:100])
    sizes: list[int] = []

    def grow(to: int) -> Callable[[], object]:
        return lambda: path.write_bytes(content[:to])

    wait = _script(grow(200), grow(300), grow(len(content)), lambda: None, lambda: None, lambda: None)
    for outcome in watch(asker, resources, inbox, rest_seconds=0.0, wait=wait):
        sizes.append(outcome.size)
        assert outcome.status == "structured"
    assert sizes == [len(content)], "taken once, and only when whole"
    [entry] = resources.catalog.files(resources.visible(asker))
    assert entry.path == "inbox/run/r.csv"


def test_what_comes_later_and_what_changes_is_taken_too(asker: Asker, resources: Resources, inbox: Path) -> None:
    def write(name: str, seed: int) -> Callable[[], object]:
        return lambda: (inbox / name).write_bytes(table(seed))

    nothing = lambda: None  # noqa: E731
    steps = (
        write("a.csv", 1),
        nothing,
        nothing,
        write("b.csv", 2),
        nothing,
        nothing,
        write("a.csv", 3),
        nothing,
        nothing,
    )
    outcomes = list(watch(asker, resources, inbox, rest_seconds=0.0, wait=_script(*steps)))
    assert [Path(o.path).name for o in outcomes] == ["a.csv", "b.csv", "a.csv"]
    assert find(asker, resources, 'kind = "measurement"').total == 3
