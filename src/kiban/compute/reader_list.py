"""What can be read here: every installed reader, and the plug-ins that were left out because they do not work.

Made behind the fence, where the readers run: what other packages do when they are loaded stays there, and the list is
of those that would really be asked.
"""

from __future__ import annotations

import inspect
import re

from kiban import plugins
from kiban.analysis.run import survey as survey_analyses
from kiban.compute.listed_readers import KIBAN, BrokenPlugin, ReaderFacts, ReaderList
from kiban.compute.outside_formats import installed
from kiban.compute.outside_reader import OutsideReader
from kiban.readers.contract import FIRST_VERSION, Reader
from kiban.readers.recognise import survey as survey_readers
from kiban.standards.installed import survey as survey_exports


def reader_list() -> ReaderList:
    """List what is installed."""
    readers = survey_readers()
    surveys = {"reader": readers, "analysis": survey_analyses(), "export": survey_exports()}
    facts = [*map(facts_of, readers.loaded), *map(_outside, installed())]
    return ReaderList(
        readers=tuple(sorted(facts, key=lambda one: one.title.lower())),
        broken=tuple(
            BrokenPlugin(
                kind=kind,
                entry_point=one.entry_point,
                package=one.package,
                package_version=one.package_version,
                why=one.why,
            )
            for kind, survey in surveys.items()
            for one in survey.broken
        ),
    )


def facts_of(loaded: plugins.Loaded) -> ReaderFacts:
    """What a reader says of itself, in the form of a list."""
    import kiban

    reader = loaded.plugin
    assert isinstance(reader, Reader)  # noqa: S101  the survey has checked it
    is_ours = loaded.package is None
    return ReaderFacts(
        name=reader.name,
        version=reader.version,
        title=reader.title,
        makers=reader.makers,
        techniques=reader.techniques,
        suffixes=tuple(f".{suffix.lstrip('.')}" for suffix in reader.suffixes),
        recognised=_recognised(type(reader).recognise),
        library=getattr(reader, "library", None),
        since=getattr(reader, "since", FIRST_VERSION if is_ours else None),
        package=loaded.package or KIBAN,
        package_version=loaded.package_version or kiban.__version__,
    )


def _outside(reader: OutsideReader) -> ReaderFacts:
    """A format of `kiban[gpl]`."""
    package, _, version = str(reader.library).partition(" ")
    return ReaderFacts(
        name=reader.name,
        version=reader.version,
        title=reader.title,
        makers=reader.makers,
        techniques=reader.techniques,
        suffixes=reader.suffixes,
        recognised=f"{reader.recognised}, and no other reader reads it",
        library=f"{package}, in a process of its own",
        since=None,
        package=package,
        package_version=version,
    )


def _recognised(described: object) -> str:
    """`Claim files that begin with X. ...` above `recognise` is `files that begin with X` in a list."""
    text = " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())
    sentence = re.split(r"(?<=\.)\s", text, maxsplit=1)[0].removesuffix(".")
    phrase = re.sub(r"^(Claims?|Looks? for|Recognises?) ", "", sentence)
    # The first word is lowered, unless it is a name: XML, CSV.
    return phrase[:1].lower() + phrase[1:] if phrase[1:2].islower() or phrase[1:2] == " " else phrase
