"""What is kept is worked out once for equal questions, given out as copies, and dropped when it is the oldest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pandas as pd
import pytest

from pages.shell.data import Kept, key_of, once


def test_equal_arguments_are_worked_out_once_and_each_gets_a_copy():
    calls = []

    @once
    def doubled(frame: pd.DataFrame, *, by: int) -> list[int]:
        calls.append(by)
        return [value * by for value in frame["a"]]

    first = doubled(pd.DataFrame({"a": [1, 2]}), by=2)
    first.append(0)
    assert doubled(pd.DataFrame({"a": [1, 2]}), by=2) == [2, 4]
    assert doubled(pd.DataFrame({"a": [1, 3]}), by=2) == [2, 6]
    assert doubled(pd.DataFrame({"a": [1, 2]}), by=3) == [3, 6]
    assert calls == [2, 2, 3]


def test_the_same_arguments_of_two_functions_are_two_questions():
    assert key_of(len, 1) != key_of(sum, 1)
    assert key_of(len, {"a": (1, "x")}) == key_of(len, {"a": (1, "x")})


def test_a_failure_is_raised_and_not_kept():
    kept, answers = Kept(2), iter([ValueError("zero"), 7])

    def make() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ValueError, match="zero"):
        kept.copied("a", make)
    assert kept.copied("a", make) == 7


def test_the_one_asked_for_longest_ago_is_dropped():
    kept = Kept(2)
    for name in ("a", "b", "a", "c"):
        kept.shared(name, object)
    same = kept.shared("a", lambda: "anew")
    assert same != "anew" and kept.shared("b", lambda: "anew") == "anew"


def test_together_they_are_of_so_many_bytes_keys_among_them():
    kept = Kept(10, most_bytes=100)
    first = kept.shared("a", lambda: b"x" * 60)
    assert kept.shared("a", lambda: b"anew") is first
    kept.shared(("module", "name", b"k" * 30), lambda: b"y" * 20)  # 110 with the first, which goes
    assert kept.shared("a", lambda: b"anew") == b"anew"
    assert kept.shared("b", lambda: b"z" * 101) == b"z" * 101  # more than all together: given, and not kept
    assert kept.shared("b", lambda: b"anew") == b"anew"


def test_who_asks_meanwhile_waits_for_the_one_answer():
    kept, going = Kept(2), Event()
    calls = []

    def make() -> int:
        calls.append(1)
        going.wait(10)
        return 5

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(kept.shared, "a", make) for _ in range(3)]
        going.set()
        assert [each.result(10) for each in asked] == [5, 5, 5]
    assert calls == [1]
