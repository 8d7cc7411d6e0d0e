"""A home that is full of made records, for measurements and for looking at pages as they are with many records."""

from __future__ import annotations

import random
from pathlib import Path

from kiban.platform import open_platform
from kiban.settings import Settings
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.postgres_settings import OWNER
from kiban.testing.copying import Loaded, load
from kiban.testing.made_families import N_OF_FAMILY, Families
from kiban.testing.made_parties import made_parties, scopes_of

_MADE = "kiban-made-records"
"""A file in the home, written last: what is there without it was not finished."""


def is_made(home: Path) -> bool:
    """Whether a home was filled to the end."""
    return (home / _MADE).exists()


def make_home(home: Path, n_records: int, *, seed: int = 20261127) -> Loaded:
    """Make a home with about so many records: whole families, and the templates that they use.

    Parameters
    ----------
    home : Path
        A folder that is not there yet.
    """
    chance = random.Random(seed)  # noqa: S311  what is drawn here is no secret
    with open_platform(Settings(home=home), n_workers=1) as resources:
        parties = made_parties(chance)
        resources.directory.change(parties.entries, by="bench", expected=resources.directory.load().revision)
        families = Families(scopes_of(parties, resources.catalog), n_records // N_OF_FAMILY, chance)
        done = load(EmbeddedPostgres(home).conninfo(OWNER), [families.of_templates()], families)
    (home / _MADE).write_text(f"{done.n_records}\n", encoding="utf-8")
    return done
