"""kiban confirm: say of which sample a measurement is."""

from __future__ import annotations

import argparse

from kiban.cli.command import DONE, add_home, add_json, platform, print_json, say


class Confirm:
    """See the module."""

    name = "confirm"
    help = "say of which sample a measurement is; without arguments, list those of which nobody knows"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("measurement", metavar="MEASUREMENT", nargs="?", help="its short identifier")
        parser.add_argument(
            "sample", metavar="SAMPLE", nargs="?", help="short identifier of the sample; none: not known"
        )
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.operations.link_sample import link_sample, undecided
        from kiban.operations.show_as_json import record_as_json

        with platform(arguments, n_workers=1) as (asker, resources):
            if arguments.measurement is not None:
                record = link_sample(asker, resources, arguments.measurement, arguments.sample)
                if arguments.json:
                    print_json(record_as_json(record))
                else:
                    print(f"{record.pid} {record.title}: {arguments.sample or 'sample not known'}")
                return DONE
            waiting = undecided(asker, resources)
        for each in waiting:
            if arguments.json:
                samples = [record_as_json(sample) for sample in each.samples]
                print_json({**record_as_json(each.measurement), "candidates": samples})
            else:
                print(f"{each.measurement.pid} {each.measurement.title}")
                for sample in each.samples:
                    print(f"    {sample.pid} {sample.title}")
        say(f"{len(waiting)} measurements wait for a decision." if waiting else "Nothing waits for a decision.")
        return DONE


COMMAND = Confirm()
