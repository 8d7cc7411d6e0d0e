"""A home whose records say who may see them: every field of a hidden one holds a word that must be nowhere."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .conftest import Kiban

WORDS = {"open": "Openwombat", "shared": "Shareplaty", "closed": "Hidequokka"}
"""What stands in every field of records of each tier."""
VALUES = {"open": 1111, "shared": 86421, "closed": 97531}
"""The digits that the numbers of each tier begin with."""


@dataclass
class Kept:
    """What there is of one tier, by its kind."""

    records: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)

    @property
    def pids(self) -> list[str]:
        """All short identifiers."""
        return [pid for pids in self.records.values() for pid in pids]


def furnish(kiban: Kiban, folder: Path) -> dict[str, Kept]:
    """Deposit files and make samples, processes, templates and terms of each tier, in the terminal."""
    kept = {}
    for tier, word in WORDS.items():
        made = Kept()
        at = ("--tier", tier)
        place = folder / f"{word}Folder"
        place.mkdir(parents=True)
        for name, content in _files(word, VALUES[tier]).items():
            (place / name).write_bytes(content)
        sample = _one(kiban, "sample", "new", f"{word}Sample", "--formula", "TiO2", "--description", f"{word}Said", *at)
        template = place.parent / f"{word}.json"
        template.write_text(json.dumps(_template(word)), encoding="utf-8")
        _one(kiban, "template", "add", template, *at)
        _one(kiban, "term", "add", f"{word.lower()}_term", "--en", f"{word}Term", "--synonym", f"{word}Alias", *at)
        made.terms = [f"{word.lower()}_term"]
        described = ("--template", f"{word.lower()}_template", "--set", f"note={word}Note")
        _one(kiban, "sample", "new", f"{word}Described", *described, *at)
        _one(kiban, "process", "record", f"{word}Run", "--input", sample["id"], "--output", f"{word}Made", *at)
        definition = place.parent / f"{word}Campaign.json"
        definition.write_text(json.dumps(_campaign(word, VALUES[tier])), encoding="utf-8")
        campaign = _one(kiban, "campaign", "new", definition, *at)["id"]
        _one(kiban, "campaign", "suggest", campaign, "-n", "2")
        _one(kiban, "campaign", "tell", campaign, "1", f"{word}Outcome={VALUES[tier]}", "--note", f"{word}Remark")
        lines = kiban.lines("deposit", place, "--sample", f"{word}Sample", *at)
        assert {line.get("status") for line in lines} == {"structured", "kept", "quarantined"}, lines
        made.files = [line["sha256"] for line in lines]
        kept[tier] = made
    for hit in kiban.lines("find", "*", "--limit", "1000"):
        kind = "project" if hit["kind"] == "project" else hit["tier"]
        if kind in kept:
            kept[kind].records.setdefault(hit["kind"], []).append(hit["id"])
    for tier, made in kept.items():
        assert {"sample", "measurement", "process", "template", "term", "campaign"} <= set(made.records), (tier, made)
    return kept


def _one(kiban: Kiban, *arguments: str | Path) -> dict[str, Any]:
    [said] = kiban.lines(*arguments)
    return said


def _files(word: str, value: int) -> dict[str, bytes]:
    rows = "".join(f"{300 + n},{value}.{n}\n" for n in range(20))
    spectrum = "".join(f"{400 + n} {value}.{n}\n" for n in range(20))
    return {
        f"{word}Sweep.csv": f"# Operator: {word}Operator\n# Note: {word}Header\n"
        f"Temperature (K),Resistance (ohm)\n{rows}".encode(),
        f"{word}Spectrum.dx": (
            f"##TITLE={word}Title\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##ORIGIN={word}Origin\n"
            f"##OWNER={word}Owner\n##XUNITS=1/CM\n##YUNITS=ABSORBANCE\n##FIRSTX=400\n##LASTX=419\n##NPOINTS=20\n"
            f"##XFACTOR=1\n##YFACTOR=1\n##XYPOINTS=(XY..XY)\n{spectrum}##END=\n"
        ).encode(),
        f"{word}Unknown.bin": f"\x00\x01 {word}Bytes".encode(),
        f"{word}Cut.xrdml": f'<?xml version="1.0"?><xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.5">'
        f"<{word}".encode(),
    }


def _campaign(word: str, value: int) -> dict[str, Any]:
    return {
        "name": f"{word}Campaign",
        "description": f"{word}Sought",
        "space": {
            "parameters": [
                {"kind": "categorical", "name": f"{word}Parameter", "levels": [f"{word}Level", f"{word}Other"]},
                {"kind": "discrete", "name": "amount", "values": [value, value + 1]},
            ]
        },
        "objective": {"targets": [{"name": f"{word}Outcome"}]},
        "limits": {"enough": {f"{word}Outcome": value}},
    }


def _template(word: str) -> dict[str, Any]:
    return {
        "name": f"{word.lower()}_template",
        "applies_to": "sample",
        "label": {"en": f"{word}Template"},
        "fields": [{"key": "note", "kind": "text", "label": {"en": f"{word}Field"}}],
    }
