from __future__ import annotations

import asyncio
from typing import Any

from kiban.web.crowd import Crowd
from kiban.web.reach import Reach


def test_there_is_room_for_so_many_and_for_so_many_of_one_machine() -> None:
    async def run() -> None:
        go_on = asyncio.Event()
        failing = False

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await go_on.wait()
            if failing:
                raise ValueError
            await send({"type": "http.response.start", "status": 200, "headers": []})

        crowd = Crowd(app, reach=Reach(), most=5, most_of_an_address=3)
        answers: list[Any] = []

        async def send(message: Any) -> None:
            answers.append(message)

        async def ask(client: str) -> None:
            scope = {"type": "http", "path": "/api/v1/x", "method": "GET", "client": (client, 1), "headers": []}
            await crowd(scope, None, send)  # type: ignore[arg-type]

        waiting = [asyncio.ensure_future(ask("192.0.2.1")) for _ in range(3)]
        await asyncio.sleep(0)
        await ask("192.0.2.1")
        assert answers[0]["status"] == 503
        assert (b"retry-after", b"5") in answers[0]["headers"]
        answers.clear()
        waiting += [asyncio.ensure_future(ask(f"192.0.2.{n}")) for n in (2, 3)]
        await asyncio.sleep(0)
        assert answers == []
        await ask("192.0.2.9")
        assert answers[0]["status"] == 503
        answers.clear()
        go_on.set()
        await asyncio.gather(*waiting)
        assert [each["status"] for each in answers] == [200] * 5
        # Those who failed make room too, and nothing is kept of anybody.
        failing = True
        for _ in range(10):
            try:
                await ask("192.0.2.1")
            except ValueError:
                continue
        assert (crowd._n, dict(crowd._of_address)) == (0, {})

    asyncio.run(run())
