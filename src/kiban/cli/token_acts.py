"""What `kiban token` does."""

from __future__ import annotations

import argparse
from uuid import UUID

from kiban.cli.acts import Act
from kiban.cli.command import DONE, platform, print_json, say
from kiban.cli.user_acts import add_login

_ACTS = ("read", "deposit", "write", "administer")
_USUAL_DAYS = 90


def _add_new(parser: argparse.ArgumentParser) -> None:
    add_login(parser)
    parser.add_argument("--name", required=True, metavar="TEXT", help="what it is for")
    parser.add_argument(
        "--act",
        action="append",
        required=True,
        dest="acts",
        choices=_ACTS,
        help="what it allows; may be repeated; write takes read and deposit along, administer everything",
    )
    parser.add_argument("--days", type=int, default=_USUAL_DAYS, metavar="N", help="how long (default: 90)")
    parser.add_argument("--project", metavar="NAME", help="good for this project alone (name or identifier)")


def _new(arguments: argparse.Namespace) -> int:
    from kiban.operations.accounts import get_account, project_named
    from kiban.operations.accounts_as_json import token_as_json
    from kiban.operations.tokens import make_token
    from kiban.records.party import Act as Allowed

    with platform(arguments, n_workers=1) as (asker, resources):
        person = get_account(asker, resources, arguments.login)
        project = project_named(resources, arguments.project) if arguments.project else None
        acts = [Allowed(act) for act in arguments.acts]
        token, secret = make_token(
            asker, resources, person, arguments.name, acts=acts, days=arguments.days, project=project
        )
    if arguments.json:
        print_json({**token_as_json(token), "token": secret})
        return DONE
    print(secret)
    say(f"It is shown this once. It expires on {token.expires_at:%Y-%m-%d}.")
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    from kiban.cli.template_lines import columns
    from kiban.operations.accounts import get_account
    from kiban.operations.accounts_as_json import token_as_json
    from kiban.operations.tokens import list_tokens

    with platform(arguments, n_workers=1) as (asker, resources):
        person = get_account(asker, resources, arguments.login)
        tokens, now = list_tokens(asker, resources, person), asker.at
    if arguments.json:
        print_json([token_as_json(token) for token in tokens])
        return DONE
    rows = [
        (
            str(token.id),
            ", ".join(sorted(token.acts)),
            f"until {token.expires_at:%Y-%m-%d}" if token.holds_at(now) else "no longer good",
            f"used {token.used_at:%Y-%m-%d}" if token.used_at else "never used",
            token.name,
        )
        for token in tokens
    ]
    for line in columns(rows):
        print(line)
    return DONE


def _add_revoke(parser: argparse.ArgumentParser) -> None:
    add_login(parser)
    parser.add_argument("token", metavar="TOKEN", help="its identifier, as kiban token list prints it")


def _revoke(arguments: argparse.Namespace) -> int:
    from kiban.errors import WrongUsage
    from kiban.operations.accounts import get_account
    from kiban.operations.tokens import revoke_token

    try:
        wanted = UUID(arguments.token)
    except ValueError as e:
        raise WrongUsage(
            "This is no identifier of a token.", mend="Take it from kiban token list; the token itself is not kept."
        ) from e
    with platform(arguments, n_workers=1) as (asker, resources):
        person = get_account(asker, resources, arguments.login)
        was_good = revoke_token(asker, resources, person, wanted)
    if arguments.json:
        print_json({"id": str(wanted), "was_good": was_good})
    else:
        print(f"{wanted}: {'revoked' if was_good else 'was revoked already'}")
    return DONE


ACTS = (
    Act("add", "make a token; it is shown this once", _add_new, _new),
    Act("list", "the tokens of one account", add_login, _list),
    Act("revoke", "have a token let nobody in any more", _add_revoke, _revoke),
)
