"""The acts of `kiban audit`."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from kiban.cli.acts import Act
from kiban.cli.command import DONE, FAILED, Progress, platform, print_json, say
from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.read_audit import Filter, LogLine
    from kiban.records.audit_finding import AuditReport


def _add_filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="TIME", help="lines of this day or moment, and later (UTC)")
    parser.add_argument("--until", metavar="TIME", help="lines before this day or moment (UTC)")
    parser.add_argument("--actor", metavar="WHO", help="what one party did: a login name, `operator`, `anonymous`")
    parser.add_argument("--act", metavar="WHAT", dest="deed", help="one kind of deed, as the log names it")
    parser.add_argument("--subject", metavar="ID", help="what was done to one record or file")


def _filter(arguments: argparse.Namespace) -> Filter:
    from kiban.operations.read_audit import Filter, moment

    return Filter(
        since=moment(arguments.since or ""),
        until=moment(arguments.until or ""),
        actor=arguments.actor,
        act=arguments.deed,
        subject=arguments.subject,
    )


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="an exported log; this home's, unless given")
    parser.add_argument("--key", metavar="HEX", help="the public key that the signatures of FILE must be of")


def _verify(arguments: argparse.Namespace) -> int:
    from kiban.operations.verify_audit import report_as_json, verify_audit, verify_exported_audit

    progress = Progress()

    def tell(n: int) -> None:
        progress.show(f"{n} lines")

    if arguments.file is not None:
        report = verify_exported_audit(arguments.file, key=arguments.key, progress=tell)
    elif arguments.key is not None:
        raise WrongUsage("--key is for exported files.", mend="Name the file, or leave --key out.")
    else:
        with platform(arguments, n_workers=1, is_to_check=True) as (asker, resources):
            report = verify_audit(asker, resources, progress=tell)
    progress.clear()
    if arguments.json:
        print_json(report_as_json(report))
    else:
        _print(report)
    return DONE if report.is_sound else FAILED


def _print(report: AuditReport) -> None:
    for finding in report.findings:
        when = f" ({finding.at})" if finding.at else ""
        print(f"! {finding.fault}{when}\n  → {finding.mend}")
    if report.n_findings > len(report.findings):
        print(f"! and {report.n_findings - len(report.findings)} more")
    sound = "all sound" if report.is_sound else f"{report.n_findings} faults"
    excerpt = " (an excerpt: whether lines are missing cannot be told)" if report.is_excerpt else ""
    print(f"{report.n_lines} lines to number {report.last_number}, {report.n_heads} signed heads: {sound}{excerpt}")
    if report.signed_to:
        print(f"signed up to line {report.signed_to} at {report.signed_at} with the key {report.key}")


def _add_export(parser: argparse.ArgumentParser) -> None:
    _add_filter(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it there instead of printing it")


def _export(arguments: argparse.Namespace) -> int:
    from kiban.operations.read_audit import export_audit

    # Closed while the database still answers, also where whoever reads the output has had enough.
    with (
        platform(arguments, n_workers=1) as (asker, resources),
        closing(export_audit(asker, resources, _filter(arguments))) as lines,
    ):
        if arguments.output is None:
            for line in lines:
                print(line)
            sys.stdout.flush()
            return DONE
        n = -1
        with arguments.output.open("x", encoding="utf-8") as file:
            for line in lines:
                file.write(line + "\n")
                n += not line.startswith('{"head":')
    if arguments.json:
        print_json({"lines": n, "file": str(arguments.output)})
    else:
        say(f"{n} lines → {arguments.output}")
    return DONE


def _add_show(parser: argparse.ArgumentParser) -> None:
    _add_filter(parser)
    parser.add_argument("-n", "--lines", type=int, default=50, metavar="N", help="how many, newest first (default 50)")


def _show(arguments: argparse.Namespace) -> int:
    from kiban.operations.read_audit import read_audit

    if arguments.lines < 1:
        raise WrongUsage("No lines were asked for.", mend="Give a number of at least 1 with --lines.")
    with platform(arguments, n_workers=1) as (asker, resources):
        found = read_audit(asker, resources, _filter(arguments), limit=arguments.lines)
    if arguments.json:
        from dataclasses import asdict

        print_json([asdict(line) for line in found.lines])
        return DONE
    for line in found.lines:
        print(_as_text(line))
    return DONE


def _as_text(line: LogLine) -> str:
    at = f"{line.at:%Y-%m-%d %H:%M:%S}" if line.at is not None else "?"
    parts = [str(line.number), at, line.actor, line.act, line.subject]
    parts += [f"[{line.rule}]"] if line.rule else []
    parts += [f"from {line.address}"] if line.address else []
    parts += [json.dumps(dict(line.details), ensure_ascii=False)] if line.details else []
    return "  ".join(part for part in parts if part)


ACTS = (
    Act("show", "what was done, by whom, when and from where; newest first", _add_show, _show),
    Act("verify", "prove that no line was changed, removed or put in", _add_verify, _verify),
    Act("export", "the log as JSON lines with hashes and signatures, to be verified elsewhere", _add_export, _export),
)
