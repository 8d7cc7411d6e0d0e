"""kiban verify: prove that nothing is lost."""

from __future__ import annotations

import argparse

from kiban.cli.command import DONE, FAILED, Progress, add_home, add_json, platform, print_json


class Verify:
    """See the module."""

    name = "verify"
    help = "check every object against its checksum and every row against the rows it points to"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        add_home(parser)
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from dataclasses import asdict

        from kiban.operations.verify import verify

        progress = Progress()
        with platform(arguments, n_workers=1) as (asker, resources):
            report = verify(
                asker, resources, progress=lambda n, size: progress.show(f"{n} objects, {size / 1e6:.0f} MB")
            )
        progress.clear()
        if arguments.json:
            print_json({**asdict(report), "sound": report.is_sound})
        else:
            for finding in report.findings:
                print(f"! {finding.fault}\n  → {finding.mend}")
                for path in finding.files:
                    print(f"    {path}")
            sound = "all sound" if report.is_sound else f"{len(report.findings)} faults"
            print(f"{report.n_objects} objects, {report.n_bytes} bytes: {sound}")
            if report.n_unreferenced:
                print(f"{report.n_unreferenced} objects belong to no record (left by interrupted deposits; harmless)")
        return DONE if report.is_sound else FAILED


COMMAND = Verify()
