"""Who asks: the one place where a request becomes an asker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from kiban.operations.resources import Resources
from kiban.platform import local_asker
from kiban.records.party import Asker


@dataclass(frozen=True, slots=True)
class Desk:
    """What every deed needs first: who asks, and what to work with."""

    asker: Asker
    resources: Resources


def desk(request: Request) -> Desk:
    """Receive a request.

    There are no accounts yet, and the server is reached from this machine only, so whoever asks is the person at it.
    """
    resources: Resources = request.app.state.resources
    return Desk(local_asker(resources), resources)


AtDesk = Annotated[Desk, Depends(desk)]
