"""The line between a run and its controller: messages of several parts over a stream socket."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading

# Words of one byte: to the server, and from a child that has done all it had to do.
RUN, INTERRUPT, GOODBYE = b"r", b"i", b"g"


class Wire:
    """Messages of several parts over a stream socket.

    A kernel's `Session` takes it for a ZMQ socket: without ports, threads and a race for both.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self._arrived = bytearray()
        self._lock = threading.Lock()  # threads of a cell may display at the same time

    def send_multipart(self, parts: list[bytes], **_: object) -> None:
        parts = [bytes(part) for part in parts]
        head = struct.pack(f"!{len(parts) + 1}I", len(parts), *map(len, parts))
        with self._lock:
            self.socket.sendall(b"".join((head, *parts)))

    def flush(self, *_: object) -> None:
        """Nothing waits to be sent."""

    async def receive(self, seconds: float | None = None) -> list[bytes] | None:
        """The next message; None once `seconds` are over.

        Raises
        ------
        EOFError
            When the other side is gone and everything it sent has been taken.
        """
        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        while (parts := self._take()) is None:
            if not await readable(loop, self.socket, end):
                return None
            try:
                arrived = self.socket.recv(1 << 18)
            except ConnectionError:
                arrived = b""
            if not arrived:
                raise EOFError
            self._arrived += arrived
        return parts

    def _take(self) -> list[bytes] | None:
        """The first whole message that has arrived."""
        if len(self._arrived) < 4:
            return None
        start = 4 + 4 * struct.unpack_from("!I", self._arrived)[0]
        if len(self._arrived) < start:
            return None
        lengths = struct.unpack_from(f"!{start // 4 - 1}I", self._arrived, 4)
        if len(self._arrived) < start + sum(lengths):
            return None
        parts = []
        for length in lengths:
            parts.append(bytes(self._arrived[start : start + length]))
            start += length
        del self._arrived[:start]
        return parts


async def readable(loop, sock: socket.socket, end: float | None) -> bool:
    """Whether there is something to read, before the clock of `loop` shows `end`."""
    ready = loop.create_future()

    def settle(answer: bool) -> None:
        if not ready.done():
            ready.set_result(answer)

    loop.add_reader(sock, settle, True)
    timer = None if end is None else loop.call_at(end, settle, False)
    try:
        return await ready
    finally:
        loop.remove_reader(sock)
        if timer:
            timer.cancel()
