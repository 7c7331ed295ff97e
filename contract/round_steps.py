"""The steps of an evaluation round, and what its results may be used for, as `data/` declares them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract.declarations import read_rows
from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS
from contract.viewer import areas

STEP_COLUMNS = ("step", "name", "area", "needs", "not_by")
USE_COLUMNS = ("use", "name")
# Steps that mean something to the code: when members assess themselves, when figures are frozen, from when members
# see their scorecard and object, when the scores are settled.
SELF_ASSESS, FIRST, FEEDBACK, FINAL = "self_assess", "first", "feedback", "final"
FIGURES, ANSWERS, DOCUMENT_NO = "figures", "answers", "document_no"
NEEDS = (FIGURES, ANSWERS, DOCUMENT_NO)


@dataclass(frozen=True)
class Step:
    """One step of a round.

    `area`: the row of `data/access.csv` that says which roles sign it. `needs`: `figures` (those of the current data
    version are frozen), `answers` (no objection without one), `document_no`. `not_by`: the earlier step that another
    person must have signed, empty for none.
    """

    code: str
    name: str
    area: str
    needs: tuple[str, ...] = ()
    not_by: str = ""


def read_steps(path: Path) -> dict[str, Step]:
    """Code → step, in the order in which they are taken.

    Raises:
        DeclarationError: names the row with an area, need or earlier step that there is not, or the step that lacks.
    """
    steps: dict[str, Step] = {}
    for number, row in enumerate(read_rows(path, *STEP_COLUMNS), start=2):
        where = f"{path.name}第{number}行"
        needs = row["needs"].split()
        if row["step"] in steps:
            raise DeclarationError(f"{where}：步骤{row['step']}重复")
        unknown = [*({row["area"]} - areas().keys()), *(set(needs) - set(NEEDS))]
        if unknown:
            raise DeclarationError(
                f"{where}：不认识“{'、'.join(sorted(unknown))}”；"
                f"area应为access.csv中的一行，needs应为{'、'.join(NEEDS)}或空"
            )
        if row["not_by"] and row["not_by"] not in steps:
            raise DeclarationError(f"{where}：not_by“{row['not_by']}”应为之前的步骤或空")
        steps[row["step"]] = Step(row["step"], row["name"], row["area"], tuple(needs), row["not_by"])
    missing = [code for code in (SELF_ASSESS, FIRST, FEEDBACK, FINAL) if code not in steps]
    if missing or FIGURES not in steps[FIRST].needs:
        raise DeclarationError(f"{path.name}缺少步骤{'、'.join(missing) or f'{FIRST}的needs {FIGURES}'}")
    return steps


@cache
def steps() -> dict[str, Step]:
    """The steps of `data/round_steps.csv`."""
    return read_steps(DECLARATIONS / "round_steps.csv")


@cache
def uses() -> dict[str, str]:
    """Code → name of what results may be used for (结果运用), as `data/score_uses.csv` declares them."""
    return {row["use"]: row["name"] for row in read_rows(DECLARATIONS / "score_uses.csv", *USE_COLUMNS)}


def step_named(text: str) -> Step:
    """A step by its code or Chinese name. Raises CallError where there is none such."""
    named = next((step for step in steps().values() if text in (step.code, step.name)), None)
    if named is None:
        listed = "、".join(f"{step.code}（{step.name}）" for step in steps().values())
        raise CallError(f"没有步骤“{text}”，应为{listed}之一")
    return named


def use_named(text: str) -> str:
    """The code of a use by its code or Chinese name. Raises CallError where there is none such."""
    named = next((code for code, name in uses().items() if text in (code, name)), None)
    if named is None:
        listed = "、".join(f"{code}（{name}）" for code, name in uses().items())
        raise CallError(f"没有“{text}”这种结果运用，应为{listed}之一")
    return named
