"""A token may be narrower than its owner: what it may not do is refused, whatever the owner may."""

from __future__ import annotations

from kiban.access.verdict import EVERY_RIGHT, Verdict
from kiban.records.parties.right import Right
from kiban.records.party import EVERY_ACT, Act, Asker
from kiban.records.scope import Scope


class TokenActs:
    """Says no to what lies beyond the acts that the asker came in with."""

    name = "token_acts"
    is_steady = True

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:  # noqa: ARG002  the same for all scopes
        """See `Rule.judge`."""
        refused = _REFUSED.get(asker.acts)
        if refused is None:
            refused = EVERY_RIGHT.difference(*(_RIGHTS[act] for act in asker.acts))
        if not refused:
            return None
        return Verdict(False, "The token that was used does not allow it.", refused)


_READ = frozenset({Right.EXISTS, Right.METADATA, Right.DATA, Right.USE, Right.JOINT, Right.RESHARE})
_RIGHTS = {
    Act.READ: _READ,
    # To tell whether a file is there already, a deposit looks at the project's records; it answers with its own alone.
    Act.DEPOSIT: frozenset({Right.EXISTS, Right.METADATA, Right.DATA, Right.WRITE}),
    Act.WRITE: _READ | {Right.WRITE},
    Act.ADMINISTER: EVERY_RIGHT,
}
_REFUSED = {EVERY_ACT: frozenset[Right]()}


RULE = TokenActs()
