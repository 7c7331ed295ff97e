"""The child process of the sandbox: first confines itself, then does one piece of work after another, until closed.

Work and answers go over standard input and output, each as its length in 8 bytes and its pickle. Work is
(function, argument), the function by name; an answer is (kind, value): what it gave, a refusal or a fault, and before
it any number of places that the work has come to.
"""

import importlib
import os
import pickle
import struct
import sys
from typing import BinaryIO

from contract.console.lean import keep_lean
from etl.receiving.confinement import allow_seconds, confine
from etl.sheets import whereabouts

LENGTH = struct.Struct(">Q")
AT, DONE, REFUSED, FAULT, OUT_OF_MEMORY = "at", "done", "refused", "fault", "memory"
SECONDS = 60


def send(stream: BinaryIO, content: object) -> None:
    """Writes one message."""
    message = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def _work(name: str, argument: object) -> tuple[str, object]:
    """What the function `module:name` gives for the argument, or why there is nothing."""
    module, _, function = name.partition(":")
    errors = importlib.import_module("contract.errors")
    try:
        return DONE, getattr(importlib.import_module(module), function)(argument)
    except errors.RefusedFile as refusal:
        return REFUSED, str(refusal)
    except MemoryError:
        return OUT_OF_MEMORY, None
    except Exception as error:  # a fault of the reader is told apart from a bad file, and costs one file only
        return FAULT, type(error).__name__


def main(folder: str | None = None) -> None:
    """Works until the input ends; files may be written below `folder` only, if one is given."""
    work, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    keep_lean()
    os.dup2(2, 1)  # whatever a library prints is no answer
    send(answers, confine(folder))
    whereabouts.listeners.append(lambda sheet: send(answers, (AT, sheet)))
    while head := work.read(LENGTH.size):
        name, argument = pickle.loads(work.read(*LENGTH.unpack(head)))
        allow_seconds(SECONDS)
        send(answers, _work(name, argument))


if __name__ == "__main__":
    main(*sys.argv[1:])
