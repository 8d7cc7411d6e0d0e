"""Pools of the planning benchmark: folders of Olympus as they are, tables with and without a header; its figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiban.planning.space.parameter import Categorical

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
OLYMPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "campaigns" / "olympus"


pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="waits for the folder benchmarks/ beside the tests")


@pytest.fixture(name="read")
def _read(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from planning_pools.pools import read

    return lambda folder, minimised=(): {pool.name: pool for pool in read(folder, minimised)}


def olympus(folder: Path, rows: str, **changes: Any) -> None:
    """A data set as Olympus keeps it: the configuration names the columns of a table without a header."""
    folder.mkdir(parents=True)
    config = {
        "parameters": [{"name": "ligand", "type": "categorical"}, {"name": "time", "type": "continuous"}],
        "measurements": [{"name": "yield", "type": "continuous"}],
        "default_goal": "maximize",
    }
    (folder / "config.json").write_text(json.dumps({**config, **changes}), encoding="utf-8")
    (folder / "data.csv").write_text(rows, encoding="utf-8")
    (folder / "descriptors.csv").write_text("ligand,L1,mass,1.0\n", encoding="utf-8")


ROWS = "L1,1,0.5\nL2,1,0.25\nL1,2,1.0\nL1,1,0.7\n"


def test_a_folder_of_olympus_is_read_as_it_is(tmp_path: Path, read: Callable[..., Any]) -> None:
    olympus(tmp_path / "dataset_coupling", ROWS)
    (pool,) = read(tmp_path).values()
    assert (pool.name, pool.n, pool.n_top, pool.is_minimised) == ("coupling", 3, 1, False)
    assert isinstance(pool.space.parameter("ligand"), Categorical)
    assert sorted(pool.target) == pytest.approx([0.25, 0.6, 1.0])  # equal inputs are averaged


@pytest.mark.parametrize(
    ("changes", "is_minimised"),
    [
        ({"default_goal": "minimize"}, True),
        ({"default_goal": ["minimize", "maximize"]}, True),
        ({"measurements": [{"name": "yield", "goal": "minimize"}]}, True),
        ({"measurements": [{"name": "yield", "goal": "maximize"}], "default_goal": "minimize"}, False),
    ],
)
def test_the_folder_says_whether_less_is_better(
    tmp_path: Path, read: Callable[..., Any], changes: dict[str, Any], is_minimised: bool
) -> None:
    olympus(tmp_path / "dataset_coupling", ROWS, **changes)
    assert read(tmp_path)["coupling"].is_minimised is is_minimised


def test_a_mark_beside_it_or_its_name_turns_the_sign(tmp_path: Path, read: Callable[..., Any]) -> None:
    olympus(tmp_path / "dataset_coupling", ROWS)
    (tmp_path / "plain.csv").write_text("a,b,y\n1,2,3\n2,2,4\n3,1,5\n", encoding="utf-8")
    assert [pool.is_minimised for pool in read(tmp_path).values()] == [False, False]
    assert read(tmp_path, ["coupling"])["coupling"].is_minimised
    (tmp_path / "plain.minimise").touch()
    (tmp_path / "dataset_coupling.minimise").touch()
    pools = read(tmp_path)
    assert pools["coupling"].is_minimised
    assert pools["plain"].target.tolist() == [-3.0, -4.0, -5.0]


def test_a_header_is_known_by_its_last_cell(tmp_path: Path, read: Callable[..., Any]) -> None:
    olympus(tmp_path / "dataset_coupling", "ligand,time,yield\n" + ROWS)
    (tmp_path / "bare.csv").write_text("L1,2,3\nL2,2,4\nL3,1,5\n", encoding="utf-8")
    pools = read(tmp_path)
    assert pools["coupling"].n == 3
    assert (pools["bare"].n, pools["bare"].space.names) == (3, ("x1", "x2"))


@pytest.mark.parametrize("rows", ["L1,1,0.5\nL2,1\nL1,2,1\n", "L1,1,0.5\nL2,1,\nL1,2,1\n", "L1,1,0.5\n"])
def test_what_is_no_pool_ends_the_benchmark(tmp_path: Path, read: Callable[..., Any], rows: str) -> None:
    olympus(tmp_path / "dataset_coupling", rows)
    with pytest.raises(SystemExit, match=r"data\.csv"):
        read(tmp_path)


WRITTEN = {
    "semicolons and decimal commas": ("a;b;y\n1,5;x;3\n2,5;y;4\n3,5;x;5\n", "utf-8"),
    "tabs, a byte-order mark and line ends of Windows": (
        "\ufeffa\tb\ty\r\n1.5\tx\t3\r\n2.5\ty\t4\r\n3.5\tx\t5\r\n",
        "utf-8",
    ),
    "Shift_JIS": ("温度,雰囲気,硬さ\n1.5,x,3\n2.5,y,4\n3.5,x,5\n", "cp932"),
    "UTF-16": ("a,b,y\n1.5,x,3\n2.5,y,4\n3.5,x,5\n", "utf-16"),
    "full-width digits": ("a,b,y\n１．５,x,３\n2.5,y,4\n3.5,x,5\n", "utf-8"),
    "no header": ("1,5;x;3\n2,5;y;4\n3,5;x;5\n", "utf-8"),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_table_is_read_however_it_was_written(tmp_path: Path, read: Callable[..., Any], how: str) -> None:
    text, encoding = WRITTEN[how]
    (tmp_path / "pool.CSV").write_bytes(text.encode(encoding))
    (pool,) = read(tmp_path).values()
    first, second = pool.space.parameters
    assert (first.low, first.high) == (1.5, 3.5)
    assert second.levels == ("x", "y")
    assert pool.target.tolist() == [3, 4, 5]


def test_thousands_are_numbers(tmp_path: Path, read: Callable[..., Any]) -> None:
    (tmp_path / "pool_dataset.csv").write_text('a,y\n"1,500",3\n"2,500","1,004"\n900,5\n', encoding="utf-8")
    (tmp_path / "pool.minimise").touch()
    (pool,) = read(tmp_path).values()
    assert (pool.space.parameters[0].low, pool.space.parameters[0].high) == (900, 2500)
    assert pool.target.tolist() == [-3, -1004, -5]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b,y\n1,x,3\n2,y,nan\n3,x,5\n", r"row 3: 'y' is 'nan', and a finite number"),
        ("a,b,y\n1,x,3\n2,y,inf\n3,x,5\n", r"row 3: 'y' is 'inf'"),
        ("a,b,y\n1,x,3\n2,y,failed\n3,x,5\n", r"row 3: 'y' is 'failed'"),
        ("a,b,y\n1,x,3\nn.d.,y,4\n3,x,5\n", r"row 3: 'a' is 'n\.d\.'"),
        ("a,b,y\n1,x,3\n,y,4\n3,x,5\n", r"row 3: there is no value of 'a'"),
        ("a,b,y\n1,x,3\n2,4\n3,x,5\n", r"row 3: 3 values were expected, 2 stand there"),
        ("a,a,y\n1,x,3\n2,y,4\n3,x,5\n", r"columns 1 and 2 are both called 'a'"),
        (",a,y\n0,x,3\n1,y,4\n2,x,5\n", r"column 1 has no name"),
        ("a,b,y\n1,x,3\n2,y,3\n3,x,3\n", r"1 different values of 'y' leave nothing to be found"),
        ("a,b,y\n1,x,3\n2,y,4\n1,x,5\n", r"2 different inputs"),
        ("a;b;y\n1;x;3\n2;y;1,400\n3;x;5\n", r"may part thousands or decimals"),
    ],
)
def test_what_stands_where_is_said_of_what_is_no_pool(
    tmp_path: Path, read: Callable[..., Any], text: str, said: str
) -> None:
    (tmp_path / "pool.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit, match=said):
        read(tmp_path)


def test_a_configuration_that_names_nothing_is_refused(tmp_path: Path, read: Callable[..., Any]) -> None:
    olympus(tmp_path / "dataset_coupling", ROWS, measurements=[{"type": "continuous"}])
    with pytest.raises(SystemExit, match=r"config\.json does not name"):
        read(tmp_path)


@pytest.mark.skipif(not OLYMPUS.is_dir(), reason="waits for the data sets of Olympus")
def test_the_real_data_sets_are_read(read: Callable[..., Any]) -> None:
    pools = read(OLYMPUS)
    known = {"buchwald_a": (792, False), "hplc": (1007, False), "perovskites": (192, True), "redoxmers": (1408, True)}
    assert {name: (pools[name].n, pools[name].is_minimised) for name in known} == known


def test_figures_of_a_known_run(tmp_path: Path, read: Callable[..., Any]) -> None:
    """Forty points of which two are the top; found as third and sixth experiment of ten."""
    from planning_pools.runs import Run, figures

    lines = [f"{i},{100 if i in (7, 8) else -i}" for i in range(40)]
    (tmp_path / "line.csv").write_text("\n".join(["x,y", *lines]), encoding="utf-8")
    (pool,) = read(tmp_path).values()
    run = Run(rows=[0, 1, 7, 2, 3, 8, 4, 5, 6, 9], cpu_s=[0.5] * 8)
    found = figures(pool, [run], 10)
    assert found["AF"] == pytest.approx((2 + 39 / 3) / 3)
    assert found["AF50"] == pytest.approx((2 + 0.5 * 38) / 3)
    assert found["EF"] == pytest.approx(1.0 / (8 / 38))
    assert found["median_to_best"] == 3.0
    # A shorter run is the beginning of the longer one.
    assert figures(pool, [run.until(5)], 5)["EF"] == pytest.approx(0.5 / (3 / 38))


def test_runs_with_and_without_an_archive_are_compared_seed_by_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from planning_pools.runs import ratio_of_means

    assert ratio_of_means([4, 8, 12], [2, 4, 6]) == (2.0, 0.0)
    ratio, error = ratio_of_means([4, 8, 12], [8, 8, 8])
    assert ratio == 1.0
    assert error == pytest.approx(0.5 / 3**0.5)
