"""What `kiban campaign` reads from files: definitions in JSON or TOML, and tables of past experiments."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.planning.campaign.campaign import Campaign
    from kiban.planning.campaign.telling import Done


def definition_in(path: Path) -> dict[str, Any]:
    """Read the definition of a campaign, or a part of one. Raises WrongUsage if it is neither JSON nor TOML."""
    text = text_of(path)
    try:
        document = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as e:
        raise WrongUsage(f"{path} cannot be read: {e}.", mend="Write it in JSON, or in TOML as a .toml file.") from e
    if not isinstance(document, dict):
        raise WrongUsage(f"{path} holds no names with values.", mend="Give one object, or one table.")
    return document


def past_in(resources: Resources, campaign: Campaign, path: Path) -> tuple[Done, ...]:
    """Read the experiments of a CSV or xlsx file, written as any table of past experiments may be.

    Raises
    ------
    WrongUsage
        If the file cannot be opened, or is empty.
    UnreadableFile
        If there is no table in it.
    InvalidValue
        That names row and column.
    """
    from kiban.operations.uploaded_tables import read_table
    from kiban.planning.campaign.past import done_in

    try:
        content = path.read_bytes()
    except OSError as e:
        raise WrongUsage(f"{path} cannot be read: {e.strerror}.", mend="Name a file that is there.") from e
    if not content.strip():
        raise WrongUsage(f"{path} is empty.", mend="Give a line of headers, and a row for each experiment.")
    sheet = read_table(resources, content, path.name)
    return done_in(campaign, sheet.headers, [(row.number, row.cells) for row in sheet.rows], source=path.name)


def pairs(texts: Sequence[str], what: str) -> dict[str, str]:
    """Read `name=value` as people type it. Raises WrongUsage."""
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise WrongUsage(f"'{text[:60]}' is no {what}.", mend="Write it as NAME=VALUE, like temperature='350 K'.")
        if name.strip() in found:
            raise WrongUsage(f"'{name.strip()}' was given twice.", mend="Give each once.")
        found[name.strip()] = value.strip()
    return found


def text_of(path: Path) -> str:
    """The text of a file. Raises WrongUsage if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as e:
        raise WrongUsage(f"{path} cannot be read: {e.strerror}.", mend="Name a file that is there.") from e
    except UnicodeDecodeError as e:
        raise WrongUsage(f"{path} is not in UTF-8.", mend="Save it in UTF-8 (in Excel: CSV UTF-8).") from e
