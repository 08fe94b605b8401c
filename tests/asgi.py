"""Requests to the server's own routes, without a network."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import anyio
from starlette.applications import Starlette


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


def request(app: Starlette, method: str, path: str, query: str = "", parts: Iterable[bytes] = (b"",)) -> Answered:
    """One request, whose body comes in `parts`."""
    bodies, sent, ends = iter(parts), [], iter([False])

    async def receive() -> dict[str, Any]:
        if (part := next(bodies, None)) is not None:
            return {"type": "http.request", "body": part, "more_body": True}
        if next(ends, True):
            await anyio.sleep_forever()  # the reader stays until the answer is there
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [], "http_version": "1.1", "root_path": "", "scheme": "http", "server": ("test", 80),
        "client": ("test", 1),
    }  # fmt: skip
    with ThreadPoolExecutor(1) as thread:  # a browser test may have left a loop of its own in this one
        thread.submit(anyio.run, app, scope, receive, send).result()
    begin, *rest = sent
    headers = {name.decode(): value.decode() for name, value in begin["headers"]}
    return Answered(begin["status"], headers, b"".join(message.get("body", b"") for message in rest))
