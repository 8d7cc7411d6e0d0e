"""kiban access ID: who can see a record, and why; with --person: what somebody can see."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiban.cli.command import DONE, add_home, add_json, platform, print_json
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.what_person_sees import PersonSees
    from kiban.operations.who_sees import Ground, Seer, WhoSees


class AccessCommand:
    """See the module."""

    name = "access"
    help = "who can see a record, and why; or what somebody can see"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("id", metavar="ID", nargs="?", help="short identifier, as kb:7Q4M-2KXD-98")
        parser.add_argument("--person", metavar="LOGIN", help="what this person can see in your projects")
        parser.add_argument("--others", action="store_true", help="also who cannot see it, and what refuses it")
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        if (arguments.id is None) == (arguments.person is None):
            raise WrongUsage("What is asked is not clear.", mend="Give the identifier of a record, or --person LOGIN.")
        if arguments.person is not None and arguments.others:
            raise WrongUsage("--others was given with a person.", mend="Give it with the identifier of a record.")
        with platform(arguments, n_workers=1) as (asker, resources):
            if arguments.person is not None:
                from kiban.operations.directory_as_json import sees_as_json
                from kiban.operations.what_person_sees import what_person_sees

                sees = what_person_sees(asker, resources, arguments.person)
                print_json(sees_as_json(sees)) if arguments.json else _print_person(sees)
                return DONE
            from kiban.operations.who_sees import as_json, who_sees

            found = who_sees(asker, resources, arguments.id, others=arguments.others)
        print_json(as_json(found)) if arguments.json else _print(found)
        return DONE


def _print(found: WhoSees) -> None:
    scope = found.scope
    parts = [scope.tier.value, "as the project says" if scope.follows else ""]
    parts += [f"under '{found.agreement}'" if found.agreement else ""]
    parts += [f"closed until {scope.closed_until:%Y-%m-%d}" if scope.closed_until is not None else ""]
    print(f"{found.record.pid} {found.record.title}: {', '.join(filter(None, parts))}")
    if not found.is_steward:
        print(_line("you", found.mine))
        return
    for seer in found.seers:
        print(_line(_name(seer), seer))
    if not found.seers:
        print("  nobody with an account here; the person at this machine")
    for seer in found.others:
        print(_line(f"not {_name(seer)}", seer))


def _name(seer: Seer) -> str:
    if seer.person is None:
        return "everybody, without logging in"
    return f"{seer.person.name} ({', '.join(filter(None, (seer.person.login, seer.organisation)))})"


def _line(who: str, seer: Seer) -> str:
    may = ", ".join(sorted(seer.rights)) or "nothing"
    return f"  {who}: {may}\n" + "\n".join(f"    {_ground(ground)}" for ground in seer.grounds)


def _ground(ground: Ground) -> str:
    words = {"role": "", "row": "", **ground.verdict.details, "through": ground.through}
    known = _OF_OTHERS.get(ground.rule)
    said = f"{ground.rule}: {known.format(**words) if known is not None else ground.verdict.reason}"
    by_another = ground.through and ground.rule in {"project_member", "invitation"}
    parts = [f"through {ground.through}" if by_another else ""]
    parts += [f"since {ground.since:%Y-%m-%d}" if ground.since is not None else ""]
    parts += [f"until {ground.until:%Y-%m-%d}" if ground.until is not None else ""]
    return " ".join(filter(None, [said, *parts]))


_OF_OTHERS = {
    "open_tier": "open to everyone",
    "project_member": "{role} of the project",
    "shared_tier": "party to {through}",
    "invitation": "invited",
    "embargo": "under embargo",
    "export_control": "export control: {row}",
}
"""What rules say of somebody else than the asker."""


def _print_person(sees: PersonSees) -> None:
    print(f"{sees.person.name} ({sees.person.login}): {sees.n_records} records")
    for seen in sees.seen:
        n = "?" if seen.n_records is None else seen.n_records
        under = f" under '{seen.agreement}'" if seen.agreement else ""
        until = f", closed until {seen.scope.closed_until:%Y-%m-%d}" if seen.scope.closed_until is not None else ""
        rights, rules = ", ".join(sorted(seen.rights)), ", ".join(rule for rule, _, _ in seen.reasons)
        print(f"  {n} of {seen.project}: {seen.scope.tier.value}{under}{until}; {rights}; by {rules}")


COMMAND = AccessCommand()
