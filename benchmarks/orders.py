"""What it takes to sort answers, to count them by each facet, and to complete a question.

    .venv/bin/python benchmarks/orders.py [N ...] [--homes FOLDER] [--off]     (default: 100000)

The homes are those of `find.py`, made if there is none, and so is who asks: the one with 50 memberships, who sees about a
third. Pages have 50 records. Facets are counted one at a time; *all* is what the page of a search asks for. CPU is that
of this process and of the server. Prints tables in Markdown.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from finding.open_home import Open, in_turns, label, opened

from kiban.operations.completing import completions
from kiban.operations.find import find, understood
from kiban.platform import local_asker
from kiban.query.question import Question
from kiban.query.sorting import Order, read_order
from kiban.records.party import Asker
from kiban.records.scope import Visible
from kiban.store.catalog import Count, Facet
from kiban.testing.made_home import is_made, make_home

PAGE, DEEP = 50, 100
PAGE_MS, FACETS_MS = 50.0, 150.0
QUESTIONS = ("*", "technique = xrd", 'elements HAS ALL "Ti","O"', "hardness >= 5 GPa", 'metadata.lot = "L0000005"')
ORDERS = (
    *("title", "-title", "started", "-started", "created", "hardness", "-hardness", "d_spacing"),
    *(
        "metadata.temperature",
        "-metadata.temperature",
        "metadata.lot",
        "metadata.absent",
        "composition.Ti",
        "instrument",
    ),
)
DRAWN = (
    "hardness > {} GPa",
    "optical_band_gap > {} eV AND sample.hardness > 8 GPa",
    'elements HAS "O" AND sample.template = "film" AND process.heat_treatment.temperature < 900 degC '
    'AND hardness > {} GPa AND started > "2024"',
)
"""Questions of which answers are drawn, for whole numbers."""
OFF = (
    "*",
    'elements HAS "O"',
    "technique = xrd OR technique = raman",
    "annealing",
    *(each.format(5) for each in DRAWN),
)
BEGINNINGS = ("h", "hardn", "硬", "process.heat", "metadata.", "hardness >= 5 G")


def deep_mark(of: Open, question: Question, visible: Visible, order: Order) -> str | None:
    """Where the hundredth page begins; `None` where there are fewer."""
    after: str | None = None
    left = (DEEP - 1) * PAGE
    while left > 0:
        page = of.resources.catalog.find(question, visible, limit=min(left, 1000), after=after, order=order)
        after, left = page.next, left - len(page.records)
        if after is None:
            return None
    return after


def measured(of: Open, asker: Asker) -> Iterator[tuple[str, str, Callable[[], object], float]]:
    """What is measured, of what question, and within how many milliseconds it should be done."""
    catalog, visible = of.resources.catalog, of.resources.visible(asker)
    for text in QUESTIONS:
        question = understood(asker, of.resources, text)
        for name in ORDERS:
            order = read_order(name)
            assert order is not None
            yield (
                text,
                f"by {name}, first page",
                partial(catalog.find, question, visible, limit=PAGE, order=order),
                PAGE_MS,
            )
            if (mark := deep_mark(of, question, visible, order)) is not None:
                yield (
                    text,
                    f"by {name}, page {DEEP}",
                    partial(catalog.find, question, visible, limit=PAGE, order=order, after=mark),
                    PAGE_MS,
                )
        about = catalog.count_about(question, visible)
        for facets in ((facet,) for facet in Facet):
            is_estimate = catalog.narrowing(question, visible, facets, count=about)[facets[0]].is_estimate
            yield (
                text,
                f"facet {facets[0]}{', estimated' if is_estimate else ''}",
                partial(catalog.narrowing, question, visible, facets, count=about),
                FACETS_MS,
            )
        yield (
            text,
            f"all {len(Facet)} facets",
            partial(catalog.narrowing, question, visible, tuple(Facet), count=about),
            FACETS_MS,
        )
        yield (
            text,
            "whole answer with all facets",
            partial(find, asker, of.resources, text, limit=PAGE, facets=tuple(Facet)),
            FACETS_MS,
        )
    for beginning in BEGINNINGS:
        yield beginning, "completed", partial(completions, asker, of.resources, beginning), PAGE_MS


def counts_off(home: Path) -> None:
    """Print how far the numbers of answers are off that were drawn."""
    print("\n| who | question | answers | said | drawn | off |\n|---|---|---|---|---|---|")
    wrong: list[float] = []
    with opened(home) as of:
        catalog = of.resources.catalog
        for who, asker in (("50 memberships", of.asker()), ("operator", local_asker(of.resources))):
            visible = of.resources.visible(asker)
            for text in (each.format(n) for each in DRAWN for n in range(2, 9)):
                question = understood(asker, of.resources, text)
                about = catalog.count_about(question, visible)
                if about.drawn:
                    n = catalog.count(question, visible)
                    wrong.append(abs(about.n - n) / n)
                    off_by = f"{100 * (about.n - n) / n:+.0f} %"
                    print(f"| {who} | `{text}` | {n} | {about.n} | {len(about.drawn)} | {off_by} |", flush=True)
    if wrong:
        wrong.sort()
        shares = wrong[len(wrong) // 2], wrong[len(wrong) * 9 // 10], wrong[-1]
        said = ", ".join(f"{100 * share:.0f} %" for share in shares)
        print(f"\nOf {len(wrong)} numbers half, nine of ten and all are within {said}.", flush=True)


def report(home: Path) -> None:
    """Measure a home and print its table."""
    print("\n| question | what | p50 ms | p95 ms | CPU ms | missed |\n|---|---|---|---|---|---|")
    with opened(home) as of:
        for text, what, deed, aim in measured(of, of.asker()):
            times, _ = in_turns(of, deed, None)
            # By CPU: what is waited for depends on what else the machine does.
            missed = f"{aim:.0f} ms" if times.p50_cpu > aim else ""
            shown = text.replace("|", "\\|")
            print(
                f"| {shown} | {what} | {times.p50:.1f} | {times.p95:.1f} | {times.p50_cpu:.1f} | {missed} |", flush=True
            )


def off(home: Path) -> None:
    """Print how far estimated facets are off, of values that at least one of a hundred answers has."""
    print(
        "\n| who | question | answers | values | half within | nine of ten within | farthest |\n|---|---|---|---|---|---|---|"
    )
    with opened(home) as of:
        catalog = of.resources.catalog
        for who, asker in (("50 memberships", of.asker()), ("operator", local_asker(of.resources))):
            visible = of.resources.visible(asker)
            for text in OFF:
                question = understood(asker, of.resources, text)
                n, about = catalog.count(question, visible), catalog.count_about(question, visible)
                wrong = []
                count = about if about.drawn else Count(n)
                for facet, counts in catalog.narrowing(question, visible, tuple(Facet), count=count).items():
                    if counts.is_estimate:
                        said = dict(counts.values)
                        exact = catalog.facets(question, visible, facet, limit=1000)
                        wrong += [abs(said.get(value, 0) - m) / m for value, m in exact if m >= 0.01 * n]
                if wrong:
                    wrong.sort()
                    shares = (wrong[len(wrong) // 2], wrong[len(wrong) * 9 // 10], wrong[-1])
                    said_of = " | ".join(f"{100 * share:.0f} %" for share in shares)
                    print(f"| {who} | {text} | {n} | {len(wrong)} | {said_of} |", flush=True)


def main() -> None:
    """Measure homes of the sizes that are asked for."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("sizes", nargs="*", type=int)
    words.add_argument("--homes", type=Path, help="where homes are kept, and found again")
    words.add_argument("--off", action="store_true", help="say how far estimates are off, and measure nothing")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for n in given.sizes or [100_000]:
            home = (given.homes or Path(temporary)) / label(n)
            if not is_made(home):
                make_home(home, n)
            if given.off:
                counts_off(home)
                off(home)
            else:
                report(home)


if __name__ == "__main__":
    main()
