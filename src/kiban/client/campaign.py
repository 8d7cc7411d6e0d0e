"""One campaign of a platform: have experiments suggested, and say what came of them."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiban.client.campaign_run import Ends, RunState, bounds_body, state_of

if TYPE_CHECKING:
    from kiban.client.exchange import Exchange

Value = float | str
_LOOK_EVERY_S = 0.5


class RemoteCampaign:
    """A campaign as the platform has it. Each move is made there at once, and what it has come to is kept here.

    Moves that somebody else's came before are refused with a Conflict: `read` it again, then make them. To `stop` is
    never refused so.
    """

    def __init__(self, exchange: Exchange, document: Mapping[str, Any]) -> None:
        self._exchange = exchange
        self._document = dict(document)

    @property
    def id(self) -> str:
        """The short identifier."""
        return str(self._document["id"])

    @property
    def document(self) -> Mapping[str, Any]:
        """All that REST says of it, as it was when it was read or moved last."""
        return self._document

    @property
    def experiments(self) -> tuple[Mapping[str, Any], ...]:
        """Its experiments, each with `number`, `point`, `state`, `outcomes` and `proposal`."""
        return tuple(self._document["experiments"])

    @property
    def best(self) -> tuple[int, ...]:
        """The numbers of the best experiments so far."""
        return tuple(self._document["best"])

    @property
    def advice(self) -> tuple[Mapping[str, Any], ...]:
        """Reasons to stop."""
        return tuple(self._document["advice"])

    @property
    def studies(self) -> tuple[Mapping[str, Any], ...]:
        """The earlier studies that the newest suggestions looked at, each with `name`, `record` and `counts`."""
        batches = self._document["batches"]
        return tuple(batches[-1].get("studies", ())) if batches else ()

    def rest_on(self, *studies: str, note: str = "") -> None:
        """Say which earlier studies it may rest on: `auto`, identifiers, formulas; none where nothing is given.

        Raises
        ------
        RecordNotFound, InvalidValue, Conflict
        """
        body = {"archive": list(studies), "note": note, "expected": self._document["version"]}
        self._document = dict(self._exchange.send("PATCH", f"campaigns/{self.id}", body))

    def of_state(self, *states: str) -> tuple[Mapping[str, Any], ...]:
        """The experiments in one of some states: `suggested`, `pending`, `running`, ..."""
        return tuple(each for each in self.experiments if each["state"] in states)

    def read(self) -> RemoteCampaign:
        """Look again at what it has come to."""
        self._document = dict(self._exchange.get(f"campaigns/{self.id}"))
        return self

    def slices(self, **asked: Any) -> Mapping[str, Any]:
        """What is expected along each parameter around one point, with intervals, and how well that is known.

        Parameters
        ----------
        asked
            As REST takes it: `experiment` (through whose point; the best one's unless given), `settings` (a mapping,
            instead of some of its settings), `outcome`, `surrogate`, `over` (two parameters, or `none`).
        """
        settings = asked.pop("settings", None) or {}
        setting = [f"{name}={value}" for name, value in settings.items()]
        found: Mapping[str, Any] = self._exchange.get(f"campaigns/{self.id}/slices", setting=setting, **asked)
        return found

    def front(self) -> Mapping[str, Any]:
        """The Pareto front, and how the volume under it grew.

        Raises
        ------
        InvalidValue
            If the campaign does not look for one.
        """
        found: Mapping[str, Any] = self._exchange.get(f"campaigns/{self.id}/front")
        return found

    def suggest(self, n: int = 1) -> tuple[Mapping[str, Any], ...]:
        """Have the next experiments suggested, at most n, and give them.

        Raises
        ------
        IllegalMove
            If it is paused or ended, a limit is spent, or nothing is left.
        Conflict
        """
        self._post("suggest", n=n)
        newest = len(self._document["batches"])
        return tuple(e for e in self.experiments if e["proposal"] is not None and e["proposal"]["batch"] == newest)

    def accept(self, *numbers: int, note: str = "") -> None:
        """Mean to do what was suggested."""
        self._post("moves", move="accept", numbers=list(numbers), note=note)

    def start(self, *numbers: int, note: str = "") -> None:
        """Begin with experiments."""
        self._post("moves", move="start", numbers=list(numbers), note=note)

    def refuse(self, *numbers: int, note: str = "") -> None:
        """Not want them; they are not suggested again."""
        self._post("moves", move="refuse", numbers=list(numbers), note=note)

    def abandon(self, *numbers: int, note: str = "") -> None:
        """Give them up; nothing is learnt from them."""
        self._post("moves", move="abandon", numbers=list(numbers), note=note)

    def tell(
        self, number: int, values: Mapping[str, Value] | None = None, *, file: Path | None = None, **said: Any
    ) -> None:
        """Say what came out of an experiment, all of it or a part.

        Parameters
        ----------
        values : mapping, optional
            By outcome: numbers in the campaign's units, or texts like `2.51(3) GPa`.
        file : Path, optional
            Is deposited beside the campaign; what it says is told, but for what `values` say.
        said
            As REST takes it: `source` (a measurement or sample that has the values), `condition`, `is_all`,
            `is_correction`, `cost`, `hours`, `note`.

        Raises
        ------
        IllegalMove, InvalidValue, RecordNotFound, Conflict
        """
        if file is not None:
            said["file"] = {"name": file.name, "content": base64.b64encode(file.read_bytes()).decode("ascii")}
        self._post(f"experiments/{number}/result", values=dict(values or {}), **said)

    def fail(self, number: int, *, note: str = "", cost: float | None = None, hours: float | None = None) -> None:
        """Say that it could not be made or measured at its point; where that happens is learnt."""
        self._post(f"experiments/{number}/failure", note=note, cost=cost, hours=hours)

    def change(self, number: int, point: Mapping[str, Value], *, beyond: bool = False, note: str = "") -> None:
        """Do it with own values; parameters that are not named stay, and what was suggested is remembered."""
        address = f"campaigns/{self.id}/experiments/{number}"
        body = {"point": dict(point), "beyond": beyond, "note": note, "expected": self._document["version"]}
        self._document = dict(self._exchange.send("PATCH", address, body))

    def add(self, point: Mapping[str, Value], *, beyond: bool = False, note: str = "") -> Mapping[str, Any]:
        """Put in an experiment of one's own, and give it."""
        self._post("experiments", point=dict(point), beyond=beyond, note=note)
        return self.experiments[-1]

    def repeat(self, number: int, n: int = 1, *, note: str = "") -> tuple[Mapping[str, Any], ...]:
        """Do it again, n times, and give the new experiments."""
        self._post(f"experiments/{number}/repeat", n=n, note=note)
        return self.experiments[-n:]

    def import_past(self, past: Iterable[Mapping[str, Any]]) -> None:
        """Learn from experiments done elsewhere, each with `point`, `outcomes` or `failed`, and `rests_on`."""
        self._post("import", past=[dict(each) for each in past])

    def nimo_files(self) -> Mapping[str, str]:
        """The campaign as texts of `candidates` and `proposals`, as NIMO and scripts around PHYSBO read them."""
        return dict(self._exchange.get(f"campaigns/{self.id}/nimo"))

    def read_nimo(self, file: str, *, source: str = "candidates.csv") -> None:
        """Bring back a `candidates.csv` with results, or a `proposals.csv` with what is to be done.

        Raises
        ------
        InvalidValue
            That names the row which cannot be read, or contradicts what is known.
        Conflict
        """
        self._post("nimo", file=file, source=source)

    def pause(self, note: str = "") -> None:
        """Have nothing suggested for a while."""
        self._post("course", action="pause", note=note)

    def stop(self, note: str = "") -> None:
        """Pause it, and have laboratories break off what they do for it, within a second and whoever moves it now.

        Raises
        ------
        IllegalMove
            If it is stopped already.
        """
        self._exchange.send("POST", f"campaigns/{self.id}/run/stop", {"note": note})
        self.read()

    def resume(self, note: str = "") -> None:
        """Go on."""
        self._post("course", action="resume", note=note)

    def end(self, note: str = "") -> None:
        """Be done with it."""
        self._post("course", action="end", note=note)

    def laboratories(self) -> tuple[Mapping[str, Any], ...]:
        """Those in which one may have it run, each with `name`, `title` and `driver`; the operator names them."""
        return tuple(self._exchange.get(f"campaigns/{self.id}/laboratories")["laboratories"])

    def run(
        self, laboratory: str, *, at_once: int = 1, bounds: Mapping[str, Ends] | None = None, **budget: float | None
    ) -> RunState:
        """Have it run in a laboratory by itself, in one's own name, until a limit is reached.

        It goes on whatever becomes of this program. The platform that runs on the home's machine begins within a
        second; where none is up, the state says so in `waits`, and it begins once `kiban up` was called.

        Parameters
        ----------
        laboratory : str
            Its name.
        at_once : int
            So many experiments are there at a time.
        bounds : mapping of str to pair of float, optional
            By parameter, lowest and highest value in its unit, `None` where there is none. Others stay as they are.
        budget
            `experiments`, `cost`, `hours`: of the campaign, from now on. What is not named stays as it is; `None`
            takes a limit away.

        Raises
        ------
        Refused
            If one does not own the campaign's project.
        NoSuchLaboratory, InvalidSetting
        IllegalMove
            If it is run already, or is paused or ended.
        InvalidValue, NothingAllowed
            If nothing limits the run, or no point keeps to the bounds.
        Conflict
        """
        body = {"laboratory": laboratory, "at_once": at_once, "bounds": bounds_body(bounds or {}), **budget}
        said = self._exchange.send("POST", f"campaigns/{self.id}/run", {**body, "expected": self._document["version"]})
        self.read()
        return state_of(said["run"])

    def run_state(self) -> RunState | None:
        """How the last run in a laboratory stands; `None` where there was none. `read` gives what came of it."""
        run = self._exchange.get(f"campaigns/{self.id}/run")["run"]
        return state_of(run) if run is not None else None

    def wait_for_run(self, seconds: float) -> RunState | None:
        """Wait until the run has ended, but so long at most, and read what it has come to.

        Returns
        -------
        RunState, optional
            At the end; its `ended` is `None` where the run still goes on.
        """
        until = time.monotonic() + seconds
        while True:
            state = self.run_state()
            left = until - time.monotonic()
            if state is None or state.ended is not None or left <= 0:
                self.read()
                return state
            time.sleep(min(_LOOK_EVERY_S, left))

    def _post(self, what: str, **body: Any) -> None:
        sent = {
            **{name: value for name, value in body.items() if value is not None},
            "expected": self._document["version"],
        }
        self._document = dict(self._exchange.send("POST", f"campaigns/{self.id}/{what}", sent))
