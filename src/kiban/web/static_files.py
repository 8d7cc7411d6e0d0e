"""Style sheet, scripts and Plotly's script, with addresses that change when they do."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse
from starlette.routing import Route

from kiban.errors import InvalidSetting

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

_FOLDER = Path(__file__).parent / "static"
_PLOTLY = "plotly.min.js"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
_FOREVER = "public, max-age=31536000, immutable"


def mount_static(app: FastAPI) -> None:
    """Serve the files under /static."""
    app.router.routes.append(Route("/static/{name}", _file, methods=["GET", "HEAD"], name="static"))


def static_address(name: str) -> str:
    """Where to get a file, with the mark of its contents: it may be kept for a year."""
    return f"/static/{name}?v={_mark(name)}"


def _file(request: Request) -> Response:
    name = request.path_params["name"]
    path = _known().get(name)
    if path is None:
        raise HTTPException(404)
    is_marked = request.query_params.get("v") == _mark(name)
    headers = {"cache-control": _FOREVER if is_marked else "no-cache"}
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=headers)


@cache
def _known() -> dict[str, Path]:
    # A list made once: nothing that a request says ever becomes part of a path.
    ours = {path.name: path for path in _FOLDER.iterdir() if path.suffix in _TYPES}
    return ours | {_PLOTLY: _plotly()}


@cache
def _mark(name: str) -> str:
    path = _known()[name]
    if name == _PLOTLY:
        status = path.stat()  # 5 MB need not be hashed at every start
        return hashlib.sha256(f"{status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:12]
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _plotly() -> Path:
    # Where it is installed is asked without loading it: the package takes half a second, its script is all we need.
    spec = importlib.util.find_spec("plotly")
    for folder in spec.submodule_search_locations or () if spec is not None else ():
        path = Path(folder) / "package_data" / _PLOTLY
        if path.is_file():
            return path
    raise InvalidSetting("The script of Plotly is not installed.", mend="Install Kiban again with its dependencies.")
