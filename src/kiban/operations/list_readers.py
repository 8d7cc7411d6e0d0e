"""Say what files can be read here. Needs no asker: which programs are installed is no record of anybody's."""

from __future__ import annotations

from dataclasses import replace

from kiban.compute.fence import Fence
from kiban.compute.listed_readers import ReaderList
from kiban.compute.structured import Failure
from kiban.errors import BrokenPlugin
from kiban.records.technique import technique as technique_of


def list_readers(fence: Fence, *, technique: str | None = None, maker: str | None = None) -> ReaderList:
    """List the readers that the fence has, in order of their titles.

    Parameters
    ----------
    technique : str, optional
        Only those that can give a Reading of this technique (a key of the list).
    maker : str, optional
        Only those with a maker that has this in its name, in any case.

    Raises
    ------
    InvalidValue
        If there is no such technique.
    BrokenPlugin
        If the process behind the fence does not live to answer.
    """
    if technique is not None:
        technique_of(technique)
    found = fence.list_readers()
    if isinstance(found, Failure):
        raise BrokenPlugin(
            f"The process that reads files did not name its readers ({found.fault})",
            mend="Most likely an installed plug-in ends it: uninstall the package that was installed last.",
        )
    sought = (maker or "").strip().lower()
    return replace(
        found,
        readers=tuple(
            facts
            for facts in found.readers
            if (technique is None or technique in facts.techniques)
            and (not sought or any(sought in name.lower() for name in facts.makers))
        ),
    )
