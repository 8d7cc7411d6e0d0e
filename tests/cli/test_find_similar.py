"""kiban find with SIMILAR TO: the nearest first, with how near they are; and what is said where there is none."""

from __future__ import annotations

from dataclasses import replace

from kiban.testing.catalog_examples import Laboratory
from kiban.testing.catalog_likeness_suite import a_likeness

from .conftest import Terminal


def test_the_nearest_come_first_with_how_near_they_are(kiban: Terminal) -> None:
    lab = Laboratory(kiban.resources.catalog, project=kiban.resources.project)
    records = {title: lab.measurement(title) for title in ("one", "near", "far", "other")}
    lines = {"one": (300, 600, 900, 1200), "near": (300, 600, 900, 1300), "far": (300, 700, 1000, 1300)}
    likenesses = {records[title].id: a_likeness(*places) for title, places in lines.items()}
    lab.write(*records.values(), likenesses=likenesses | {records["other"].id: a_likeness(300, kind="raman")})
    question = f"SIMILAR TO {records['one'].pid} WITHIN 0.2"
    hits = kiban.lines("find", question)
    assert [(hit["title"], round(hit["nearness"], 6)) for hit in hits] == [("near", 0.75), ("far", 0.25)]
    # In that order whatever is asked for.
    assert [hit["title"] for hit in kiban.lines("find", question, "--sort", "newest")] == ["near", "far"]
    out, err = kiban.run("find", question)
    assert [line.split("  ")[0] for line in out.splitlines()] == [records["near"].pid, records["far"].pid]
    assert "75 % alike" in out.splitlines()[0]
    assert err.strip() == "2 of 2"
    out, _ = kiban.run("find", "title = near")
    assert "alike" not in out


def test_of_what_is_not_there_or_cannot_be_compared_it_says_so(kiban: Terminal) -> None:
    lab = Laboratory(kiban.resources.catalog, project=kiban.resources.project)
    bare = lab.measurement("bare")
    gone = lab.measurement("gone")
    lab.write(bare, gone, likenesses={gone.id: a_likeness(300)})
    lab.write(replace(gone, version=2, deleted=True))
    _, err = kiban.run("find", f"SIMILAR TO {bare.pid}", exit_code=1)
    assert "nothing to be compared by" in err
    told = []
    for pid in (gone.pid, "kb:0000-0000-00"):
        _, err = kiban.run("find", f"SIMILAR TO {pid}", exit_code=1)
        told.append(err.replace(pid, "X"))
    assert told[0] == told[1] != ""
