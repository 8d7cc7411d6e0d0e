"""Print the protocol of an experiment of a campaign: what to set and measure, why, and room for what comes out."""

from __future__ import annotations

from typing import Literal

from kiban.errors import IllegalMove
from kiban.operations.resources import Resources
from kiban.operations.show_campaign import show_campaign
from kiban.operations.tell_file import sample_of
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment
from kiban.records.party import Asker
from kiban.standards.protocol import Language, Line, Protocol
from kiban.standards.protocol_html import protocol_html
from kiban.standards.protocol_pdf import protocol_pdf


def print_protocol(
    asker: Asker,
    resources: Resources,
    identifier: str,
    number: int,
    *,
    form: Literal["pdf", "html"] = "pdf",
    language: Language = "en",
    base_url: str | None = None,
) -> bytes:
    """Print the protocol of one experiment; its code leads to where its result is told.

    Parameters
    ----------
    base_url : str, optional
        Where the platform is reached, if it is not told itself. Where nobody knows, the code names the campaign.

    Raises
    ------
    RecordNotFound
        If there is no such campaign that the asker may see.
    InvalidValue
        If it has no such experiment that the asker may see, or a character is in no font.
    IllegalMove
        If it is done, given up or refused.
    """
    write = protocol_pdf if form == "pdf" else protocol_html
    protocol = protocol_for(asker, resources, identifier, number)
    return write(protocol, base_url=resources.base_url or base_url, language=language)


def protocol_for(asker: Asker, resources: Resources, identifier: str, number: int) -> Protocol:
    """What the protocol of one experiment says. Raises as `print_protocol`."""
    shown = show_campaign(asker, resources, identifier)
    experiment = shown.campaign.experiment(number)
    if not experiment.is_open:
        raise IllegalMove(
            f"Experiment {number} is {experiment.state}: there is nothing left to do for it.",
            mend="Repeat it, and print the protocol of the repetition.",
        )
    return _protocol(shown.record.pid, shown.campaign, experiment)


def _protocol(pid: str, campaign: Campaign, experiment: Experiment) -> Protocol:
    proposal = experiment.proposal if not experiment.is_changed else None
    expected = proposal.expected if proposal is not None else {}
    settings = []
    for parameter in campaign.space.parameters:
        value = experiment.point[parameter.name]
        written = value if isinstance(value, str) else f"{value:.6g}"
        settings.append(Line(name=parameter.name, value=written, unit=getattr(parameter, "unit", "")))
    outcomes = [
        Line(name=name, value=str(expected[name]) if name in expected else "", unit=unit)
        for name, unit in campaign.objective.outcomes.items()
    ]
    return Protocol(
        pid=pid,
        campaign=campaign.name,
        number=experiment.number,
        sample=sample_of(pid, experiment.number),
        settings=tuple(settings),
        outcomes=tuple(outcomes),
        why=proposal.reason.why.value if proposal is not None else "",
        chance=proposal.reason.numbers.get("chance") if proposal is not None else None,
        note=next((turn.note for turn in reversed(experiment.turns) if turn.note), ""),
    )
