"""The servers that a run hurts: one alone, or one and its standby, either of which may become the other."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.faults.proxy import Proxy
from tests.postgres import Cluster

CANCELLED, ENDED = "pg_cancel_backend", "pg_terminate_backend"
ATTACHED_SECONDS = 60


class Alone:
    """One server, and the line by which writers reach it."""

    def __init__(self) -> None:
        self.primary = Cluster()
        self.lines = {self.primary: Proxy(self.primary.port)}

    @property
    def line(self) -> Proxy:
        """To the server that takes writes."""
        return self.lines[self.primary]

    def url(self, database: str) -> str:
        """By the lines, a server after the other."""
        return self.primary.url_by_network(database, *(line.port for line in self.lines.values()))

    def crash(self) -> None:
        self.primary.stop()
        self.primary.start()

    def remove(self) -> None:
        for cluster, line in self.lines.items():
            line.close()
            cluster.remove()


class Pair(Alone):
    """A server and its standby. A commit waits until it lies on the standby's disk, unless `waits` is false.

    What goes from one to the other has a line of its own, which can be stalled and cut as well.
    """

    def __init__(self, waits: bool = True) -> None:
        self.primary = Cluster(("synchronous_standby_names='*'",) if waits else ())
        self._wires = {self.primary: Proxy(self.primary.port)}
        self.standby = Cluster(primary=self.primary, by=self.wire.port)
        self._wires[self.standby] = Proxy(self.standby.port)
        self.lines = {cluster: Proxy(cluster.port) for cluster in (self.primary, self.standby)}
        self._await_standby()

    @property
    def wire(self) -> Proxy:
        """From the server that takes writes to its standby."""
        return self._wires[self.primary]

    def end_waits(self, how: str) -> int:
        """Those for the standby, as an administrator may; gives how many there were. The commits are on the primary
        alone then, for everybody to see."""
        with self.primary.connected("postgres") as connection:
            query = f"SELECT count({how}(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            return connection.execute(query).fetchone()[0]

    def take_over(self, meanwhile: Callable[[], object] | None = None, dies: bool = True) -> None:
        """The standby takes over with what has reached it; the server before then begins anew as its standby.

        That one was killed before, or is cut off from the standby alone. `meanwhile` is done while it runs as it was,
        come back or never gone, for whoever asks it.
        """
        old, new, wire = self.primary, self.standby, self.wire
        if dies:
            old.stop()
        wire.refuses = True
        wire.cut()
        wire.flow()
        new.promote()
        self.primary, self.standby = new, old
        if meanwhile:
            if dies:
                old.start()
            meanwhile()
        if meanwhile or not dies:
            old.stop()
        wire.refuses = False
        old.follow(new, self.wire.port)
        self._await_standby()

    def crash_standby(self) -> None:
        self.standby.stop()
        self.standby.start()

    def remove(self) -> None:
        for wire in self._wires.values():
            wire.close()
        super().remove()

    def _await_standby(self) -> None:
        until = time.monotonic() + ATTACHED_SECONDS
        query = (
            "SELECT count(*) FROM pg_stat_replication WHERE application_name <> 'pg_basebackup' AND state = 'streaming'"
        )
        with self.primary.connected("postgres") as connection:
            while connection.execute(query).fetchone() == (0,):
                assert time.monotonic() < until, "the standby does not take anything"
                time.sleep(0.05)
