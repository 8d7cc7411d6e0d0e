"""The settings. Only this file reads the environment; everything else is handed its values.

KIBAN_HOME           data folder; the user's data folder unless given
KIBAN_DATABASE_URL   a PostgreSQL to use instead of the embedded one, as postgresql://user:password@host/database
KIBAN_RDE_PYTHON     the Python of an environment with rdetoolkit, for structuring programs of NIMS RDE
KIBAN_AUDIT_KEY      the file of the key that the audit log is signed with; keys/audit.key in the home unless given
KIBAN_BASE_URL       the address at which people open the platform; labels hold it, so that a phone opens the record
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kiban.errors import InvalidSetting, InvalidValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are."""

    home: Path
    database_url: str | None = None
    """`None` for the embedded server in the home."""
    rde_python: Path | None = None
    """`None` where no structuring programs of RDE are run."""
    audit_key: Path | None = None
    """`None` for the one in the home."""
    base_url: str | None = None
    """What the codes of labels begin with; `None` for codes that hold the identifier alone."""

    def __post_init__(self) -> None:
        url = self.database_url
        if url is not None and not url.startswith(("postgresql://", "postgres://")):
            raise InvalidSetting(
                f"KIBAN_DATABASE_URL begins with '{url.partition(':')[0]}:'.",
                mend="Give a PostgreSQL address: postgresql://user:password@host/database.",
            )
        if self.base_url is not None:
            from kiban.standards.label import check_base_url

            try:
                check_base_url(self.base_url)
            except InvalidValue as e:
                raise InvalidSetting(f"KIBAN_BASE_URL cannot be used. {e.fault}", mend=e.mend) from e


def load(home: Path | None = None) -> Settings:
    """Read the settings from the environment; a home given on the command line comes first."""
    python = os.environ.get("KIBAN_RDE_PYTHON")
    key = os.environ.get("KIBAN_AUDIT_KEY")
    return Settings(
        home=home or _home(),
        database_url=os.environ.get("KIBAN_DATABASE_URL") or None,
        rde_python=Path(python).expanduser().absolute() if python else None,
        audit_key=Path(key).expanduser().absolute() if key else None,
        base_url=os.environ.get("KIBAN_BASE_URL") or None,
    )


def demo_home() -> Path:
    """Where the demo keeps its data unless told otherwise: apart from the real home."""
    return _user_data("kiban-demo")


def _home() -> Path:
    given = os.environ.get("KIBAN_HOME")
    return Path(given).expanduser() if given else _user_data("kiban")


def _user_data(name: str) -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir(name, appauthor=False))
