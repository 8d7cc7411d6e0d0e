from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable

import pytest

from kiban.errors import WrongUsage
from kiban.web.upload import Upload

MEGABYTE = 1 << 20


def test_the_pieces_arrive_whole_and_in_order() -> None:
    content = bytes(range(256)) * 20_000

    async def send() -> bytes:
        upload: Upload[bytes] = Upload(lambda pieces: b"".join(pieces))
        for at in range(0, len(content), 65_521):
            await upload.write(content[at : at + 65_521])
        return await upload.finish()

    assert asyncio.run(send()) == content


def test_no_more_than_a_few_megabytes_wait_for_a_slow_deed() -> None:
    go_on = threading.Event()

    def deed(pieces: Iterable[bytes]) -> int:
        go_on.wait(20)
        return sum(map(len, pieces))

    async def send() -> tuple[int, int]:
        upload: Upload[int] = Upload(deed)
        taken = 0

        async def write() -> None:
            nonlocal taken
            for _ in range(640):
                await upload.write(bytes(MEGABYTE // 10))
                taken += MEGABYTE // 10

        writing = asyncio.ensure_future(write())
        await asyncio.wait([writing], timeout=0.3)
        waiting = taken
        go_on.set()
        await writing
        return waiting, await upload.finish()

    waiting, received = asyncio.run(send())
    assert waiting < 6 * MEGABYTE
    assert received == 640 * (MEGABYTE // 10)


def test_an_upload_that_breaks_off_never_looks_whole() -> None:
    seen: list[BaseException] = []

    def deed(pieces: Iterable[bytes]) -> None:
        try:
            list(pieces)
        except WrongUsage as e:
            seen.append(e)
            raise

    async def send() -> None:
        upload: Upload[None] = Upload(deed)
        await upload.write(bytes(3 * MEGABYTE))
        await upload.abandon()

    asyncio.run(send())
    assert len(seen) == 1


def test_what_comes_after_a_failure_is_let_go_and_the_failure_told() -> None:
    def deed(_pieces: Iterable[bytes]) -> None:
        raise ValueError("no room")

    async def send() -> None:
        upload: Upload[None] = Upload(deed)
        for _ in range(20):
            await upload.write(bytes(MEGABYTE))
        await upload.finish()

    with pytest.raises(ValueError, match="no room"):
        asyncio.run(asyncio.wait_for(send(), 20))
