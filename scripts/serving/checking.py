"""Whether what the environment names is there and answers, before a service starts: `pilot scripts.serving.checking`.

Run as the service's own user and with its settings; ends with 1 where something is not, a line each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import click

from contract.declarations import here
from contract.errors import PilotError
from contract.places import Server
from contract.settings import home
from etl.snapshot.shared import Storage, shared_uri
from ledger.archive import reached
from ledger.audit import Audit
from ledger.events import Ledger


def _records() -> None:
    """On a server they have to be prepared; a file is made with the first event."""
    for place, kind in ((home().ledger, Ledger), (home().audit, Audit)):
        if isinstance(place, Server):
            kind(place).close()


def _shared() -> None:
    if uri := shared_uri():
        Storage(uri).current()


def _archive() -> None:
    reached(home().archive)


LOOKS: tuple[Callable[[], object], ...] = (here, _records, _archive, _shared)


def faults() -> Iterator[str]:
    """What keeps the service from doing its work, in the order in which it is to be mended."""
    for look in LOOKS:
        try:
            look()
        except PilotError as error:
            yield str(error)


if __name__ == "__main__":
    found = list(faults())
    for fault in found:
        click.echo(f"错误：{fault}", err=True)
    sys.exit(1 if found else 0)
