"""Running every analysis that applies to a Reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from kiban import plugins
from kiban.analysis.contract import Analysis, Finding, check_options
from kiban.errors import InvalidSetting, KibanError
from kiban.records.reading import Reading


def analyses() -> tuple[Analysis, ...]:
    """All analyses that are installed."""
    return cast(tuple[Analysis, ...], plugins.find("kiban.analysis", "ANALYSIS", check=_lacks))


def survey() -> plugins.Survey:
    """The same with the packages they come from, and those that cannot be used."""
    return plugins.survey("kiban.analysis", "ANALYSIS", check=_lacks)


def _lacks(analysis: object) -> str | None:
    return plugins.lacks(analysis, *Analysis.__annotations__, "applies", "analyse")


def analyse(reading: Reading, *, options: Mapping[str, Mapping[str, object]] | None = None) -> tuple[Finding, ...]:
    """Run all analyses that apply.

    Parameters
    ----------
    reading : Reading
    options : mapping of str to mapping, optional
        For each analysis, by its name, the options for it.

    Returns
    -------
    tuple of Finding
        One for each analysis that applies, in order of their names. Where one could not do its work, its Finding has
        the reason as a doubt: a file is deposited even if nothing can be worked out of it.

    Raises
    ------
    InvalidSetting
        If options name an analysis that is not installed, or an option that an analysis does not have.
    """
    asked = options or {}
    installed = analyses()
    unknown = sorted(set(asked) - {analysis.name for analysis in installed})
    if unknown:
        raise InvalidSetting(
            f"There is no analysis '{unknown[0]}'.",
            mend=f"Use one of: {', '.join(analysis.name for analysis in installed)}.",
        )
    for analysis in installed:
        check_options(analysis.name, analysis.options, asked.get(analysis.name, {}))
    found = (_found(analysis, reading, asked.get(analysis.name, {})) for analysis in installed)
    return tuple(finding for finding in found if finding is not None)


def _found(analysis: Analysis, reading: Reading, options: Mapping[str, object]) -> Finding | None:
    try:
        return analysis.analyse(reading, options=options) if analysis.applies(reading) else None
    except KibanError as e:
        return _without_result(analysis, f"{e.fault} {e.mend}")
    except MemoryError:
        raise
    except Exception as e:  # noqa: BLE001  the Reading is sound all the same, and the other analyses are asked too
        return _without_result(
            analysis,
            f"{analysis.title} failed ({type(e).__name__}: {e}). This is a fault of the analysis: report it with the "
            "file.",
        )


def _without_result(analysis: Analysis, doubt: str) -> Finding:
    return Finding(
        analysis=analysis.name,
        version=analysis.version,
        summary=f"{analysis.title} gave no result.",
        doubts=(doubt,),
    )
