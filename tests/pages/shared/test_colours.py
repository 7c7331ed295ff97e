"""Colours that stand beside each other are told apart by those who do not see red or green, and in a grey copy.

How a colour looks without one kind of cone: the matrices of Machado, Oliveira, Fernandes 2009 at full severity, on
linear RGB. Distances are of CIELAB (ΔE 1976): about 2 is just seen between large areas, 10 between marks at a glance.
"""

from __future__ import annotations

from itertools import combinations

import pytest

from pages.shared import charts
from pages.shared.tiles import shade
from pages.supervision.filing.wording import SYMBOLS
from pages.supervision.warnings.history import LEVEL_COLOURS
from pages.tasks.forms import COLOURS as PARTS

SEEN = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
}
APART = 10
# What is drawn in one picture: colours that mean different things there.
TOGETHER = {
    "a bar that counts, the others, context": (charts.BLUE, charts.PALE, "#ffffff"),
    "up and down": (charts.BLUE, charts.GREY, "#ffffff"),
    "parts of a whole": (*PARTS, "#ffffff"),
    "levels of warnings": (*LEVEL_COLOURS.values(), "#ffffff"),
    "the least and the greatest of a map, and what is not known": (shade(0), shade(0.5), shade(1), "#ffffff"),
}


def linear(colour: str) -> list[float]:
    """`#1f4e79`, `rgb(31,78,121)` → linear RGB, 0…1."""
    if colour.startswith("#"):
        levels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    else:
        levels = [int(level) / 255 for level in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    return [level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in levels]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    """CIELAB under D65 of a linear RGB."""
    rows = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    white = (0.95047, 1.0, 1.08883)
    x, y, z = (sum(a * b for a, b in zip(row, rgb, strict=True)) / top for row, top in zip(rows, white, strict=True))
    f = [t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def apart(one: str, other: str, eye: str) -> float:
    """How far apart two colours are to an eye."""
    points = []
    for colour in (one, other):
        seen = [sum(a * b for a, b in zip(row, linear(colour), strict=True)) for row in SEEN[eye]]
        points.append(lab([min(max(level, 0.0), 1.0) for level in seen]))
    return sum((a - b) ** 2 for a, b in zip(*points, strict=True)) ** 0.5


def test_distances_are_as_published():
    assert round(apart("#ffffff", "#000000", "all")) == 100
    assert apart("#ff0000", "#00ff00", "all") > 150
    assert apart("#c00000", "#6a6a00", "deuteranopia") < apart("#c00000", "#6a6a00", "all") / 3


@pytest.mark.parametrize("eye", SEEN)
@pytest.mark.parametrize("picture", TOGETHER)
def test_colours_of_one_picture_are_told_apart(picture, eye):
    close = {
        (one, other): round(apart(one, other, eye), 1)
        for one, other in combinations(dict.fromkeys(TOGETHER[picture]), 2)
        if apart(one, other, eye) < APART
    }
    assert close == {}


def test_states_of_filings_are_told_by_their_sign_and_not_by_colour_alone():
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
