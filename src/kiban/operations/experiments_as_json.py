"""Previews and imports of tables of experiments as JSON documents, for REST and the terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kiban.operations.experiments_batch import Made
from kiban.operations.past_experiments import Imported, Preview
from kiban.operations.withdraw_experiments import Withdrawal
from kiban.readers.experiments.meaning import mapping_to_json
from kiban.readers.experiments.told import SENTENCES
from kiban.records.document import to_json

_MOST_EXAMPLES = 5


def preview_as_json(found: Preview) -> dict[str, Any]:
    """A preview. Its `mapping` can be changed and given back."""
    sheet = found.sheet
    return {
        "file": sheet.name,
        "table": found.table,
        "name": found.name,
        "is_kept": found.kept is not None,
        "sheet": sheet.sheet,
        "other_sheets": list(sheet.other_sheets),
        "n_rows": len(sheet.rows),
        "columns": [
            {
                **{name: value for name, value in to_json(each.meaning).items() if value not in ("", None, False)},
                "sureness": each.sureness.value,
                "reason": each.reason.value,
                "why": SENTENCES[each.reason],
                "examples": [row.cells[place] for row in sheet.rows[:_MOST_EXAMPLES]],
            }
            for place, each in enumerate(found.columns)
        ],
        "mapping": mapping_to_json(found.mapping) if found.mapping is not None else None,
        "wrong": [{"error": e.name, "fault": e.fault, "mend": e.mend} for e in found.wrong],
        "faults": [asdict(fault) for fault in found.experiments.faults],
        "n_faults": found.experiments.n_faults,
        "wrong_rows": list(found.experiments.wrong_rows),
        "would": made_as_json(found.made) if found.made is not None else None,
        "new_terms": list(found.new_terms),
        "can_be_kept": found.can_be_kept,
        "told": [*(found.made.told if found.made is not None else ()), *found.told],
    }


def imported_as_json(kept: Imported) -> dict[str, Any]:
    """What was kept."""
    return {
        "table": kept.table,
        "mapping": kept.mapping,
        "status": kept.status,
        "measurements": [record.pid for record in kept.rows],
        "did": made_as_json(kept.made),
        "left_out_rows": list(kept.left_out),
        "told": list(kept.told),
    }


def made_as_json(made: Made) -> dict[str, Any]:
    """What is, or would be, made."""
    return {
        "samples": {"new": made.n_new_samples, "there": made.n_known_samples},
        "processes": {"new": made.n_new_processes},
        "rows": {"new": made.n_new, "changed": made.n_changed, "unchanged": made.n_unchanged},
        "changes": list(made.changes),
    }


def withdrawal_as_json(found: Withdrawal) -> dict[str, Any]:
    """What is, or would be, withdrawn."""
    return {
        "table": found.table,
        "rows": [record.pid for record in found.rows],
        "processes": [record.pid for record in found.processes],
        "samples": [record.pid for record in found.samples],
        "stay": [record.pid for record in found.stay],
    }
