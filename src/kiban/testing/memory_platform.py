"""A platform without a database server, for tests: the in-memory catalog and directory, and whatever else is given."""

from __future__ import annotations

from typing import Any

from kiban.compute.fence import Fence
from kiban.operations.first_operator import ensure_first_operator
from kiban.operations.projects import ensure_first_project
from kiban.operations.resources import Resources
from kiban.records.parties.export_control import HOLDS_NOTHING_BACK
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.store.memory_audit_log import MemoryAuditLog
from kiban.store.memory_catalog import MemoryCatalog
from kiban.store.memory_credentials import MemoryCredentials
from kiban.store.memory_directory import MemoryDirectory
from kiban.store.memory_harvest_register import MemoryHarvestRegister
from kiban.store.memory_saved_searches import MemorySavedSearches
from kiban.store.objects import ObjectStore
from kiban.store.sealing import new_sealer


def memory_platform(objects: ObjectStore, fence: Fence, **others: Any) -> Resources:
    """Put it together, with its first project and operator made."""
    audit = MemoryAuditLog()
    catalog = MemoryCatalog(audit)
    directory = MemoryDirectory(catalog.follow, audit)
    project = ensure_first_project(catalog, directory, owner="operator")
    ensure_first_operator(directory, by="operator")
    given = {
        "revive": lambda: None,
        "audit": audit,
        "credentials": MemoryCredentials(),
        "harvests": MemoryHarvestRegister(),
        "saved": MemorySavedSearches(),
        "sealer": new_sealer(),
        **others,
    }
    return Resources(catalog=catalog, directory=directory, objects=objects, fence=fence, project=project, **given)


def owner_of(resources: Resources) -> Asker:
    """The person at the machine: owner of all projects that there are."""
    return Asker(
        party="operator",
        roles=dict.fromkeys(resources.directory.load().projects, Role.OWNER),
        releases=HOLDS_NOTHING_BACK,
        is_operator=True,
        is_export_officer=True,
        project=resources.project,
    )
