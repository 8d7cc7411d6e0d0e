"""Labels of records: what they say, and files that an independent reader of codes reads."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from kiban.errors import InvalidQuestion, InvalidValue, OutOfRange, RecordNotFound
from kiban.operations.labels import Chosen, draw_label, labels, preview_labels, print_labels
from kiban.operations.processes import record_process
from kiban.operations.resources import Resources
from kiban.operations.samples import change_sample, divide_sample, register_sample
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.process import Process
from kiban.records.sample import Sample
from kiban.standards.label_stock import stock_named

SHEET, ROLL = stock_named("avery-l7160"), stock_named("brother-62x29")


@pytest.fixture(name="pid")
def _pid(asker: Asker, resources: Resources) -> str:
    sample = Sample(name="チタン酸リチウム 7", formula="Li4Ti5O12", hazards=("H315", "H319"))
    return register_sample(asker, resources, sample).pid


def codes(content: bytes) -> list[str]:
    """What the codes of a PDF hold, page by page."""
    pages = pypdfium2.PdfDocument(content)
    pictures = [page.render(scale=300 / 72, grayscale=True).to_pil() for page in pages]
    return [found.text for picture in pictures for found in zxingcpp.read_barcodes(picture)]


def test_a_label_says_what_is_known_the_hazards_first(asker: Asker, resources: Resources, pid: str) -> None:
    change_sample(asker, resources, pid, {"location": "Room 3"})
    [label] = labels(asker, resources, Chosen(identifiers=[pid.lower()], hazard_statements={"H315": "皮膚刺激"}))
    assert (label.pid, label.title) == (pid, "チタン酸リチウム 7")
    assert label.lines[:2] == ("H315 H319", "Li4Ti5O12")
    assert abs(datetime.fromisoformat(label.lines[2]) - datetime.now()) < timedelta(days=2)
    assert label.lines[3:] == ("H315 皮膚刺激",)


def test_every_record_can_have_a_label(asker: Asker, resources: Resources) -> None:
    run = record_process(asker, resources, Process(name="run 1")).process
    [label] = labels(asker, resources, Chosen(identifiers=[run.pid]))
    assert (label.pid, label.title, len(label.lines)) == (run.pid, "run 1", 1)


def test_samples_that_answer_a_question_come_in_order_of_their_names(
    asker: Asker, resources: Resources, pid: str
) -> None:
    divide_sample(asker, resources, pid, [f"p-{n}" for n in (10, 9, 2)])
    record_process(asker, resources, Process(name="p-run"), inputs=[pid])
    found = labels(asker, resources, Chosen(identifiers=[pid, pid], question='title STARTS WITH "p-"'))
    assert [label.title for label in found] == ["チタン酸リチウム 7", "チタン酸リチウム 7", "p-2", "p-9", "p-10"]
    found = labels(asker, resources, Chosen(identifiers=[found[3].pid], question='elements HAS "Ti"'))
    assert [label.title for label in found] == ["p-9", "p-2", "p-10", "チタン酸リチウム 7"]


def test_the_codes_are_read(asker: Asker, resources: Resources, pid: str) -> None:
    pieces = divide_sample(asker, resources, pid, [f"p{n}" for n in range(25)])
    pids = [piece.pid for piece in pieces]
    printed = print_labels(asker, resources, Chosen(identifiers=pids), SHEET, start=20)
    assert printed.n_pages == 3
    assert sorted(codes(printed.content)) == sorted(pid.upper() for pid in pids)
    reached = replace(resources, base_url="https://kiban.example.org/lab/")
    printed = print_labels(asker, reached, Chosen(identifiers=[pid]), ROLL)
    assert codes(printed.content) == [f"https://kiban.example.org/lab/id/{pid}"]
    png = draw_label(asker, reached, Chosen(identifiers=[pid]), ROLL, form="png")
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.content)))
    assert found.text == f"https://kiban.example.org/lab/id/{pid}"
    assert draw_label(asker, resources, Chosen(identifiers=[pid]), ROLL, form="svg").content.startswith(b"<svg")


@pytest.mark.parametrize("start", [1, 5, 21])
def test_a_preview_is_what_will_be_printed(asker: Asker, resources: Resources, pid: str, start: int) -> None:
    divide_sample(asker, resources, pid, [f"p{n}" for n in range(22)])
    chosen = Chosen(identifiers=[pid], question='title STARTS WITH "p"')
    printed = print_labels(asker, resources, chosen, SHEET, start=start)
    preview = preview_labels(asker, resources, chosen, SHEET, start=start, n_pictures=3)
    assert (preview.losses, preview.n_pages) == (printed.losses, printed.n_pages)
    assert preview.labels == labels(asker, resources, chosen)
    assert len(preview.pictures) == 3
    drawn = draw_label(asker, resources, Chosen(identifiers=[pid]), SHEET, form="svg")
    assert preview.pictures[0] == drawn.content


def test_what_has_no_room_is_told(asker: Asker, resources: Resources, pid: str) -> None:
    chosen = Chosen(identifiers=[pid], hazard_statements={"H315": "Causes skin irritation"})
    printed = print_labels(asker, resources, chosen, stock_named("25x25"))
    assert any("Causes skin irritation" in loss for loss in printed.losses)


def test_what_cannot_be_printed_is_refused(asker: Asker, resources: Resources, pid: str) -> None:
    for wrong in (Chosen(), Chosen(question='title = "nothing"'), Chosen(identifiers=[pid] * 1001)):
        with pytest.raises(InvalidValue):
            print_labels(asker, resources, wrong, SHEET)
    with pytest.raises(OutOfRange):
        print_labels(asker, resources, Chosen(identifiers=[pid]), SHEET, start=22)
    with pytest.raises(InvalidQuestion):
        labels(asker, resources, Chosen(question="size >"))
    with pytest.raises(InvalidValue):
        draw_label(asker, resources, Chosen(identifiers=[pid, pid]), SHEET, form="svg")


def test_a_label_is_printed_for_those_who_see_the_record(asker: Asker, resources: Resources, pid: str) -> None:
    with pytest.raises(RecordNotFound):
        labels(ANONYMOUS, resources, Chosen(identifiers=[pid]))
    assert labels(ANONYMOUS, resources, Chosen(question='title CONTAINS "7"')) == ()
