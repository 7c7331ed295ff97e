"""The process in which Typst sets one document (`typeset.py` starts it): knows nothing of the project, reads no folder
but the layout's and the fonts', and ends.

Layout and options come in as JSON; the sizes of the files go out in a line, and then the files.
"""

import json
import sys

import typst


def main() -> None:
    given = json.load(sys.stdin.buffer)
    made = typst.compile(given.pop("layout"), ignore_system_fonts=True, **given)
    files = made if isinstance(made, list) else [made]
    sys.stdout.buffer.write(json.dumps([len(file) for file in files]).encode() + b"\n" + b"".join(files))


if __name__ == "__main__":
    main()
