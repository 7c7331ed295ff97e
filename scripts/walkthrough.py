"""Runs the commands of docs/walkthrough.md and writes down what they print: `python -m scripts.walkthrough HOME`.

HOME is a copy of a demonstration home: the commands change it. A block marked `console` holds commands after `$ `, each
with its output; a line `…` stands for lines left out, and stays there. Numbers of the ledger (`台账编号960`) that
come out otherwise than they stand on the page are put into the commands that follow.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir
from pathlib import Path

from click.testing import CliRunner

from briefing.sealpage import main as sealpage
from casework.__main__ import casework
from contract.settings import PROJECT
from etl.__main__ import etl
from metrics.__main__ import metrics

PAGE = PROJECT / "docs" / "walkthrough.md"
PROGRAMS = {"etl": etl, "metrics": metrics, "casework": casework, "briefing.sealpage": sealpage}
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
NUMBER = re.compile(r"台账编号(\w+)")  # of a case or an incident; people count them by year
LEFT_OUT = "…"


def commands(block: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a block, each with the lines that it is said to print."""
    line, printed = "", []
    for one in block.splitlines():
        if one.startswith("$ "):
            if line:
                yield line, printed
            line, printed = one[2:], []
        else:
            printed.append(one)
    if line:
        yield line, printed


def run(line: str) -> list[str]:
    """What a command prints, both streams as a terminal shows them; its exit code last where it is not 0."""
    words = shlex.split(line)
    if words[0] == "echo":  # a paper: `echo text > name`
        text, name = words[1], words[3]
        Path(name).write_text(f"{text}\n", encoding="utf-8")
        return []
    settings = dict(word.split("=", 1) for word in words[: words.index("python")])
    module, *arguments = words[words.index("-m") + 1 :]
    done = CliRunner(env=settings).invoke(PROGRAMS[module], arguments)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return [*done.output.splitlines(), *([f"[{done.exit_code}]"] if done.exit_code else [])]


def shortened(printed: list[str], as_said: list[str]) -> list[str]:
    """The output with as much left out as the page leaves out."""
    if LEFT_OUT not in as_said:
        return printed
    before = as_said.index(LEFT_OUT)
    after = len(as_said) - before - 1
    return [*printed[:before], LEFT_OUT, *printed[len(printed) - after :]] if len(printed) > before + after else printed


def filled(text: str) -> tuple[str, dict[str, str]]:
    """The page with every command run, in order, and its output written anew; and number on the page → number now."""
    numbers: dict[str, str] = {}

    def block(match: re.Match) -> str:
        lines = []
        for as_written, as_said in commands(match[1]):
            line = renumbered(as_written, numbers)
            printed = shortened(run(line), as_said)
            numbers.update(
                zip(NUMBER.findall(" ".join(as_said[:1])), NUMBER.findall(" ".join(printed[:1])), strict=False)
            )
            lines += [f"$ {line}", *printed]
        return "```console\n" + "".join(f"{line}\n" for line in lines) + "```"

    return BLOCK.sub(block, text), numbers


def renumbered(text: str, numbers: Mapping[str, str]) -> str:
    """A text with the numbers of the ledger as they are now, wherever they stand by themselves."""
    return re.sub(r"(?<![\w.-])[A-Z0-9]+(?![\w.-])", lambda found: numbers.get(found[0], found[0]), text)


def main(home: str) -> None:
    os.environ["PILOT_HOME"] = str(Path(home).resolve())
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        text, _ = filled(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
