"""All indicators of a period in all scopes: which entities there are, and what each takes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import localcontext

from tests.oracle.banks import bank_figures
from tests.oracle.districts import district_figures
from tests.oracle.filing import coverage, filing_figures, initiatives
from tests.oracle.loans import Loans, bank_loan_figures, loan_figures, loans_of, total, type_figures
from tests.oracle.sets import View, view
from tests.oracle.world import Figure, Member, World, earlier, growth, last_day, quotient

CITY = "BJ"
GROUPS = ("policy", "state", "joint_stock", "city", "rural", "other")
UNITS = (
    *("110101", "110102", "110105", "110106", "110107", "110108", "110109", "110111", "110112", "110113", "110114"),
    *("110115", "110116", "110117", "110118", "110119", "110115403", "000000"),
)
EXACT = 60  # digits: sums of products stay exact

Key = tuple[str, str, str]  # scope, entity, indicator
Takes = Callable[[Member, str], bool]  # who is taken in at a period


def is_bank(member: Member, period: str) -> bool:
    return member.kind == "bank"


def is_district(member: Member, period: str) -> bool:
    return member.kind == "district"


def bases(period: str) -> dict[str, str]:
    """The growths of the balance and the period that each looks back to."""
    return {"G12": earlier(period, 12), "G13": f"{int(period[:4]) - 1}-12"}


def lenders(world: World, period: str, takes: Takes, history: bool = False) -> View:
    """Of a view, the banks whose report of the period holds B1: the others have no figures of loans."""
    seen = view(world, period, takes, history)
    return View(period, {code: kept for code, kept in seen.reports.items() if "B1" in kept[period].forms})


def same_banks(world: World, period: str, takes: Takes = is_bank) -> tuple[View, View]:
    """Now and 12 months before, over the listed banks in force in both periods; what was history then counts too.

    A bank that another has succeeded since stands behind that one.
    """
    then = earlier(period, 12)
    lent = lenders(world, then, is_bank, history=True).reports
    stood = {code: world.stands_for(code, period) for code in lent}
    both = lenders(world, period, takes).reports.keys() & stood.values()
    return (
        lenders(world, period, lambda member, when: member.code in both, history=True),
        lenders(world, then, lambda member, when: stood.get(member.code) in both, history=True),
    )


def _in_district(loans: Loans, unit: str) -> Loans:
    return loans.only(lambda loan: loan["district"] == unit)


def _balance(loans: Loans):
    return total([loan for _, loan in loans.active], "balance")


def _growths(world: World, period: str, takes: Takes, history: bool, now: Loans) -> dict[str, Figure]:
    found = {}
    for code, then in bases(period).items():
        before = lenders(world, then, takes, history)
        found[code] = growth(_balance(now), _balance(loans_of(before)) if before.reports else None)
    return found


def _banks_together(world: World, period: str, takes: Takes, history: bool) -> dict[str, Figure]:
    """A bank, a group of banks or all of them."""
    seen = view(world, period, takes, history)
    if not seen.reports:
        return {}
    figures, lending = bank_figures(seen), lenders(world, period, takes, history)
    if not lending.reports:
        return figures
    loans = loans_of(lending)
    figures |= loan_figures(loans) | bank_loan_figures(loans, world.members)
    return figures | _growths(world, period, takes, history, loans)


def _same_growth(now: View, before: View) -> dict[str, Figure]:
    if not now.reports:
        return {}
    return {"G17": growth(_balance(loans_of(now)), _balance(loans_of(before)))}


def _units(world: World, period: str) -> Iterator[tuple[str, dict[str, Figure]]]:
    """The loans of all banks by the borrower's district, for all 18 codes."""
    seen = lenders(world, period, is_bank)
    if not seen.reports:
        return
    loans, (same_now, same_then) = loans_of(seen), same_banks(world, period)
    before = {code: lenders(world, then, is_bank) for code, then in bases(period).items()}
    for unit in UNITS:
        own = _in_district(loans, unit)
        figures = loan_figures(own)
        for code, then in before.items():
            base = _balance(_in_district(loans_of(then), unit)) if then.reports else None
            figures[code] = growth(_balance(own), base)
        if same_now.reports:
            both = (_in_district(loans_of(it), unit) for it in (same_now, same_then))
            figures["G17"] = growth(*map(_balance, both))
        yield unit, figures


def _coverage_of_points(world: World, period: str) -> dict[str, Figure]:
    """D06."""
    districts = [member for member in world.members.values() if is_district(member, period)]
    listed = [member.code for member in districts if member.listed_on(last_day(period))]
    held = view(world, period, is_district).now("R1")
    pilots = [rows for code, rows in held.items() if code in listed]
    with_point = sum(any(point["status"] == "running" and point["one_stop"] for point in rows) for rows in pilots)
    return {"D06": quotient(with_point, len(listed))} if held else {}


def _city(world: World, period: str) -> dict[str, Figure]:
    everyone, banks = list(world.members.values()), view(world, period, is_bank)
    figures = _banks_together(world, period, is_bank, history=False)
    figures |= _same_growth(*same_banks(world, period))
    figures |= district_figures(view(world, period, is_district), banks)
    figures |= initiatives(view(world, period, lambda member, when: True))
    figures |= filing_figures(world, period, everyone, history=False) | coverage(world, period, everyone)
    return figures | _coverage_of_points(world, period)


def _member(world: World, period: str, member: Member) -> dict[str, Figure]:
    """A member's own figures, those of a district's loans apart."""

    def own(each: Member, when: str) -> bool:
        return each.code == member.code

    figures = filing_figures(world, period, [member], history=True) | coverage(world, period, [member])
    seen = view(world, period, own, history=True)
    figures |= initiatives(seen)
    if is_bank(member, period):
        return figures | _banks_together(world, period, own, history=True)
    return figures | district_figures(seen, view(world, period, is_bank))


def _group(world: World, period: str, group: str) -> dict[str, Figure]:
    def takes(member: Member, when: str) -> bool:
        return is_bank(member, when) and member.group_in(when) == group

    figures = _banks_together(world, period, takes, history=False)
    figures |= _same_growth(*same_banks(world, period, takes))
    return figures | coverage(world, period, [member for member in world.members.values() if takes(member, period)])


def figures(world: World, period: str) -> dict[Key, Figure]:
    """(scope, entity, indicator) → figure, of everything that has a value or a part."""
    with localcontext(prec=EXACT):
        found = {("city", CITY): _city(world, period)}
        for group in GROUPS:
            found["bank_type", group] = _group(world, period, group)
        for member in world.members.values():
            found[member.kind, member.code] = _member(world, period, member)
        for unit, own in _units(world, period):
            found["district", unit] = found.get(("district", unit), {}) | own
        banks = lenders(world, period, is_bank)
        if banks.reports:
            found |= {("ip", kind): own for kind, own in type_figures(loans_of(banks)).items()}
    return {(*place, code): figure for place, own in found.items() for code, figure in own.items()}
