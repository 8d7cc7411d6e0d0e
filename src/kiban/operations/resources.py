"""What the deeds work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from kiban.access.seen_before import SeenBefore
from kiban.access.verdict import rule_giving
from kiban.compute.fence import Fence
from kiban.errors import Refused
from kiban.operations.news_before import NewsBefore
from kiban.planning.archive.learnt_before import LearntBefore
from kiban.records.parties.provider import Provider
from kiban.records.parties.right import Right, Role
from kiban.records.party import Act, Asker
from kiban.records.scope import Scope, Visible, having_numbers
from kiban.store.audit_log import AuditLog
from kiban.store.audit_proof import AuditProof
from kiban.store.catalog import Catalog
from kiban.store.credentials import Credentials
from kiban.store.directory_store import DirectoryStore
from kiban.store.harvest_register import HarvestRegister
from kiban.store.objects import ObjectStore
from kiban.store.saved_searches import SavedSearches
from kiban.store.sealing import Sealer

if TYPE_CHECKING:
    from kiban.planning.archive.archive import Known

_NOTHING = Visible(frozenset())
_NEEDS = {
    Act.READ: frozenset({Act.READ, Act.WRITE, Act.ADMINISTER}),
    Act.DEPOSIT: frozenset({Act.DEPOSIT, Act.WRITE, Act.ADMINISTER}),
    Act.WRITE: frozenset({Act.WRITE, Act.ADMINISTER}),
    Act.ADMINISTER: frozenset({Act.ADMINISTER}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The parts of an open platform."""

    catalog: Catalog
    directory: DirectoryStore
    audit: AuditLog
    credentials: Credentials
    harvests: HarvestRegister
    """What harvesters were told of."""
    saved: SavedSearches
    sealer: Sealer
    objects: ObjectStore
    fence: Fence
    audit_proof: AuditProof | None = None
    """What was signed of the audit log outside the database; `None` where nothing is."""
    project: UUID
    """The first project of the home."""

    revive: Callable[[], None]
    """Called when the database has gone: starts the embedded server again, if that is what it was."""
    together: Callable[[], AbstractContextManager[None]] = nullcontext
    """Gives a block in which changes of credentials and directory, and their lines of the audit log, happen all or not
    at all. What is kept in memory alone ends with the process, and needs none."""

    rde_python: Path | None = None
    """The Python in which structuring programs of RDE run; `None` where none do."""
    home: Path | None = None
    """Where laboratories are named and runs of campaigns are written down; `None` where there is none on a disk."""
    base_url: str | None = None
    """Where people open the platform; the codes of labels begin with it."""
    contact: str | None = None
    """The mail address that harvesters are told."""
    operators_give_roles: bool = True
    """Whether operators give and take roles in projects that have an owner."""
    providers: tuple[Provider, ...] = ()
    """Who else says who somebody is."""
    seen: SeenBefore = field(default_factory=SeenBefore)
    """What askers were found to see, as long as it holds."""
    news: NewsBefore = field(default_factory=NewsBefore)
    """How much was found to be new for people."""
    learnt: LearntBefore[Known | None] = field(default_factory=LearntBefore)
    """What was learnt from earlier studies for campaigns."""
    moment: tuple[Scope, ...] | None = None
    """All scopes, as they were when the deed began that works with this; `None` where they are asked for each time."""

    def at_one_moment(self) -> Resources:
        """The same for a deed that only reads, and is soon over: the scopes are asked for once.

        All of it then rests on one state of what may be seen. What is streamed for minutes asks again with each part.
        """
        return self if self.moment is not None else replace(self, moment=self.catalog.scopes())

    def scopes(self) -> tuple[Scope, ...]:
        """All scopes there are, in order of number."""
        return self.catalog.scopes() if self.moment is None else self.moment

    def visible(self, asker: Asker, right: Right = Right.METADATA, *, act: Act = Act.READ) -> Visible:
        """The scopes in which the asker has the right now.

        Parameters
        ----------
        act : Act
            What is being done. A token that does not allow it sees nothing.
        """
        if not may_act(asker, act):
            return _NOTHING
        scopes = self.scopes()
        return replace(
            self.seen.visible(asker, scopes, right),
            address=asker.address,
            rule=partial(_rule_for_writing, asker, scopes),
        )

    def working_in(self, asker: Asker) -> UUID:
        """The project whose things come first for the asker, whether or not it may add to it."""
        return asker.project or self.project

    def project_of(self, asker: Asker) -> UUID:
        """The project that the asker works in: what it adds goes there.

        Raises
        ------
        Refused
            If it may add to no project, or not to the one that it has chosen.
        """
        project = self.working_in(asker)
        if not asker.has_role(project, Role.CONTRIBUTOR):
            raise Refused(
                "You may add to no project here."
                if project not in asker.roles
                else "You may read in this project, not add to it.",
                mend="Log in, or ask a steward of the project to make you a contributor.",
            )
        return project


def _rule_for_writing(asker: Asker, scopes: Sequence[Scope], number: int) -> str:
    return "".join(rule_giving(asker, scope, Right.WRITE) for scope in having_numbers(scopes, [number]))


def may_act(asker: Asker, act: Act) -> bool:
    """Say whether the way the asker came in allows the act."""
    return bool(asker.acts & _NEEDS[act])


def require_act(asker: Asker, act: Act) -> None:
    """Refuse what the way the asker came in does not allow. Raises Refused."""
    if not may_act(asker, act):
        raise Refused(
            f"The token that was used does not allow to {act}.", mend=f"Use one that allows to {act}, or log in."
        )
