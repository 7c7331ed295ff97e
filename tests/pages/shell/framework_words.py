"""The words that the installed Streamlit may put on a page, read from its front-end bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import streamlit

BUNDLE = Path(streamlit.__file__).parent / "static" / "static" / "js"
# Parts of the bundle that draw what no page here asks for (`test_chinese` holds the pages to that), by how their
# files are called; and libraries, whose messages go to the console.
ELEMENTS_UNUSED = {
    "AudioInput": "audio_input", "CameraInput": "camera_input", "ChatInput": "chat_input",
    "ColorPicker": "color_picker", "DateTimeInput": "datetime_input", "DeckGlJsonChart": "pydeck_chart",
    "EChartsChart": "echarts",
    "Feedback": "feedback", "Json": "json", "MermaidChart": "mermaid", "TimeInput": "time_input", "Slider": "slider",
    "ArrowVegaLiteChart": "altair_chart", "GraphVizChart": "graphviz_chart",
}  # fmt: skip
LIBRARIES = re.compile(
    r"(?:chunk-|axios|embed|numbro|reactJsonView|styled-components|StreamlitSyntaxHighlighter|mermaid|.*[dD]iagram)"
)
PLACES = (
    "aria-label", "aria-description", "aria-roledescription", "ariaLabel", "title", "placeholder", "label", "children",
    "alt", "tooltip", "content", "help", "message", "text", "selectedDateDescription", "selectedRangeDescription",
)  # fmt: skip
LITERAL = r'"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`'
PLACE = re.compile(
    rf"""["'`]?(?:{"|".join(PLACES)})["'`]?:(?:e=>|[^,(){{}}"`]{{0,40}}\?)?({LITERAL})(?::({LITERAL}))?"""
)
SAYS_SOMETHING = re.compile(r"[A-Za-z]{2}")
A_SENTENCE = re.compile(r"[A-Z]|.* ")


def words() -> dict[str, set[str]]:
    """Text, with `{}` where a value goes in → the files of the bundle that hold it."""
    told: dict[str, set[str]] = {}
    for path in sorted(BUNDLE.glob("*.js")):
        if not LIBRARIES.match(path.name) and path.name.partition(".")[0] not in ELEMENTS_UNUSED:
            for text in _of(path.read_text(encoding="utf-8")):
                told.setdefault(text, set()).add(path.name)
    return told


def _of(script: str) -> Iterator[str]:
    for found in PLACE.finditer(script):
        for literal in filter(None, found.groups()):
            text = " ".join(_without_values(literal[1:-1]).splitlines())
            foreign = "Description" in found.group(0) and not text.startswith("Selected ")  # of its many languages
            if SAYS_SOMETHING.search(text.replace("{}", "")) and A_SENTENCE.match(text) and not foreign:
                yield text


def _without_values(text: str) -> str:
    """The text of a template with `{}` for each `${…}`."""
    pieces, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        if depth == 0 and text.startswith("${", place):
            pieces.append(text[start:place] + "{}")
            depth = 1
        elif (depth and sign == "{" and text[place - 1] != "$") or (depth and text.startswith("${", place)):
            depth += 1
        elif depth and sign == "}":
            depth -= 1
            start = place + 1
    return "".join(pieces) + (text[start:] if depth == 0 else "")
