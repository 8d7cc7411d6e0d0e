"""kiban up: start the platform and print its address."""

from __future__ import annotations

import argparse
import signal
from typing import Any

from kiban.cli.command import DONE, Derivation, add_home, add_json, print_json, say
from kiban.cli.first_login import HOW_TO, first_login

DEFAULT_PORT = 8420


class Up:
    """See the module."""

    name = "up"
    help = "start the platform (database, readers, web) and print its address; Ctrl-C or SIGTERM ends it"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument(
            "--port",
            type=int,
            default=DEFAULT_PORT,
            metavar="N",
            help=f"where to serve; 0 for a free one (default: {DEFAULT_PORT})",
        )
        parser.add_argument(
            "--host",
            default="127.0.0.1",
            metavar="ADDRESS",
            help="an address of this machine; one that other machines reach needs KIBAN_BASE_URL (default: 127.0.0.1)",
        )
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.settings import load
        from kiban.web.serve import bind, check_host

        settings = load(arguments.home)
        check_host(arguments.host, settings.base_url)
        # A port that is taken is told at once, not after the database has been started for nothing.
        bind(arguments.host, arguments.port).close()
        try:
            _serve(arguments, settings)
        except KeyboardInterrupt:
            return DONE  # told to stop while it was still starting
        return DONE


def _serve(arguments: argparse.Namespace, settings: Any) -> None:
    from kiban.cli.run_keeper import RunKeeper
    from kiban.cli.served_address import remember
    from kiban.platform import open_platform
    from kiban.web.reach import reach_of
    from kiban.web.serve import serve

    # Until the server takes over, SIGTERM is taken like Ctrl-C: what has been started is stopped again.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with open_platform(settings, told=Derivation()) as resources:

            def ready(address: str) -> None:
                remember(settings.home, address)
                login = first_login(resources, address)
                if arguments.json:
                    print_json({"address": address, "home": str(settings.home), "login": login})
                    return
                print(address, flush=True)
                say(f"home: {settings.home}\nCtrl-C ends it")
                if login is not None:
                    say(HOW_TO.format(login=login))

            with RunKeeper(resources, settings.home, say):
                serve(resources, host=arguments.host, port=arguments.port, on_ready=ready, reach=reach_of(settings))
            # The database is being stopped: nothing may break into that.
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)


COMMAND = Up()
