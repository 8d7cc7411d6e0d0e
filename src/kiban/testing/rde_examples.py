"""RDE definitions and data sets for tests, written here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

OWNER = "a1" * 28
GENERAL = "3adf9874-7bcb-e5f8-99cb-3d6fd9d7b55e"
CLASS, SPECIFIC = "01cb3c01-37a4-5a43-d8ca-f523ca99a75b", "3250c45d-0ed6-1438-43b5-eb679918604a"


def label(en: str, ja: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


CUSTOM: dict[str, Any] = {
    "anneal_T": {
        "label": label("Annealing temperature", "焼鈍温度"),
        "type": "number",
        "minimum": 0,
        "exclusiveMaximum": 2000,
        "options": {"unit": "K", "placeholder": label("from the display", "表示値")},
        "x-lab": {"b": 1, "a": [None, 1.50]},
    },
    "cycles": {"type": "integer", "label": label("Cycles", "サイクル数"), "minimum": 1, "default": 3},
    "hold time": {"label": label("Hold time", "保持時間"), "type": "integer", "options": {"unit": "s"}},
    "Hold-Time": {"label": label("Hold time as told", "保持時間（申告）"), "type": "string"},
    "雰囲気": {"label": label("Atmosphere", "雰囲気"), "type": "string", "enum": ["Ar", "N2", "真空"]},
    "grade": {"label": label("Grade", "等級"), "type": "number", "enum": [1, 2, 2.5]},
    "is_dry": {"label": label("Dried", "乾燥"), "type": "boolean", "default": False},
    "made_on": {"label": label("Made on", "作製日"), "type": "string", "format": "date"},
    "link": {"label": label("Link", "リンク"), "type": "string", "format": "uri", "pattern": "^(a+)+$"},
    "note": {
        "label": label("Note", "備考"),
        "type": "string",
        "description": "自由記述",
        "examples": ["一例"],
        "minLength": 1,
        "maxLength": 40,
        "options": {"widget": "textarea", "rows": 3},
    },
    "always": {"label": label("Always", "固定"), "type": "string", "const": "fixed"},
    "odd_unit": {"label": label("Odd", "奇妙"), "type": "number", "options": {"unit": "zorkmid"}},
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://rde.nims.go.jp/rde/dataset-templates/annealing_v1.2/invoice.schema.json",
    "description": "焼鈍のテンプレート",
    "type": "object",
    "required": ["custom", "sample"],
    "properties": {
        "custom": {
            "type": "object",
            "label": label("Annealing", "焼鈍"),
            "required": ["anneal_T", "雰囲気"],
            "properties": CUSTOM,
        },
        "sample": {
            "type": "object",
            "label": label("Sample Information", "試料情報"),
            "required": ["names", "sampleId"],
            "properties": {
                "generalAttributes": {
                    "type": "array",
                    "items": [{"type": "object", "required": ["termId"], "properties": {"termId": {"const": GENERAL}}}],
                },
                "specificAttributes": {
                    "type": "array",
                    "items": [
                        {
                            "type": "object",
                            "required": ["classId", "termId"],
                            "properties": {"classId": {"const": CLASS}, "termId": {"const": SPECIFIC}},
                        }
                    ],
                },
            },
        },
    },
}
METADATA_DEFINITIONS: dict[str, Any] = {
    "xrd_wavelength": {
        "name": label("X-ray wavelength", "X線波長"),
        "schema": {"type": "number"},
        "unit": "angstrom",
        "order": 1,
        "uri": "https://example.org/terms/wavelength",
        "_feature": True,
    },
    "operator.name": {"name": label("Operator", "測定者"), "schema": {"type": "string"}, "mode": "all"},
    "peaks": {"name": label("Peaks", "ピーク"), "schema": {"type": "array"}, "description": "Positions"},
    "scan_T": {
        "name": label("Temperature", "温度"), "schema": {"type": "number"}, "unit": "K", "variable": 1,
    },
    "taken": {
        "name": label("Taken", "測定時刻"), "schema": {"type": "string", "format": "date-time"}, "variable": 1,
    },
}  # fmt: skip
CATALOG: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://rde.nims.go.jp/rde/dataset-templates/annealing_v1.2/catalog.schema.json",
    "type": "object",
    "required": ["catalog"],
    "description": "None",
    "properties": {
        "catalog": {
            "type": "object",
            "label": label("Annealing v1.2", "焼鈍 v1.2"),
            "required": ["Dataset Title"],
            "properties": {
                "Dataset Title": {"label": label("Dataset Title", "データセット名"), "type": "string"},
                "言語": {"label": label("Language", "言語"), "type": "string", "options": {"widget": "textarea"}},
            },
        }
    },
}
INVOICE: dict[str, Any] = {
    "datasetId": "3f976089-7b0b-4c66-a035-f48773b018e6",
    "basic": {
        "dateSubmitted": "2026-11-20",
        "dataOwnerId": OWNER,
        "dataName": "Anneal 17",
        "instrumentId": None,
        "experimentId": "E-17",
        "description": None,
        "x-extra": [3, 2, 1],
    },
    "custom": {
        "anneal_T": 873,
        "cycles": 4,
        "hold time": 3600,
        "Hold-Time": "about an hour",
        "雰囲気": "真空",
        "grade": 2.0,
        "is_dry": True,
        "made_on": "2026-11-19",
        "link": "https://example.org/17",
        "note": "",
        "always": "fixed",
        "odd_unit": 5,
        "unforeseen": {"kept": [1.0, 1e3]},
    },
    "sample": {
        "sampleId": "",
        "names": ["TiO2-17", "二酸化チタン17"],
        "composition": "TiO2",
        "referenceUrl": None,
        "description": "white powder",
        "generalAttributes": [{"termId": GENERAL, "value": "powder"}],
        "specificAttributes": [{"classId": CLASS, "termId": SPECIFIC, "value": None}],
        "ownerId": OWNER,
    },
}
METADATA: dict[str, Any] = {
    "constant": {
        "xrd_wavelength": {"value": 0.15405929, "unit": "nm"},
        "operator.name": {"value": "S. Tanaka"},
        "peaks": {"value": ["25.3", "37.8"]},
        "undefined": {"value": 7},
    },
    "variable": [
        {"scan_T": {"value": 300, "unit": "K"}, "taken": {"value": "2026-11-19T10:00:00+09:00"}},
        {},
        {"scan_T": {"value": 400, "unit": "K"}},
    ],
}
TABLE = b"Temperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (t, 3 * t) for t in range(20))


def definitions(**changed: Any) -> dict[str, bytes]:
    """A folder of definitions; a keyword replaces `schema`, `metadata` or `catalog`, and takes it out with `None`."""
    documents = {
        "invoice.schema.json": changed.get("schema", SCHEMA),
        "metadata-def.json": changed.get("metadata", METADATA_DEFINITIONS),
        "catalog.schema.json": changed.get("catalog", CATALOG),
    }
    files = {name: as_json(said) for name, said in documents.items() if said is not None}
    return files | {"rdeconfig.yaml": b"system:\n  save_raw: true\n"}


def as_json(document: Any) -> bytes:
    # Two spaces, other than what Kiban writes: what leaves unchanged must have them still.
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def data_set(invoice: Any = INVOICE, metadata: Any = METADATA, **others: bytes) -> dict[str, bytes]:
    """The data folder of RDE after structuring."""
    files = {
        "invoice/invoice.json": as_json(invoice),
        "raw/run.csv": TABLE,
        "structured/run.csv": b"T,R\n1,2\n2,3\n",
        "main_image/run.png": b"\x89PNG not really",
        "logs/rdesys.log": "終了\n".encode(),
        **others,
    }
    if metadata is not None:
        files["meta/metadata.json"] = as_json(metadata)
    return files | {f"tasksupport/{name}": content for name, content in definitions().items()}
