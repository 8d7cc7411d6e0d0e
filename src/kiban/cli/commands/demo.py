"""kiban demo: a home with a simulated study in it, then the platform on it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.cli.command import DONE, Derivation, Progress, add_json, print_json, say
from kiban.cli.first_login import once

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.records.party import Asker


_SEES = {
    "operator": "runs the platform: people, audit log, export control; owner of the project",
    "reader": "reads everything in the project, adds nothing",
    "contributor": "reads everything in the project, and adds to it",
    "steward": "decides who sees what; a release waits for her decision under export control",
    "owner": "as the steward, and gives roles in the project",
    "partner": "sees the films and their absorbance under the agreement; their Raman spectra when an embargo ends",
    "guest": "is invited to two diffraction scans, and sees the one that was judged not to be listed",
}


class Demo:
    """See the module."""

    name = "demo"
    help = "a home with example data (simulated, and labelled so), then the platform on it"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("--port", type=int, default=8420, metavar="N", help="0 for any free one (default: 8420)")
        parser.add_argument(
            "--home", type=Path, metavar="FOLDER", help="data folder of the demo (default: a folder of its own)"
        )
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.cli.run_keeper import RunKeeper
        from kiban.cli.served_address import remember
        from kiban.demo.people import GUEST, logins, make_people
        from kiban.demo.sharing_story import tell_sharing
        from kiban.platform import local_asker, open_platform
        from kiban.settings import demo_home, load
        from kiban.web.reach import reach_of
        from kiban.web.serve import serve

        settings = load(arguments.home or demo_home())
        with open_platform(settings, told=Derivation()) as resources:
            # First, so that the files of the study are what arrived lately.
            _search(local_asker(resources), resources, settings.home / "virtual-laboratory")
            _fill(local_asker(resources), resources, settings.home / "example-files")
            make_people(local_asker(resources), resources)
            tell_sharing(local_asker(resources), resources, GUEST)

            def ready(address: str) -> None:
                remember(settings.home, address)
                given = logins(local_asker(resources), resources)
                pages = {who: once(resources.base_url or address, code) for who, code in given.links.items()}
                if arguments.json:
                    print_json(
                        {
                            "address": address,
                            "home": str(settings.home),
                            "login": pages.get("operator"),
                            "logins": pages,
                            "token": given.token,
                        }
                    )
                    return
                say(f"Kiban is ready: {address}\nIts data is in {settings.home}. Ctrl-C ends it.")
                say(f"Another link: kiban user link NAME --home {settings.home}")
                say("Log in as one of these, once, within 12 hours:")
                for who, page in pages.items():
                    say(f"  {who:<12} {page}\n{'':<15}{_SEES[who]}")
                say("Whoever is not logged in sees four crystal structures, which are open.")
                if given.token is not None:
                    say(f"  the instrument xrd-1 deposits with the token {given.token}")

            with RunKeeper(resources, settings.home, say):
                serve(resources, host="127.0.0.1", port=arguments.port, on_ready=ready, reach=reach_of(settings))
        return DONE


def _search(asker: Asker, resources: Resources, folder: Path) -> None:
    """Tell of a campaign; on the second start it is there."""
    from kiban.demo.campaign_story import tell_campaign

    progress = Progress()
    tell_campaign(asker, resources, folder, told=progress.show)
    progress.clear()


def _fill(asker: Asker, resources: Resources, folder: Path) -> None:
    """Make and deposit the study; on the second start it is all there already."""
    from kiban.demo.study import make_study
    from kiban.demo.study_story import Story
    from kiban.operations.deposit import deposit

    if not folder.exists():
        say("making the example files of a simulated study ...")
        # Under its name only when it is whole, so that an interrupted first start begins again.
        making = folder.with_name(f"{folder.name}.making")
        make_study(making)
        making.replace(folder)
    story = Story(asker, resources)
    n_told = story.tell()
    progress = Progress()
    n_new = n_files = 0
    for outcome in deposit(asker, resources, [folder]):
        n_files += 1
        n_new += not outcome.already_there
        progress.show(f"{n_files} files deposited")
    progress.clear()
    story.tie_logs()
    say(
        f"{n_files} example files are deposited, {n_new} of them now; {n_told} samples and processes were written down."
    )


COMMAND = Demo()
