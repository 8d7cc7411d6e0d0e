"""Bytes from the network into a deed that runs in a thread and reads them as it goes.

Only a few pieces wait between the two, so memory stays flat, however large the file and however slow the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import anyio
import anyio.from_thread
import anyio.to_thread

from kiban.errors import WrongUsage

T = TypeVar("T")

_PIECE = 1 << 20
"""Bytes handed over at once. The network brings 64 kB or less, and each handing over has its price."""
_WAITING = 3


class Upload(Generic[T]):
    """One file that is arriving. Start it inside the event loop.

    Parameters
    ----------
    deed : callable
        Is called in a thread with the pieces and gives its result when they end.
    """

    def __init__(self, deed: Callable[[Iterable[bytes]], T]) -> None:
        self._give, self._take = anyio.create_memory_object_stream[bytes](_WAITING)
        self._gathered = bytearray()
        self._is_whole = False
        self._deed = asyncio.ensure_future(anyio.to_thread.run_sync(self._run, deed))

    async def write(self, chunk: bytes) -> None:
        """Hand bytes over; waits while the deed is behind. What comes after the deed has failed is let go."""
        self._gathered += chunk
        if len(self._gathered) >= _PIECE:
            await self._hand_over()

    async def finish(self) -> T:
        """Say that the file is whole, and wait for the result. Raises what the deed raises."""
        if self._gathered:
            await self._hand_over()
        self._is_whole = True
        self._give.close()
        # A deed in its thread cannot be cancelled, only left alone.
        return await asyncio.shield(self._deed)

    async def abandon(self) -> None:
        """Say that the rest will never come: the deed ends without keeping anything. A whole file is not undone."""
        self._give.close()
        self._deed.add_done_callback(_look)
        if not self._is_whole:
            await asyncio.wait([self._deed])

    async def _hand_over(self) -> None:
        piece, self._gathered = bytes(self._gathered), bytearray()
        try:
            await self._give.send(piece)
        except anyio.BrokenResourceError:
            return  # the deed has failed; `finish` says how

    def _run(self, deed: Callable[[Iterable[bytes]], T]) -> T:
        try:
            return deed(self._pieces())
        finally:
            # A sender that waits for room must learn that nobody reads any more.
            anyio.from_thread.run_sync(self._take.close)

    def _pieces(self) -> Iterator[bytes]:
        while True:
            try:
                yield anyio.from_thread.run(self._take.receive)
            except anyio.EndOfStream:
                break
        if not self._is_whole:
            raise WrongUsage("The upload ended before the file was whole.", mend="Send it again; nothing was kept.")


def _look(deed: asyncio.Future[T]) -> None:
    if not deed.cancelled():
        deed.exception()  # looked at, so that nobody complains that nobody has
