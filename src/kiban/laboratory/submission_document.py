"""Submissions as JSON, as drivers write them for machines and programs that know nothing of Kiban."""

from __future__ import annotations

import json
from typing import Any

from kiban.errors import DamagedFile
from kiban.laboratory.contract import Submission

FORMAT = 1


def submission_to_json(submission: Submission) -> dict[str, Any]:
    """Write a submission down: each parameter with its value and unit, each outcome with its unit."""
    return {
        "format": FORMAT,
        "identity": submission.identity,
        "campaign": submission.campaign,
        "experiment": submission.number,
        "attempt": submission.attempt,
        "set": {
            name: {"value": value, "unit": submission.units.get(name, "")} for name, value in submission.point.items()
        },
        "measure": {name: {"unit": unit} for name, unit in submission.outcomes.items()},
    }


def submission_from_json(content: bytes, where: str) -> Submission:
    """Read one that we wrote. Raises DamagedFile."""
    try:
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise ValueError(f"its format is {document['format']!r}")
        return Submission(
            campaign=document["campaign"],
            number=document["experiment"],
            attempt=document["attempt"],
            point={name: each["value"] for name, each in document["set"].items()},
            units={name: each["unit"] for name, each in document["set"].items() if each["unit"]},
            outcomes={name: each["unit"] for name, each in document["measure"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise DamagedFile(
            f"{where} is no submission of Kiban: {e}.", mend="Restore the file, or cancel the experiment and repeat it."
        ) from e
