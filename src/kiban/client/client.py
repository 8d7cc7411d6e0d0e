"""A platform, as a program works with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote, urlsplit

from kiban.client import rows
from kiban.client.campaign import RemoteCampaign
from kiban.client.depositing import Outcome, Progress, files_below, send_file
from kiban.client.exchange import Exchange, Patience
from kiban.client.experiments import Experiments
from kiban.client.facts import Facts
from kiban.client.found import Found, Hit
from kiban.client.record import RemoteRecord
from kiban.client.table import Table
from kiban.errors import WrongUsage
from kiban.query.question import Question
from kiban.query.write import write

if TYPE_CHECKING:
    import httpx

Asked: TypeAlias = "str | Question"
"""A question as text, or as a value of `kiban.query.question`."""
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def connect(
    address: str,
    *,
    token: str | None = None,
    attempts: int = 5,
    timeout_s: float = 60.0,
    sleep: Callable[[float], None] = time.sleep,
    transport: httpx.BaseTransport | None = None,
) -> Client:
    """Work with a platform over HTTP. Nothing is sent before something is asked.

    Parameters
    ----------
    address : str
        At which its first page opens: `https://kiban.example.org`, `http://127.0.0.1:8420`.
    token : str, optional
        As `kiban token add` prints it. Without one, a program finds what is open to everybody.
    attempts : int
        How often what may be sent again is tried, all in all: when the platform is busy (it says for how long), or
        does not answer.
    timeout_s : float
        How long to wait for the next byte.
    sleep, transport
        For tests, and for platforms that are reached in another way.

    Raises
    ------
    WrongUsage
        If the address is none, or a token would go over the network for everybody to read.
    """
    import httpx

    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise WrongUsage(f"'{address[:80]}' is no address of a platform.", mend="Give it as https://kiban.example.org.")
    if token is not None and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise WrongUsage(
            f"The token would go to {parts.hostname} unencrypted.",
            mend="Give an https address, or come through an SSH tunnel to 127.0.0.1.",
        )
    shown = {"authorization": f"Bearer {token}"} if token is not None else {}
    http = httpx.Client(
        base_url=address.rstrip("/"),
        headers={"user-agent": "kiban-client", **shown},
        timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0)),
        transport=transport,
        follow_redirects=False,
    )
    return Client(Exchange(http, Patience(attempts=attempts, timeout_s=timeout_s, sleep=sleep)))


class Client:
    """Everything that a program asks of a platform. Errors are those of `kiban.errors`.

    Use it in a `with` block, or `close` it.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._exchange.close()

    @property
    def address(self) -> str:
        """Where the platform is reached."""
        return self._exchange.address

    def version(self) -> str:
        """The version of the platform."""
        return str(self._exchange.get("health")["version"])

    def find(self, question: Asked = "", *, sort: str = "") -> Found:
        """Records that answer, newest first; everything, if nothing is asked.

        Parameters
        ----------
        sort : str
            `relevance` for those first that the words of the question fit best; or a path of questions, or a name of
            one; with `-` before it (`-hardness`) the greatest comes first. Each hit then says what it is sorted by.

        Raises
        ------
        InvalidQuestion
            When they are gone through.
        """
        return Found(self._exchange, _text(question), sort)

    def record(self, which: str | Hit, *, version: int | None = None) -> RemoteRecord:
        """One record, by its identifier or as it was found. Raises RecordNotFound, InvalidIdentifier."""
        return RemoteRecord(self._exchange, which.id if isinstance(which, Hit) else which, version=version)

    def records(self, question: Asked = "") -> Iterator[dict[str, Any]]:
        """All records that answer and whose values may be taken along, each with its document, as they come.

        Raises
        ------
        CutShort
            After the last one that came, if there should have been more.
        """
        return rows.rows(self._exchange, "records/stream", _text(question))

    def save_records(self, question: Asked, path: str | Path, *, form: str = "parquet") -> Path:
        """The same as one file of Parquet, Arrow (`arrow`) or JSON lines (`jsonl`), whatever its size."""
        return rows.save(self._exchange, "records/stream", Path(path), form=form, q=_text(question))

    def table(self, question: Asked = "", *, all_values: bool = False, settings: bool = False) -> Table:
        """What is known of samples: one row for each, or (`all_values`) one for each value; with `settings` also the
        parameters of the processes that they came out of, and their nominal compositions."""
        answer = self._exchange.get(
            "tables", q=_text(question), format="json", all_values=all_values, settings=settings
        )
        return Table.of(answer)

    def facts(self, question: Asked = "") -> Facts:
        """All values that belong to the answers, each with its unit and uncertainty."""
        return Facts(self._exchange, _text(question))

    def save_facts(self, question: Asked, path: str | Path, *, form: str = "parquet") -> Path:
        """The same as one file, as `save_records`."""
        return rows.save(self._exchange, "facts/stream", Path(path), form=form, q=_text(question))

    def deposit(
        self,
        path: str | Path,
        *,
        name: str | None = None,
        sample: str | None = None,
        tier: str | None = None,
        agreement: str | None = None,
        embargo: str | None = None,
        project: str | None = None,
        progress: Progress | None = None,
    ) -> Outcome:
        """Have a file kept and read. The same file twice is one; after a failure it is sent again by itself.

        Parameters
        ----------
        name : str, optional
            What to call it; its own name unless given.
        sample, tier, agreement, embargo, project : str, optional
            As `kiban deposit` takes them.
        progress : callable, optional
            Is told how many bytes of how many were sent.
        """
        path = Path(path)
        where = {"sample": sample, "tier": tier, "agreement": agreement, "embargo": embargo, "project": project}
        return send_file(self._exchange, path, name or path.name, progress, **where)

    def deposit_folder(
        self, folder: str | Path, *, progress: Progress | None = None, **where: Any
    ) -> Iterator[Outcome]:
        """Have every file below a folder kept and read, one after another; parameters as of `deposit`."""
        for path, name in files_below(Path(folder)):
            yield send_file(self._exchange, path, name, progress, **where)

    def new_sample(self, name: str, **said: Any) -> RemoteRecord:
        """Register a sample; further fields as REST takes them: `formula`, `template`, `values`, `tier`, ..."""
        return self.record(str(self._exchange.send("POST", "samples", {"name": name, **said})["id"]))

    def new_process(self, name: str, **said: Any) -> tuple[RemoteRecord, tuple[RemoteRecord, ...]]:
        """Write down a process; gives it and the new samples that came out of it.

        Further fields as REST takes them: `template`, `meant`, `done`, `inputs`, `outputs`, `logs`, ...
        """
        made = self._exchange.send("POST", "processes", {"name": name, **said})
        return self.record(made["process"]["id"]), tuple(self.record(each["id"]) for each in made["outputs"])

    @property
    def experiments(self) -> Experiments:
        """Tables of past experiments: to look at them, keep them and take them back."""
        return Experiments(self._exchange)

    def new_campaign(self, definition: Mapping[str, Any], **said: Any) -> RemoteCampaign:
        """Begin a campaign.

        Parameters
        ----------
        definition : mapping
            Its `name`, `space`, `objective`, and what else REST takes.
        said
            As well: `past`, `past_from`, `tier`, `project`, ...
        """
        return RemoteCampaign(self._exchange, self._exchange.send("POST", "campaigns", {**definition, **said}))

    def propose_campaign(
        self, question: Asked, *, maximise: Sequence[str] = (), minimise: Sequence[str] = (), name: str = "Campaign"
    ) -> dict[str, Any]:
        """A definition from samples that were made and measured, to be corrected and given to `new_campaign`."""
        body = {"question": _text(question), "maximise": list(maximise), "minimise": list(minimise), "name": name}
        return dict(self._exchange.send("POST", "campaigns/propose", body))

    def candidate_file(self, file: str, *, name: str, **said: Any) -> dict[str, Any]:
        """The `definition` of a campaign from a `candidates.csv`, and the `past` experiments in it.

        Parameters
        ----------
        file : str
            The text: descriptions first, objectives last, blank where nothing was measured.
        said
            As REST takes it: `objectives`, `minimise`, `source`.
        """
        return dict(self._exchange.send("POST", "campaigns/nimo", {"file": file, "name": name, **said}))

    def campaign(self, identifier: str) -> RemoteCampaign:
        """One campaign. Raises RecordNotFound, InvalidIdentifier."""
        return RemoteCampaign(self._exchange, self._exchange.get(f"campaigns/{quote(identifier, safe=':')}"))

    def campaigns(self) -> Iterator[Mapping[str, Any]]:
        """All campaigns that may be seen, the last begun first, as a list shows them."""
        after: str | None = None
        while True:
            part = self._exchange.get("campaigns", limit=200, after=after)
            yield from part["campaigns"]
            if (after := part["next"]) is None:
                return

    def terms(self, words: str = "") -> tuple[Mapping[str, Any], ...]:
        """Property terms whose key, names or symbol have these words in them."""
        return tuple(self._exchange.get("terms", q=words))

    def term(self, name: str) -> Mapping[str, Any]:
        """One property term, by key, name in either language or synonym."""
        return dict(self._exchange.get(f"terms/{quote(name, safe='')}"))

    def complete(self, beginning: str) -> tuple[Mapping[str, Any], ...]:
        """What the end of a question may become: fields, terms, entries, processes, templates, techniques and units.

        Each says what it names (`what`), what stands in a question (`insert`), and what it is called (`en`, `ja`).
        """
        return tuple(self._exchange.get("completions", q=beginning)["completions"])

    def templates(self) -> tuple[Mapping[str, Any], ...]:
        """The templates that may be used."""
        return tuple(self._exchange.get("templates"))

    def template(self, name: str) -> Mapping[str, Any]:
        """One template, by name or identifier."""
        return dict(self._exchange.get(f"templates/{quote(name, safe='')}"))


def _text(question: Asked) -> str:
    return question if isinstance(question, str) else write(question)
