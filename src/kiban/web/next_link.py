"""The `Link` header (RFC 8288) by which a list leads to its next part: programs need not know what `after` means."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from starlette.requests import Request


def next_link(request: Request, **goes_on: object) -> dict[str, str]:
    """The header; nothing after the last part.

    Parameters
    ----------
    goes_on : dict
        The parameter that says where the next part begins, and its value: `None` where there is none.
    """
    [(name, value)] = goes_on.items()
    if value is None:
        return {}
    asked = [(key, text) for key, text in request.query_params.multi_items() if key != name]
    return {"link": f'<{request.url.path}?{urlencode([*asked, (name, str(value))])}>; rel="next"'}
