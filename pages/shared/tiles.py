"""The tile map: a region's units as equal tiles, Beijing's 17 where they lie; no map base, no borders."""

from __future__ import annotations

from contract.declarations import OUTSIDE, districts
from pages.shared.charts import BLUE, INK, MUTED, PALE, blank, drawn_once
from pages.shared.drawing import Drawing
from pages.shared.format import Measure, is_absent, shown

# Column and row of each unit's tile, counted from the north-west.
PLACES = {
    "110119": (1, 0), "110116": (3, 0), "110118": (4, 0),
    "110114": (2, 1), "110113": (3, 1), "110117": (4, 1),
    "110109": (0, 2), "110107": (1, 2), "110108": (2, 2), "110105": (3, 2), "110112": (4, 2),
    "110111": (0, 3), "110106": (1, 3), "110102": (2, 3), "110101": (3, 3),
    "110115": (2, 4), "110115403": (3, 4),
}  # fmt: skip
WIDE = 5  # tiles in a row
SHADES = ((201, 214, 227), (31, 78, 121))  # from the least to the greatest
DARK_FROM = 0.45  # from this shade on, writing on it is white
SIDE = 0.94


def shade(position: float) -> str:
    return "rgb({},{},{})".format(*(round(low + (high - low) * position) for low, high in zip(*SHADES, strict=True)))


def places() -> dict[str, tuple[int, int]]:
    """Where each unit's tile stands: as above, and of a region whose units lie nowhere yet one beside the other."""
    units = [code for code in districts() if code != OUTSIDE]
    if set(units) == PLACES.keys():
        return PLACES
    return {code: (number % WIDE, number // WIDE) for number, code in enumerate(units)}


@drawn_once
def tile_map(
    values: dict[str, float | None], texts: dict[str, str], pilots: set[str], how: Measure, height: int = 330
) -> Drawing:
    """Every unit's tile with its value, darker for more; a dashed edge for units that are no pilot."""
    figure = blank(height, left=4, right=4, top=4, bottom=4)
    where = places()
    inside = {code: values.get(code) for code in where}
    numbers = [value for value in inside.values() if not is_absent(value)]
    low, high = (min(numbers), max(numbers)) if numbers else (0, 0)
    tiles, names = [], []
    for code, (column, row) in where.items():
        unit, value = districts()[code], inside[code]
        known = not is_absent(value)
        position = (value - low) / (high - low) if known and high > low else 0.0
        colour = "white" if known and position >= DARK_FROM else INK if known else MUTED
        line = {"color": PALE if code in pilots else MUTED, "width": 1, "dash": "solid" if code in pilots else "dot"}
        tiles.append(
            {
                "type": "rect", "x0": column, "x1": column + SIDE, "y0": -row, "y1": -row - SIDE,
                "fillcolor": shade(position) if known else "white", "line": line,
            }
        )  # fmt: skip
        names.append(
            {
                "x": column + SIDE / 2, "y": -row - SIDE / 2, "showarrow": False, "font": {"color": colour, "size": 12},
                "text": f"{unit.short_name}<br><b>{texts.get(code) or shown(value, how)}</b>",
            }
        )  # fmt: skip
    figure.update_layout(shapes=tiles, annotations=names)
    add_hover(figure, values, how)
    figure.update_xaxes(type="linear", visible=False, range=[-0.02, 5])
    figure.update_yaxes(visible=False, range=[-max(WIDE, 1 + max(row for _, row in where.values())), 0.02])
    return figure


def add_hover(figure: Drawing, values: dict[str, float | None], how: Measure) -> None:
    """Invisible marks at the tiles' middles: for pointing at them and choosing one."""
    where = places()
    names = [districts()[code].name for code in where]
    figure.add_scatter(
        x=[column + SIDE / 2 for column, _ in where.values()],
        y=[-row - SIDE / 2 for _, row in where.values()],
        mode="markers",
        marker={"size": 44, "symbol": "square", "opacity": 0, "color": BLUE},
        customdata=list(where),
        text=[f"{name}　{shown(values.get(code), how)}{how.unit}" for name, code in zip(names, where, strict=True)],
        hovertemplate="%{text}<extra></extra>",
    )
