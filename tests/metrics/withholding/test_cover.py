"""What else to withhold beside a thin cell: worked out by hand, for a sum divided in several ways and for a table."""

from __future__ import annotations

from random import Random

import pytest

from metrics.indicators.behind import Behind, are_enough, conditions, without_filter
from metrics.indicators.cover import WHOLE, covered
from metrics.indicators.tables import determined, held_back


def cells(**numbers: int) -> dict:
    """`state=2` is a type of bank, `d_west=1` a district, `city=9` the city's; each with borrowers of its own."""
    found = {}
    for name, number in numbers.items():
        place = WHOLE if name == "city" else ("district", name) if name.startswith("d_") else ("bank_type", name)
        names = " ".join(f"{name}{n}" for n in range(min(number, 3)))
        found[place] = Behind({"borrower": number}, {"borrower": names})
    return found


def hidden(withheld: tuple[str, ...], told_elsewhere: tuple[str, ...] = (), **numbers: int) -> set[str]:
    some = cells(**numbers)
    by_name = {("city" if place == WHOLE else place[1]): place for place in some}
    found = covered(some, {by_name[name] for name in withheld}, {by_name[name] for name in told_elsewhere})
    return {name for name, place in by_name.items() if place in found}


def test_nothing_is_withheld_for_nothing():
    assert hidden((), city=9, state=4, joint=5, d_west=9) == set()


def test_the_next_thinnest_goes_along_in_each_way():
    assert hidden(("d_west",), city=20, d_west=1, d_east=5, d_north=14, state=9, joint=11) == {"d_west", "d_east"}


def test_two_thin_ones_take_a_third_where_too_few_stand_behind_both():
    assert hidden(("d_west", "d_east"), city=20, d_west=1, d_east=1, d_north=9, d_south=9) == {
        "d_west", "d_east", "d_north",
    }  # fmt: skip
    assert hidden(("d_west", "d_east"), city=20, d_west=2, d_east=1, d_north=9, d_south=8) == {"d_west", "d_east"}


def test_where_one_type_alone_contributes_the_city_goes_too_and_one_of_each_other_way():
    assert hidden(("state",), city=2, state=2) == {"state", "city"}
    assert hidden(("state",), city=2, state=2, d_west=1, d_east=1) == {"state", "city", "d_east"}


def test_what_is_told_elsewhere_hides_nothing():
    assert hidden(("d_west",), ("d_east",), city=20, d_west=1, d_east=5, d_north=14) == {"d_west", "d_north"}
    assert hidden(("d_west",), ("d_east",), city=6, d_west=1, d_east=5) == {"d_west", "city"}


def test_those_behind_two_sums_are_counted_once():
    same = Behind({"bank": 2}, {"bank": "B001 B002"})
    assert not are_enough([same, same])
    assert are_enough([same, Behind({"bank": 1}, {"bank": "B003"})])


@pytest.mark.parametrize("seed", range(40))
def test_no_solution_of_the_sums_leaves_a_withheld_cell_where_it_is(seed):
    """The argument of the closed form, held against elimination on random cells of two ways."""
    dice = Random(seed)
    numbers = {f"t{n}": dice.choice([1, 2, 3, 9]) for n in range(dice.randint(1, 4))}
    numbers |= {f"d_{n}": dice.choice([1, 2, 3, 9]) for n in range(dice.randint(1, 5))} | {"city": 40}
    some = cells(**numbers)
    found = covered(some, {place for place, those in some.items() if those.thin})
    ways = [{place: 1 for place in some if place[0] == scope} | {WHOLE: -1} for scope in ("bank_type", "district")]
    assert determined(ways, found) == set()


TABLE = {"ax": 1, "ay": 9, "az": 3, "bx": 4, "by": 9, "bz": 5}
LINES = [{"ax": 1, "ay": 1, "az": 1}, {"bx": 1, "by": 1, "bz": 1}] + [{f"a{c}": 1, f"b{c}": 1} for c in "xyz"]


def test_what_is_hidden_for_one_sum_hides_enough_for_the_other():
    """Only ax is thin. In row a az (3) goes with it, in column x bx (4), and in column z bz (5): a rectangle."""
    assert held_back(TABLE, LINES, ()) == {"ax", "az", "bx", "bz"}
    assert held_back({name: number + 2 for name, number in TABLE.items()}, LINES, ()) == set()


def test_two_in_each_sum_are_not_enough_where_they_hang_together_by_one_cell_alone():
    """ax, ay, bx, by and cy', cz', dy', dz' are two rectangles; m between them lies in no round of cells of its own."""
    round_one = [{"ax": 1, "ay": 1}, {"bx": 1, "by": 1, "m": 1}, {"ax": 1, "bx": 1}, {"ay": 1, "by": 1}]
    round_two = [{"cy": 1, "cz": 1}, {"dy": 1, "dz": 1}, {"cy": 1, "dy": 1, "m": 1}, {"cz": 1, "dz": 1}]
    every = {cell for one in round_one + round_two for cell in one}
    assert determined(round_one + round_two, every) == {"m"}
    open_cells = {"n": 7} | dict.fromkeys(every, 5)
    lines = [one | ({"n": 1} if one in (round_one[0], round_two[3]) else {}) for one in round_one + round_two]
    assert determined(lines, held_back(open_cells, lines, every)) == set()


def test_what_others_add_up_to_is_withheld_last():
    assert held_back({"a": 1, "b": 5, "all": 2}, [{"a": 1, "b": 1, "all": -1}], ()) == {"a", "all"}
    assert held_back({"a": 1, "b": 5, "all": 6}, [{"a": 1, "b": 1, "all": -1}], ()) == {"a", "b"}


def test_an_expression_tells_of_the_rows_it_takes_in():
    assert conditions("sum(balance)") == ("true",)
    assert conditions("count(DISTINCT firm_key)") == ("true",)
    assert conditions("sum(balance) FILTER (WHERE overdue_days > 0)") == ("overdue_days > 0",)
    either = conditions("count(*) FILTER (WHERE has_appeal) + count(*) FILTER (WHERE has_dd_policy)")
    assert either == ("(has_appeal) OR (has_dd_policy)",)
    assert len(conditions("sum(rate) FILTER (WHERE renewal) * count(*) FILTER (WHERE NOT renewal)")) == 2
    assert without_filter("sum(balance) FILTER (WHERE overdue_days > 0)") == without_filter("sum( balance )")
