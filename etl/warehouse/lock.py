"""The one lock between processes: whoever loads, stages, publishes or acts holds it, and the ledger is sound then."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import duckdb
from filelock import FileLock

from contract.errors import PilotError
from contract.places import Server
from contract.settings import Home
from contract.storage import database_words, system_words
from etl.warehouse.origin import check_records_here
from ledger.events import Ledger
from ledger.guard.private import FOLDER_MODE, close_to_others
from ledger.proof.checking import check

LOCK_SECONDS = 600
STAYS = "台账已登记的报送都在，不会丢失；排除原因后"


Demand = Callable[[], None]


@contextmanager
def writing(home: Home) -> Iterator[Demand]:
    """Holds the one lock between processes, once the ledger was found sound (`ledger.proof.checking`).

    It is a file's beside the warehouse; where the ledger lies on a server, the server's as well, for all hosts that
    share it. Gives what raises LedgerError where the lock was lost meanwhile, as only the server's can be.

    Raises LedgerError where the ledger was changed; PilotError on a host that only shows data versions, after ten
    minutes, and where the disk is full or a file of the warehouse cannot be used.
    """
    until = time.monotonic() + LOCK_SECONDS
    try:
        home.warehouse.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        check_records_here(home)
        with (
            FileLock(home.warehouse / ".lock", timeout=LOCK_SECONDS),
            _between_hosts(home, until - time.monotonic()) as still_held,
        ):
            close_to_others(home)
            if home.ledger.exists():
                check(home, Ledger(home.ledger))
            yield still_held
    except TimeoutError:  # either lock's
        raise PilotError("另一个装载或发布正在进行，等候超过10分钟，请稍后再试") from None
    except OSError as error:
        raise PilotError(f"{system_words(error)}，操作没有完成。{STAYS}再执行一次即可") from error
    except duckdb.Error as error:
        if words := database_words(error):
            raise PilotError(f"数据仓库：{words}，操作没有完成。{STAYS}执行python -m etl rebuild即可") from error
        raise


def _between_hosts(home: Home, seconds: float) -> AbstractContextManager[Demand]:
    """What speaks to a server is imported where there is one."""
    if not isinstance(home.ledger, Server):
        return nullcontext(lambda: None)
    module = importlib.import_module("ledger.database.between_hosts")
    return module.held_between_hosts(home.ledger, Ledger.called, seconds)
