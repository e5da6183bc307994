"""What a browser sends over the live line: text that holds one JSON object, neither too long nor too deep."""

import json
from itertools import chain
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

MESSAGE_LIMIT = 80_000
"""Characters; the largest of ours is a batch of signalling."""

DEPTH_LIMIT = 32
"""Lists and objects within each other. Ours have five; much deeper ones meet Python's own limit, somewhere or other."""


async def read(socket: WebSocket) -> dict[str, Any]:
    """Read one JSON object. Raises `ValueError` for anything else, or for more than fits."""
    received = await socket.receive()
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code") or 1005)
    raw = received.get("text")
    if raw is None or len(raw) > MESSAGE_LIMIT:
        msg = "a message is text, and not too long"
        raise ValueError(msg)
    try:
        message = json.loads(raw)
    except RecursionError as error:
        msg = "a message is nested too deep"
        raise ValueError(msg) from error
    if not isinstance(message, dict):
        msg = "a message is an object"
        raise ValueError(msg)  # noqa: TRY004  the caller closes on any bad value alike
    if is_deep(message):
        msg = "a message is nested too deep"
        raise ValueError(msg)
    return message


def is_deep(message: Any) -> bool:
    """Say whether lists and objects are nested deeper than `DEPTH_LIMIT`."""
    level = [message]
    for _ in range(DEPTH_LIMIT):
        inner = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        if not inner:
            return False
        level = list(chain.from_iterable(inner))
    return True
