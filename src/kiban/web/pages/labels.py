"""The page on which labels are chosen, looked at and downloaded."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from kiban.errors import InvalidIdentifier, InvalidValue
from kiban.operations.labels import preview_labels
from kiban.standards.label_stock import STOCKS, LabelStock, stock_named
from kiban.web.api.labels import Asked, Hazards, Ids, Start, chosen
from kiban.web.asker import AtDesk
from kiban.web.language import language_of
from kiban.web.page import page
from kiban.web.problem import of_error

ROUTER = APIRouter()

_COOKIE = "kiban_label_size"
_YEAR_S = 365 * 24 * 3600
_USUAL = {"en": "avery-l7160", "ja": "a-one-24"}
_MOST_SHOWN = 12


@ROUTER.get("/labels")
def show_labels(
    request: Request,
    desk: AtDesk,
    ids: Ids = [],  # noqa: B006  FastAPI copies it
    q: Asked = "",
    start: Start = 1,
    hazards: Hazards = "codes",
    size: Annotated[str, Query(max_length=100)] = "",
    outlines: bool = False,
) -> Response:
    """Show the first labels as they will be printed, and what has no room on them."""
    stock = _stock(request, size)
    wanted = chosen(ids, q, hazards)
    values: dict[str, Any] = {"preview": None, "problem": None, "pictures": ()}
    if wanted.identifiers or q.strip():
        try:
            preview = preview_labels(desk.asker, desk.resources, wanted, stock, start=start, n_pictures=_MOST_SHOWN)
        except InvalidIdentifier:
            raise
        except InvalidValue as e:
            values["problem"] = of_error(e)
        else:
            asked = {
                "size": stock.name, "hazards": hazards, "start": start, "outlines": str(outlines).lower(), "q": q,
                "id": list(wanted.identifiers),
            }  # fmt: skip
            values |= {
                "preview": preview,
                "pictures": list(zip(preview.labels, map(_inline, preview.pictures), strict=False)),
                "download": f"/api/v1/labels?{urlencode(asked, doseq=True)}",
            }
    response = page(
        request, "labels.html", **values, stocks=STOCKS, stock=stock, start=start, hazards=hazards, q=q,
        identifiers=wanted.identifiers, outlines=outlines,
    )  # fmt: skip
    if size:
        response.set_cookie(_COOKIE, stock.name, max_age=_YEAR_S, httponly=True, samesite="lax")
    return response


def _stock(request: Request, size: str) -> LabelStock:
    """The size that was chosen; else the one of last time, else one that is common where the language is spoken."""
    if size:
        return stock_named(size)
    remembered = request.cookies.get(_COOKIE)
    usual = _USUAL[language_of(request)]
    return next((stock for stock in STOCKS if stock.name == remembered), stock_named(usual))


def _inline(picture: bytes) -> str:
    return f"data:image/svg+xml;base64,{b64encode(picture).decode('ascii')}"
