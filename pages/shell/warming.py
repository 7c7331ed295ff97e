"""What the server does before its first page is asked for, so that nobody waits for it then."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from pathlib import PurePosixPath

import pages
from pages.shell.navigation import SECTIONS


def warm_up() -> None:
    """Loads the parts of all pages, and takes what is loaded for good out of the way of the collector of garbage.

    The framework collects after each run of a page, and would look through every module that was ever loaded.
    """
    scripts = {entry.file for listed in SECTIONS.values() for entry in listed}
    for module in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}."):
        if str(PurePosixPath(*module.name.split(".")).with_suffix(".py")) not in scripts:
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
