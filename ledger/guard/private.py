"""What a home keeps is the owner's alone: the modes of its files and folders, and what is mended where they differ."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from contract.places import folder_of
from contract.settings import Home

FILE_MODE, FOLDER_MODE = 0o600, 0o700
LOG = logging.getLogger(__name__)
OTHERS = 0o077  # the bits of group and everybody


def _kept(home: Home) -> Iterator[tuple[Path, int]]:
    """The files and folders that hold what was reported and decided, each with the mode that it is to have.

    What lies in a folder of the owner's alone can be reached by nobody else, whatever mode it has itself.
    """
    yield from ((path, FILE_MODE) for path in sorted(home.root.glob("*.db*")))
    folders = (folder_of(home.archive), home.warehouse)  # who may reach an object store is told there
    yield from ((folder, FOLDER_MODE) for folder in folders if folder)
    yield from ((path, FILE_MODE) for path in sorted(home.warehouse.glob("pilot-*.duckdb")))


def open_to_others(home: Home) -> list[Path]:
    """The files and folders of a home that other users of the machine may reach, of those that are there."""
    return [path for path, _ in _kept(home) if path.exists() and stat.S_IMODE(path.stat().st_mode) & OTHERS]


def close_to_others(home: Home) -> list[Path]:
    """Takes from others what they may reach; gives, and warns of, what could not be mended, being another user's."""
    wanted, left = dict(_kept(home)), []
    for path in open_to_others(home):
        if path.stat().st_uid == os.geteuid() or os.geteuid() == 0:
            path.chmod(wanted[path])
        else:
            left.append(path)
    if left:
        names = "、".join(path.name for path in left)
        LOG.warning("本机其他用户可以读取%s，且无权收回：请由其所有者改为600（文件）、700（文件夹）", names)
    return left
