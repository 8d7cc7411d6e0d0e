"""Change what decides who sees what, one slip at a time, and see that the tests notice each of them.

    python tests/mutation/run.py [--sample N] [--only WORD] [--list]

Each mutant runs in a process of its own, in which the changed module stands in place of the real one; no file is
changed. The database is weakened elsewhere, policy by policy: tests/access/test_second_wall.py.
It ends with 1 if a mutant survives.
"""

# ruff: noqa: T201  it talks to a person

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

# What every test needs is loaded once, before the processes part; nothing of Kiban is.
import hypothesis  # noqa: E402
import hypothesis.strategies  # noqa: E402, F401
import msgspec  # noqa: E402, F401
import numpy as np  # noqa: E402, F401
import pytest  # noqa: E402
from hypothesis.configuration import set_hypothesis_home_dir  # noqa: E402
from mutants import Mutant, mutants_of  # noqa: E402
from targets import SAME, TARGETS, Target  # noqa: E402

_LONGEST_S = 240
_BROKEN = 99
# What was loaded before the processes parted is not rewritten by pytest, and need not be.
_OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


class Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the changed source for one module."""

    def __init__(self, mutant: Mutant, origin: str) -> None:
        self._mutant, self._origin = mutant, origin

    def find_spec(
        self, name: str, path: object = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """See `MetaPathFinder`."""
        if name != self._mutant.module:
            return None
        return importlib.util.spec_from_loader(name, self, origin=self._origin)

    def exec_module(self, module: ModuleType) -> None:
        """See `Loader`."""
        module.__file__ = self._origin
        exec(compile(self._mutant.source, self._origin, "exec"), module.__dict__)  # noqa: S102  that is the point


def source_of(module: str) -> Path:
    """Where a module's source lies."""
    return ROOT / "src" / Path(*module.split(".")).with_suffix(".py")


def is_noticed(mutant: Mutant, tests: tuple[str, ...]) -> str:
    """Run the tests with the mutant; says how it ended."""
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.setsid()
        set_hypothesis_home_dir(tempfile.mkdtemp(prefix="mutant-"))
        sys.meta_path.insert(0, Instead(mutant, str(source_of(mutant.module))))
        code = _BROKEN
        try:
            code = int(pytest.main([*_OPTIONS, *(str(ROOT / test) for test in tests)]))
        finally:
            os._exit(code)
    ends = time.monotonic() + _LONGEST_S
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            # 1: a test failed; 2: the tests could not even be loaded. Anything else says nothing of the mutant.
            if code not in {0, 1, 2}:
                raise RuntimeError(f"the tests of {mutant.module} could not be run: {code}")
            return "noticed" if code else "survived"
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "noticed"  # it never ends


def all_mutants(only: str) -> list[tuple[Target, Mutant]]:
    """Every mutant of every target."""
    found = []
    for target in TARGETS:
        if only in target.module:
            source = source_of(target.module).read_text(encoding="utf-8")
            found += [(target, mutant) for mutant in mutants_of(target.module, source, target.only)]
    return found


def _check_unchanged(targets: set[Target]) -> None:
    """Without a change the tests must pass, or they would notice everything."""
    for target in sorted(targets, key=lambda each: each.module):
        source = source_of(target.module).read_text(encoding="utf-8")
        if is_noticed(Mutant(target.module, "", "nothing", source), target.tests) != "survived":
            raise SystemExit(f"The tests of {target.module} fail without any change: {', '.join(target.tests)}")


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="only so many, chosen by chance")
    parser.add_argument("--seed", type=int, default=None, help="of that choice; given out when none is named")
    parser.add_argument("--only", default="", help="only modules with this in their name")
    parser.add_argument("--list", action="store_true", help="say what would be done")
    options = parser.parse_args()
    chosen = all_mutants(options.only)
    if options.sample is not None and options.sample < len(chosen):
        seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
        print(f"{options.sample} of {len(chosen)} mutants, seed {seed}")
        chosen = random.Random(seed).sample(chosen, options.sample)
    if not options.list:
        _check_unchanged({target for target, _ in chosen})
    counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for target, mutant in chosen:
        told = f"{mutant.module} {mutant.where}: {mutant.what}"
        if options.list:
            print(told)
            continue
        ended = "no change" if (mutant.module, mutant.what) in SAME else is_noticed(mutant, target.tests)
        counts[mutant.module][ended] += 1
        if ended == "survived":
            print(f"SURVIVED {told}", flush=True)
    print("\n| module | mutants | noticed | change nothing | survived |\n|---|---|---|---|---|")
    for module, found in counts.items():
        row = (sum(found.values()), found["noticed"], found["no change"], found["survived"])
        print(f"| `{module}` | {' | '.join(map(str, row))} |")
    return 1 if any(found["survived"] for found in counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
