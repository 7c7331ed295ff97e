"""What a server loads and when: what the first page needs while the browser fetches the application, then the rest.

Until then the gate alone is there, so that the browser is answered a second sooner.
"""

from __future__ import annotations

import gc
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Event, Lock, Thread

from contract.console.program import later
from contract.settings import PROJECT, home

AROUND = ("pages.shell.frame", "pages.shared.export.paper")  # what stands around every page
FIRST, ALL = "pages.overview", "pages"  # on which a viewer begins; the packages of their parts
# Have what they need by then; what else they hold speaks to a provider, or draws what is taken away.
LEFT_OUT = ("pages.gate.", "pages.shared.export.")
PATIENCE = 20  # seconds without a page after which the rest is loaded all the same
LOADING, STANDS = Lock(), Event()
resume = later("pages.shell.publishing:resumed")


def begin() -> None:
    """Begins to load, in the background, as the server starts."""
    Thread(target=_load, name="loading", daemon=True).start()


def load_first() -> None:
    """Loads what the first page needs, or waits until that is done; every run of a page comes by here."""
    with LOADING:
        _load_first()


@cache
def _load_first() -> None:
    for module in (*AROUND, *_parts(FIRST)):
        importlib.import_module(module)


def first_page_stands() -> None:
    """Says, after a run, that what is loaded from now on holds nobody up."""
    STANDS.set()


def load_rest() -> None:
    """Loads the parts of all pages, and takes what is loaded for good out of the way of the collector of garbage: the
    framework has it look through all there is after each run of a page."""
    for module in _parts(ALL):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()


def _load() -> None:
    load_first()
    gc.freeze()
    resume(home().root)
    STANDS.wait(PATIENCE)
    load_rest()


def _parts(package: str) -> Iterator[str]:
    """The modules of the pages in a package, without those that draw a page as they are loaded."""
    navigation = importlib.import_module("pages.shell.navigation")
    menus = (*navigation.REGION_SECTIONS.values(), *navigation.COUNTRY_SECTIONS.values())
    scripts = {PROJECT / entry.file for listed in menus for entry in listed}
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        place = PROJECT / Path(*module.name.split(".")).with_suffix(".py")
        if place not in scripts and not module.name.startswith(LEFT_OUT):
            yield module.name
