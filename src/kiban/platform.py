"""An open platform: database, objects and fence, assembled from the settings."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from kiban.compute.fence import Fence
from kiban.errors import InvalidSetting
from kiban.operations.first_operator import ensure_first_operator
from kiban.operations.projects import FIRST_PROJECT, ensure_first_project
from kiban.operations.resources import Resources
from kiban.records.parties.export_control import HOLDS_NOTHING_BACK
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.settings import Settings
from kiban.store.audit_proof import AuditProof
from kiban.store.audit_signing import open_signing
from kiban.store.derivation import Told, ensure_derived
from kiban.store.embedded_postgres import EmbeddedPostgres
from kiban.store.kept_likeness import kept_likeness
from kiban.store.migrate import migrate
from kiban.store.object_folder import ObjectFolder
from kiban.store.postgres_settings import APPLICATION, OWNER
from kiban.store.sealing import sealer_in
from kiban.store.sql_audit_log import SqlAuditLog
from kiban.store.sql_catalog import SqlCatalog
from kiban.store.sql_credentials import SqlCredentials
from kiban.store.sql_directory import SqlDirectory
from kiban.store.sql_harvest_register import SqlHarvestRegister
from kiban.store.sql_saved_searches import SqlSavedSearches

_MARK = "kiban.json"
_FORMAT = 1

OPERATOR = "operator"
"""The party of the person at this machine."""


@contextmanager
def open_platform(
    settings: Settings, *, n_workers: int | None = None, is_to_check: bool = False, told: Told | None = None
) -> Iterator[Resources]:
    """Open the platform of a home, making the home if it is new. Everything is let go of at the end of the block.

    Parameters
    ----------
    is_to_check : bool
        Open it only to check the audit log: also where its key is not there, and without signing anything.
    told : callable, optional
        Is told how far it has come, where records have to be worked out again: after an upgrade, before all else.

    Raises
    ------
    InvalidSetting
        If the home is a folder that holds something else, or was made by a later version; or if the key is gone that
        its audit log was signed with.
    DatabaseUnavailable
        If PostgreSQL does not start or answer.
    """
    with ExitStack() as stack:
        make_home(settings.home)
        server: EmbeddedPostgres | None = None
        if settings.database_url is None:
            server = EmbeddedPostgres(settings.home)
            server.start()
            stack.callback(server.release)
            owner = server.conninfo(OWNER)
            migrate(owner, app_role=APPLICATION)
            catalog = SqlCatalog.connect(server.conninfo(APPLICATION))
        else:
            owner = settings.database_url
            migrate(owner, app_role=APPLICATION)
            catalog = SqlCatalog.connect(owner, role=APPLICATION)
        stack.callback(catalog.close)
        objects = ObjectFolder(settings.home / "objects")
        if not is_to_check:
            compared_by = partial(kept_likeness, objects)
            ensure_derived(catalog.pool, owner, told or _untold, compared_by=compared_by)
        audit = SqlAuditLog(catalog.pool)
        directory = SqlDirectory(catalog.pool)
        if not is_to_check:
            keeper = open_signing(settings.home, settings.audit_key, audit)
            stack.callback(keeper.close)
            audit.committed = catalog.committed = directory.committed = keeper.committed
        fence = Fence(n_workers)
        stack.callback(fence.close)
        if not is_to_check:
            ensure_first_project(catalog, directory, owner=OPERATOR)
            ensure_first_operator(directory, by=OPERATOR)
        yield Resources(
            catalog=catalog,
            directory=directory,
            audit=audit,
            audit_proof=AuditProof(settings.home, settings.audit_key, is_shared=settings.database_url is not None),
            credentials=SqlCredentials(catalog.pool),
            harvests=SqlHarvestRegister(catalog.pool),
            contact=settings.contact,
            operators_give_roles=settings.operators_give_roles,
            saved=SqlSavedSearches(catalog.pool),
            sealer=sealer_in(settings.home / "keys"),
            objects=objects,
            fence=fence,
            project=FIRST_PROJECT,
            revive=_reviver(server, stack),
            together=catalog.pool.together,
            rde_python=settings.rde_python,
            home=settings.home,
            base_url=settings.base_url,
            providers=settings.providers,
        )


def _untold(_done: int, _total: int) -> None:
    pass


def local_asker(resources: Resources) -> Asker:
    """The person at this machine: the operator of the home, owner of every project in it.

    Whoever can start a command on the home could read its files and its database as well: nothing is kept from them by
    refusing it here. What they do is in the audit log.
    """
    directory = resources.directory.load()
    return Asker(
        party=OPERATOR,
        name=OPERATOR,
        roles=dict.fromkeys(directory.projects, Role.OWNER),
        releases=HOLDS_NOTHING_BACK,
        is_operator=True,
        is_export_officer=True,
        project=resources.project,
        address="terminal",
    )


def _reviver(server: EmbeddedPostgres | None, stack: ExitStack) -> Callable[[], None]:
    def revive() -> None:
        if server is not None and not server.is_running():
            server.start()
            stack.callback(server.release)  # each start takes one more share in the server

    return revive


def make_home(home: Path) -> None:
    """Make the home, or see that it is one.

    Raises
    ------
    InvalidSetting
    """
    mark = home / _MARK
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not mark.exists():
            _refuse_foreign(home)
            # Written whole under another name first, so that nobody ever sees half of it.
            new = home / f".{_MARK}.{os.getpid()}"
            new.write_text(json.dumps({"kiban": _FORMAT}) + "\n", encoding="utf-8")
            new.replace(mark)
        found = json.loads(mark.read_text(encoding="utf-8"))["kiban"]
    except OSError as e:
        raise InvalidSetting(
            f"The home {home} cannot be used: {e.strerror or e}.",
            mend="Set KIBAN_HOME to a folder that you may write to, on a disk with room.",
        ) from e
    except (ValueError, KeyError, TypeError) as e:
        raise InvalidSetting(
            f"{mark} does not say what Kiban writes there.", mend="Restore the file from a backup of the home."
        ) from e
    if found != _FORMAT:
        raise InvalidSetting(
            f"The home {home} has format {found}; this version of Kiban reads format {_FORMAT}.",
            mend="Use the version of Kiban that made it, or a later one.",
        )


def _refuse_foreign(home: Path) -> None:
    ours = {"audit", "keys", "log", "objects", "postgres"}
    strange = sorted(
        entry.name
        for entry in home.iterdir()
        if not entry.name.startswith((".", "postgres", "kiban")) and entry.name not in ours | {"lost+found"}
    )
    if strange:
        raise InvalidSetting(
            f"{home} is not empty and no home of Kiban: it holds {strange[0]!r}.",
            mend="Set KIBAN_HOME (or --home) to a new or empty folder.",
        )
