"""Labels of samples and other records: what they say, and files to print."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kiban.errors import InvalidValue
from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import current
from kiban.operations.find import understood
from kiban.operations.resources import Resources
from kiban.query.question import And, Comparison, Operator
from kiban.records.identity import made_at
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.standards.label import Label, Printed
from kiban.standards.label_font import Fonts
from kiban.standards.label_picture import drawn_as_svg, label_png, label_svg
from kiban.standards.label_sheet import label_sheet, laid_out, n_pages
from kiban.standards.label_stock import LabelStock

MOST_LABELS = 1000
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Of what labels are wanted."""

    identifiers: Sequence[str] = ()
    """In the order of the sheet; one that stands there twice gets two labels."""
    question: str = ""
    """The samples that answer it come after them, in order of their names; those that are named already do not."""
    hazard_statements: Mapping[str, str] = field(default_factory=dict)
    """Words of hazard statements by their codes, in the language of the label; without them it has the codes alone."""


@reads("read labels")
def labels(asker: Asker, resources: Resources, chosen: Chosen) -> tuple[Label, ...]:
    """What the labels say: identifier and name; then hazard codes, formula, day of registration, hazards in words.

    What there is no room for is left out from the end.

    Raises
    ------
    RecordNotFound
        If there is no such record that the asker may see.
    InvalidQuestion
    InvalidValue
        If there are more than a thousand.
    """
    records = [current(asker, resources, each) for each in chosen.identifiers[: MOST_LABELS + 1]]
    if chosen.question.strip():
        named = {record.id for record in records}
        more = [record for record in _answering(asker, resources, chosen.question) if record.id not in named]
        records += sorted(more, key=lambda record: _in_order(record.title))
    if len(records) > MOST_LABELS:
        raise InvalidValue(
            f"More than {MOST_LABELS} labels were asked for.", mend="Print them in parts, or ask a narrower question."
        )
    asked = {"question": chosen.question} if chosen.question.strip() else {}
    saw(*records, subject=records[0].pid if len(records) == 1 else "", details={"n": len(records)} | asked)
    return tuple(_label(record, chosen.hazard_statements) for record in records)


def print_labels(
    asker: Asker,
    resources: Resources,
    chosen: Chosen,
    stock: LabelStock,
    *,
    start: int = 1,
    outlines: bool = False,
    shift_mm: tuple[float, float] = (0.0, 0.0),
) -> Printed:
    """Print labels as one PDF. Parameters and errors as of `labels` and `kiban.standards.label_sheet`."""
    return label_sheet(
        labels(asker, resources, chosen),
        stock,
        base_url=resources.base_url,
        start=start,
        outlines=outlines,
        shift_mm=shift_mm,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Labels as they would be printed."""

    labels: tuple[Label, ...]
    pictures: tuple[bytes, ...]
    """The first of them as SVG."""
    losses: tuple[str, ...]
    """Of all of them."""
    n_pages: int


def preview_labels(
    asker: Asker, resources: Resources, chosen: Chosen, stock: LabelStock, *, start: int = 1, n_pictures: int = 0
) -> Preview:
    """Show what would be printed, in less time than it takes to print. Errors as of `print_labels`."""
    found, fonts = labels(asker, resources, chosen), Fonts()
    drawings = laid_out(found, stock, fonts, base_url=resources.base_url, start=start)
    shown = zip(drawings[:n_pictures], found, strict=False)
    return Preview(
        labels=found,
        pictures=tuple(drawn_as_svg(drawing, label, fonts) for drawing, label in shown),
        losses=tuple(loss for drawing in drawings for loss in drawing.losses),
        n_pages=n_pages(len(found), stock, start),
    )


def draw_label(
    asker: Asker, resources: Resources, chosen: Chosen, stock: LabelStock, *, form: Literal["svg", "png"]
) -> Printed:
    """Draw one label as a picture.

    Raises
    ------
    InvalidValue
        If another number than one is chosen; else as `labels`.
    """
    found = labels(asker, resources, chosen)
    if len(found) != 1:
        raise InvalidValue(
            f"{len(found)} labels were asked for as {form.upper()}, which holds one.", mend="Ask for one, or for a PDF."
        )
    draw: Callable[..., Printed] = label_svg if form == "svg" else label_png
    return draw(found[0], stock, base_url=resources.base_url)


def _answering(asker: Asker, resources: Resources, question: str) -> list[Record]:
    of_samples = Comparison("kind", Operator.EQUAL, RecordKind.SAMPLE.value)
    wanted = And((of_samples, understood(asker, resources, question)))
    visible = resources.visible(asker)
    found: list[Record] = []
    after: str | None = None
    while len(found) <= MOST_LABELS:
        page = resources.catalog.find(wanted, visible, limit=_PAGE, after=after)
        found.extend(page.records)
        if (after := page.next) is None:
            break
    return found


def _label(record: Record, statements: Mapping[str, str]) -> Label:
    document = record.document
    hazards = tuple(document.get("hazards") or ())
    day = (made_at(record.id) or record.created_at).astimezone().date().isoformat()
    lines = (" ".join(hazards), str(document.get("formula") or ""), day)
    words = (f"{code} {statements[code]}" for code in hazards if code in statements)
    return Label(pid=record.pid, title=record.title, lines=(*(line for line in lines if line), *words))


def _in_order(title: str) -> list[tuple[int, str]]:
    """Sort key that puts `LTO-7-2` before `LTO-7-10`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", title)]
