"""A line to a server that can be stalled or cut, also at the very moment of a COMMIT."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

PIECE = 1 << 16
COMMIT = b"COMMIT\0"  # of a simple query, as psycopg sends it
ASIDE, AFTER = "before it arrives", "before its answer"  # when a COMMIT has the line cut


class Proxy:
    """Passes on what comes to a port of its own to a server's port, by threads that end with the process."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._flows = threading.Event()
        self._flows.set()
        self.cuts_commit = ""  # ASIDE or AFTER: the next COMMIT
        self.refuses = False  # new connections
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            try:
                if self.refuses:
                    raise ConnectionRefusedError
                server = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                client.close()
                continue
            self._pairs.append((client, server))
            for one, other, is_up in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass_on, args=(one, other, is_up), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, is_up: bool) -> None:
        with suppress(OSError):
            while piece := one.recv(PIECE):
                self._flows.wait()
                when = self.cuts_commit if is_up and COMMIT in piece else ""
                if when:
                    self.cuts_commit = ""
                    if when == AFTER:
                        _close(one)
                        other.sendall(piece)
                    break
                other.sendall(piece)
        _close(one)
        _close(other)

    def stall(self) -> None:
        """Nothing comes through, and nobody is told."""
        self._flows.clear()

    def flow(self) -> None:
        self._flows.set()

    def cut(self) -> None:
        """All that are connected now."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _close(end)

    def close(self) -> None:
        self._listener.close()
        self.flow()
        self.cut()


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
