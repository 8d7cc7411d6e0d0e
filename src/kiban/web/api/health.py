"""GET /api/v1/health: does it work?"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

import kiban
from kiban.web.api.describe import problems
from kiban.web.api.models import HealthModel
from kiban.web.asker import AtDesk

ROUTER = APIRouter(tags=["platform"])


@ROUTER.get("/health", summary="Say whether the platform works", response_model=HealthModel, responses=problems(503))
def health(desk: AtDesk) -> Any:
    """Ask the database something small. It works if it answers."""
    desk.resources.catalog.scopes()
    return {"status": "ok", "version": kiban.__version__}
