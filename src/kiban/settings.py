"""The settings. Only this file reads the environment; everything else is handed its values.

KIBAN_HOME           data folder; the user's data folder unless given
KIBAN_DATABASE_URL   a PostgreSQL to use instead of the embedded one, as postgresql://user:password@host/database
KIBAN_RDE_PYTHON     the Python of an environment with rdetoolkit, for structuring programs of NIMS RDE
KIBAN_AUDIT_KEY      the file of the key that the audit log is signed with; keys/audit.key in the home unless given
KIBAN_BASE_URL       the address at which people open the platform; labels hold it, so that a phone opens the record
KIBAN_TRUSTED_PROXIES      reverse proxies whose word on a client's address is believed, separated by commas
KIBAN_LARGEST_UPLOAD       how large a deposited file may be, as 50 GB
KIBAN_REQUESTS_PER_MINUTE  how many requests of one person or program are answered; 0 for any number
KIBAN_OPERATORS_GIVE_ROLES whether operators give roles in projects that have an owner: yes or no
KIBAN_OIDC_PROVIDERS       a file that names identity providers; kiban-providers.toml in the home unless given
KIBAN_OIDC_ISSUER          the address of one identity provider, where a file is too much
KIBAN_OIDC_CLIENT_ID       what it calls us
KIBAN_OIDC_CLIENT_SECRET   what we show it
KIBAN_OIDC_LABEL           what stands on the button
KIBAN_OIDC_SCOPES          what it is asked for, separated by spaces
KIBAN_OIDC_ADMITS          operator, or anyone: whether people without an account get one
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.errors import InvalidSetting, InvalidValue

if TYPE_CHECKING:
    from kiban.records.parties.provider import Provider

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LARGEST_UPLOAD_BYTES = 50 * 10**9
REQUESTS_PER_MINUTE = 1200
_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"([0-9]{1,12})\s*([A-Z]{0,2})")
_MAIL = re.compile(r"[^\s@<>]+@(?:[^\s@.<>]+\.)+[^\s@.<>]+")
"""As the schema of OAI-PMH has it."""


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
    """Where people open the platform, and what the codes of labels begin with; `None` for this machine only, and codes
    that hold the identifier alone."""
    trusted_proxies: tuple[Network, ...] = ()
    """Reverse proxies that are believed when they say for whom they ask."""
    largest_upload_bytes: int = LARGEST_UPLOAD_BYTES
    providers: tuple[Provider, ...] = ()
    """Identity providers that people may log in with."""
    contact: str | None = None
    """The mail address of whoever runs the platform, as harvesters are told."""
    requests_per_minute: int = REQUESTS_PER_MINUTE
    """Of one person or program; 0 for any number."""
    operators_give_roles: bool = True
    """Also in projects that have an owner who could."""

    def __post_init__(self) -> None:
        url = self.database_url
        if url is not None and not url.startswith(("postgresql://", "postgres://")):
            raise InvalidSetting(
                f"KIBAN_DATABASE_URL begins with '{url.partition(':')[0]}:'.",
                mend="Give a PostgreSQL address: postgresql://user:password@host/database.",
            )
        if self.contact is not None and not _MAIL.fullmatch(self.contact):
            raise InvalidSetting(
                f"KIBAN_CONTACT is '{self.contact[:80]}', which is no mail address.",
                mend="Give one such as data@example.org, or leave it out.",
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
    place = home or _home()
    return Settings(
        home=place,
        providers=_providers(place),
        database_url=os.environ.get("KIBAN_DATABASE_URL") or None,
        rde_python=Path(python).expanduser().absolute() if python else None,
        audit_key=Path(key).expanduser().absolute() if key else None,
        base_url=os.environ.get("KIBAN_BASE_URL") or None,
        contact=os.environ.get("KIBAN_CONTACT") or None,
        trusted_proxies=_networks("KIBAN_TRUSTED_PROXIES"),
        largest_upload_bytes=_size("KIBAN_LARGEST_UPLOAD", LARGEST_UPLOAD_BYTES),
        requests_per_minute=_count("KIBAN_REQUESTS_PER_MINUTE", REQUESTS_PER_MINUTE),
        operators_give_roles=_yes_or_no("KIBAN_OPERATORS_GIVE_ROLES", usual=True),
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


def _providers(home: Path) -> tuple[Provider, ...]:
    from kiban.records.parties.provider_file import provider_of, providers_of

    given = os.environ.get("KIBAN_OIDC_PROVIDERS")
    path = Path(given).expanduser() if given else home / "kiban-providers.toml"
    found: tuple[Provider, ...] = ()
    if given or path.exists():
        try:
            if path.stat().st_mode & 0o007:
                raise InvalidSetting(
                    f"{path} may be read by everyone, and holds secrets.",
                    mend=f"Take that from them: chmod 600 {path}.",
                )
            found = providers_of(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as e:
            raise InvalidSetting(f"{path} cannot be read: {e}.", mend="Put it right, or take the setting away.") from e
    if issuer := os.environ.get("KIBAN_OIDC_ISSUER"):
        given_values = {
            "client_id": os.environ.get("KIBAN_OIDC_CLIENT_ID"),
            "client_secret": os.environ.get("KIBAN_OIDC_CLIENT_SECRET"),
            "label": os.environ.get("KIBAN_OIDC_LABEL"),
            "scopes": os.environ.get("KIBAN_OIDC_SCOPES", "").split(),
            "admits": os.environ.get("KIBAN_OIDC_ADMITS"),
        }
        values = {key: value for key, value in given_values.items() if value}
        one = provider_of({"name": "oidc", "issuer": issuer, **values}, "The settings of the identity provider")
        found = (*found, one)
    return found


def _networks(name: str) -> tuple[Network, ...]:
    found = []
    for part in os.environ.get(name, "").split(","):
        if not part.strip():
            continue
        try:
            network = ipaddress.ip_network(part.strip())
        except ValueError as e:
            raise InvalidSetting(
                f"{name} holds '{part.strip()[:80]}', which is no address and no network.",
                mend="Give addresses or networks separated by commas: 127.0.0.1, 10.0.3.0/24.",
            ) from e
        if network.prefixlen == 0:
            raise InvalidSetting(
                f"{name} holds {network}: then every client could say of itself that it is another one.",
                mend="Name the reverse proxies themselves.",
            )
        found.append(network)
    return tuple(found)


def _size(name: str, usual: int) -> int:
    given = os.environ.get(name, "").strip()
    if not given:
        return usual
    found = _SIZE.fullmatch(given.upper())
    if found is None or found[2] not in _UNITS or int(found[1]) == 0:
        raise InvalidSetting(f"{name} is '{given[:80]}', which is no size.", mend="Give one such as 500 MB or 50 GB.")
    return int(found[1]) * _UNITS[found[2]]


def _count(name: str, usual: int) -> int:
    given = os.environ.get(name, "").strip()
    if not given:
        return usual
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise InvalidSetting(
            f"{name} is '{given[:80]}', which is no count.", mend="Give a whole number, 0 for no limit."
        )
    return int(given)


def _yes_or_no(name: str, *, usual: bool) -> bool:
    given = os.environ.get(name, "").strip().lower()
    if given not in {"", "yes", "no"}:
        raise InvalidSetting(f"{name} is '{given[:80]}', which is neither yes nor no.", mend="Give yes or no.")
    return usual if not given else given == "yes"
