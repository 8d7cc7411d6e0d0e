"""Tables of past experiments: looked at, kept, and taken back."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from kiban.client.exchange import Exchange
from kiban.errors import WrongUsage


def table_body(path: str | Path, **said: Any) -> dict[str, Any]:
    """The body that sends a table. Raises WrongUsage where there is no such file."""
    place = Path(path)
    try:
        content = base64.b64encode(place.read_bytes()).decode("ascii")
    except OSError as e:
        raise WrongUsage(f"{place} cannot be read: {e.strerror}.", mend="Give the path of a CSV or xlsx file.") from e
    return {"name": place.name, "content": content, **{name: value for name, value in said.items() if value}}


class Experiments:
    """What can be done with tables of past experiments: `client.experiments`."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def preview(self, path: str | Path, **said: Any) -> dict[str, Any]:
        """What a CSV or xlsx file says, nothing of it kept: its columns with what they probably mean, its faults, and
        the `mapping`, which can be corrected and given back.

        Parameters
        ----------
        said
            `mapping`, `kept` (the name of one), `table`, `sheet`, `project`, as REST has them.
        """
        found: dict[str, Any] = self._exchange.send("POST", "experiments/preview", table_body(path, **said))
        return found

    def keep(self, path: str | Path, **said: Any) -> dict[str, Any]:
        """Keep it: samples, processes, measurements and properties. The same file again changes nothing.

        Parameters
        ----------
        said
            As `preview`, and `leave_out_wrong`, `withdraw_missing`, `tier`, `agreement`, `embargo`.
        """
        kept: dict[str, Any] = self._exchange.send("POST", "experiments", table_body(path, **said))
        return kept

    def mappings(self) -> list[dict[str, Any]]:
        """The mappings that are kept, by name."""
        found: list[dict[str, Any]] = self._exchange.get("experiments/mappings")
        return found

    def withdraw(self, table: str) -> dict[str, Any]:
        """Take the import of a table back as a whole."""
        found: dict[str, Any] = self._exchange.send("DELETE", "experiments", table=table)
        return found
