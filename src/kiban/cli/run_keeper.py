"""Keeping runs of campaigns that were asked for in the background, while the platform is up.

Each run is a thread. A run is decided from the campaign's state alone (`kiban.operations.run_campaign`), so that one
whose process was killed is simply begun again: nothing is done twice, and its limits count from the same beginning.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from kiban.cli.campaign_run_lines import how_it_ended
from kiban.errors import DatabaseUnavailable, KibanError, NotReached
from kiban.operations.acting_for import acting_for
from kiban.operations.resources import Resources
from kiban.operations.run_campaign import Deed, run_campaign
from kiban.operations.standing_runs import (
    StandingRun,
    ended_now,
    keep_run,
    keeping_lock,
    lock_of,
    path_of,
    read_run,
    run_files,
)
from kiban.operations.stop_button import StopButton, Wish
from kiban.platform import local_asker
from kiban.records.party import Asker

EVERY_S = 0.5
"""How often the folder is looked at."""
_LONGEST_PAUSE_S = 60.0
_END_S = 30.0


class RunKeeper:
    """Runs what was asked for, as a context. At its end runs are left: what is in a laboratory goes on there.

    Parameters
    ----------
    home : Path
        Where runs are written down.
    say : callable
        Is told when a run begins and ends, and what goes wrong.
    """

    def __init__(self, resources: Resources, home: Path, say: Callable[[str], None]) -> None:
        self._resources, self._home, self._say = resources, home, say
        self._is_over = threading.Event()
        self._runs: dict[str, threading.Thread] = {}
        self._buttons: dict[str, StopButton] = {}
        self._told: set[str] = set()
        self._waits: dict[str, str] = {}
        """By run, what its file says that it waits for."""
        self._broken: set[str] = set()
        """Runs that met what nobody foresaw: they are not begun again before the next start."""
        self._let_go: Callable[[], None] | None = None
        """Of that by which others see that somebody keeps the runs of this home."""
        self._watch = threading.Thread(target=self._look_often, name="runs", daemon=True)

    def __enter__(self) -> RunKeeper:
        self._say_that_they_are_kept()
        self._watch.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._is_over.set()
        self._watch.join()
        for button in list(self._buttons.values()):
            button.press(Wish.LEAVE)
        for thread in self._runs.values():
            thread.join(_END_S)
        if self._let_go is not None:
            self._let_go()

    def _look_often(self) -> None:
        while not self._is_over.wait(EVERY_S):
            if self._let_go is None:
                self._say_that_they_are_kept()
            for path in run_files(self._home):
                try:
                    run = read_run(path)
                except KibanError as e:
                    self._tell_once(f"{e.fault} {e.mend}")
                    continue
                known = self._runs.get(run.id)
                if run.ended is None and run.id not in self._broken and (known is None or not known.is_alive()):
                    self._begin(run)

    def _say_that_they_are_kept(self) -> None:
        try:
            lock = keeping_lock(self._home)
        except KibanError as e:
            self._tell_once(f"{e.fault} {e.mend}")
            return
        # Somebody may just be looking whether anybody keeps them; then it is said at the next look.
        self._let_go = lock.close if lock is not None else None

    def _begin(self, run: StandingRun) -> None:
        thread = threading.Thread(target=self._keep, args=(run,), name=f"run of {run.id}", daemon=True)
        self._runs[run.id] = thread
        thread.start()

    def _keep(self, run: StandingRun) -> None:
        lock = lock_of(self._home, run.id)
        if lock is None:
            # Another `kiban up` of this home has it; should that end, it is begun here.
            self._is_over.wait(EVERY_S)
            return
        self._broken.add(run.id)
        self._waits[run.id] = run.waits
        try:
            # It may have come to its end since it was read.
            if read_run(path_of(self._home, run.id)).ended is not None:
                self._broken.discard(run.id)
                return
            self._say(f"{run.id} is run in the laboratory '{run.terms.laboratory}', as asked for at {run.asked_at}.")
            pause_s = 1.0
            while not self._is_over.is_set():
                try:
                    ended = self._once(run)
                except (NotReached, DatabaseUnavailable) as e:
                    # It may come back: a cable, a machine that is being started.
                    self._say(f"{run.id} waits: {e.fault}")
                    self._note(run, e.fault)
                    self._is_over.wait(pause_s)
                    pause_s = min(_LONGEST_PAUSE_S, 2 * pause_s)
                    continue
                except KibanError as e:
                    ended = ended_now(run, "failed", f"{e.fault} {e.mend}", datetime.now(UTC).isoformat())
                if ended is not None:
                    keep_run(self._home, ended)
                    self._say(f"{run.id}: the run ended: {how_it_ended(ended.ended or '', ended.words)}.")
                break
            self._broken.discard(run.id)
        except KibanError as e:
            self._say(f"{run.id}: {e.fault} {e.mend}")
            self._is_over.wait(_LONGEST_PAUSE_S)
            self._broken.discard(run.id)
        finally:
            lock.close()

    def _once(self, run: StandingRun) -> StandingRun | None:
        """Run it to its end, and give it as it ended; `None` where it is only left."""
        laboratory = run.connect()
        asker = self._asker(run)
        try:
            for step in run_campaign(
                asker,
                self._resources,
                run.id,
                laboratory,
                run.terms,
                pressed=lambda button: self._pressed(run, button),
                renewed=lambda _: self._asker(run),
            ):
                self._note(run, step.reason if step.deed is Deed.WAITED else "")
                if step.ending is not None and step.ending.why != "left":
                    return ended_now(run, step.ending.why, step.ending.words, datetime.now(UTC).isoformat())
        finally:
            self._buttons.pop(run.id, None)
        return None

    def _asker(self, run: StandingRun) -> Asker:
        """In whose name it goes on, as they are now."""
        return local_asker(self._resources) if run.by is None else acting_for(self._resources, run.by)

    def _note(self, run: StandingRun, waits: str) -> None:
        """Have the page of the campaign say what the run waits for, or that it goes on."""
        if self._waits.get(run.id, run.waits) == waits:
            return
        try:
            keep_run(self._home, replace(run, waits=waits))
        except KibanError as e:
            self._say(f"{run.id}: {e.fault} {e.mend}")
            return
        self._waits[run.id] = waits

    def _pressed(self, run: StandingRun, button: StopButton) -> None:
        self._buttons[run.id] = button
        if self._is_over.is_set():
            button.press(Wish.LEAVE)

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._say(text)
