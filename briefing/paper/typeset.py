"""Typst sets pages: each document in a process of its own, since Typst keeps most of what it has read until ten later.

In one process that lives as long as a dashboard, ten briefings looked at were 1.4 GB that nothing gave back.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from briefing.paper.typefaces import FOLDER
from contract.settings import BEIJING

MOST_SECONDS = 120  # of one document on a busy machine; the longest takes three
CHILD = Path(__file__).with_name("typesetting.py")


def typeset(layout: Path, at: datetime, inputs: dict[str, str], **options: Any) -> list[bytes]:
    """A layout filled with its inputs, as one file or, of pictures, a file a page; `at`: when it says that it was made.

    Raises RuntimeError with Typst's words where it refuses, which is a fault of layout or inputs.
    """
    given = {
        "layout": str(layout),
        "font_paths": [str(FOLDER)],
        "timestamp": int(at.replace(tzinfo=BEIJING).timestamp()),
        "sys_inputs": inputs,
        **options,
    }
    done = subprocess.run(
        [sys.executable, "-I", str(CHILD)],
        input=json.dumps(given, ensure_ascii=False).encode(),
        capture_output=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{layout.name} could not be set: {done.stderr.decode(errors='replace')[-2000:]}")
    sizes, _, content = done.stdout.partition(b"\n")
    files, begin = [], 0
    for size in json.loads(sizes):
        files.append(content[begin : begin + size])
        begin += size
    return files
