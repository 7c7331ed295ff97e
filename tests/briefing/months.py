"""Five months in which a briefing is easily badly worded, each as a source of a few members and all the figures."""

from __future__ import annotations

from decimal import Decimal

from briefing.issue.source import Filing, Member, Score, Source
from metrics.indicators.catalogue import indicator
from tests.briefing.samples import bank, source

NOW, YEAR_AGO, DECEMBER, MONTH_AGO = "2026-10", "2025-10", "2025-12", "2026-09"
# Indicator → now, a year ago; the last December and month stand between them unless a month says otherwise.
STEADY = {
    "G01": ("1000000", "1000000"), "G02": ("1000", "1000"), "G03": ("1100", "1100"), "G04": ("800000", "800000"),
    "G05": ("700", "700"), "G06": ("60000", "60000"), "G07": ("2.75", "2.75"), "G08": ("10000", "10000"),
    "G09": ("1.00", "1.00"), "G10": ("1.50", "1.50"), "G11": ("12.00", "12.00"), "G14": ("1000", "1000"),
    "G15": ("60.00", "60.00"), "G16": ("80.00", "80.00"), "G18": ("1.20", "1.20"), "S01": ("36.00", "36.00"),
    "S03": ("66.00", "66.00"), "S06": ("10.0", "10.0"), "D01": ("40", "40"), "D02": ("38", "38"),
    "D03": ("40.00", "40.00"), "D04": ("1.5", "1.5"), "V01": ("60.00", "60.00"), "V03": ("0", "0"),
    "V04": ("35.00", "35.00"), "C01": ("40000", "40000"), "C05": ("30.00", "30.00"), "M01": ("98.00", "98.00"),
    "M02": ("97.00", "97.00"), "M03": ("2", "2"), "M05": ("100.00", "100.00"),
}  # fmt: skip
FALLING = {
    "G01": ("900000", "1000000"), "G02": ("950", "1000"), "G03": ("1000", "1100"), "G04": ("600000", "800000"),
    "G05": ("600", "700"), "G06": ("30000", "60000"), "G07": ("2.60", "2.75"), "G08": ("8000", "10000"),
    "G09": ("0.89", "1.00"), "G10": ("1.20", "1.50"), "G11": ("10.00", "12.00"), "G14": ("947.37", "1000"),
    "G15": ("58.00", "60.00"), "G16": ("78.00", "80.00"), "G18": ("1.00", "1.20"), "S01": ("33.00", "36.00"),
    "S03": ("64.00", "66.00"), "S06": ("9.0", "10.0"), "D01": ("38", "40"), "D02": ("36", "38"),
    "D03": ("38.00", "40.00"), "D04": ("1.2", "1.5"), "V01": ("55.00", "60.00"), "V03": ("0", "0"),
    "V04": ("34.00", "35.00"), "C01": ("38000", "40000"), "C05": ("28.00", "30.00"), "M01": ("95.00", "98.00"),
    "M02": ("94.00", "97.00"), "M03": ("1", "2"), "M05": ("100.00", "100.00"),
}  # fmt: skip
BANKS = (bank("B001", "state"), bank("B002", "joint_stock"), bank("B003", "city"))
SHARES = {"B001": Decimal("0.5"), "B002": Decimal("0.3"), "B003": Decimal("0.2")}
HAIDIAN = Member("110108", "海淀区", "海淀", "district", "core", "active")


def board(figures: dict[str, tuple[str, str | None]], rates: tuple[str, str] | None) -> list[str]:
    """Lines of the city: now and a year ago; growth now and in December."""
    lines = []
    for code, (now, before) in figures.items():
        lines.append(f"{NOW} . . {code} {now}")
        if before is not None:
            lines.append(f"{YEAR_AGO} . . {code} {before}")
            lines.append(f"{DECEMBER} . . {code} {before}")
    if rates:
        balance, base = figures["G01"]
        lines += [f"{NOW} . . {code} {rates[0]} {balance} {base}" for code in ("G12", "G17")]
        lines.append(f"{DECEMBER} . . G12 {rates[1]}")
    return lines


def parts(figures: dict[str, tuple[str, str | None]], rate: str | None, banks: tuple[Member, ...]) -> list[str]:
    """Balances of the banks, their groups, a district and the types of right, as shares of the city's."""
    whole = Decimal(figures["G01"][0])
    shares = {each.code: SHARES[each.code] if len(banks) > 1 else Decimal(1) for each in banks}
    lines = []
    for each in banks:
        for scope, entity in (("bank", each.code), ("bank_type", each.group)):
            lines.append(f"{NOW} {scope} {entity} G01 {whole * shares[each.code]}")
            if rate:
                lines.append(f"{NOW} {scope} {entity} G12 {rate} 1 1")
        lines.append(f"{NOW} bank {each.code} S18 -0.10")
    lines.append(f"{NOW} district 110108 G01 {whole}")
    lines += [f"{NOW} ip patent G01 {whole * 8 / 10}", f"{NOW} ip copyright G01 {whole * 2 / 10}"]
    return lines


def made(lines: list[str], banks: tuple[Member, ...]) -> Source:
    members = (*banks, HAIDIAN)
    filings = tuple(
        Filing(each.code, each.short_name if each.kind == "bank" else each.name, each.kind, each.group, "accepted",
               True, True)
        for each in members
    )  # fmt: skip
    scores = tuple(
        Score(each.code, each.short_name, each.kind, each.group, Decimal(80 - 10 * at), None, None, False, None)
        for at, each in enumerate(banks)
    )
    return source("\n".join(lines), members, filings, period=NOW, scores=scores, changes=(), triggers=())


def everything_falls() -> Source:
    return made(board(FALLING, ("-10", "5")) + parts(FALLING, "-10", BANKS), BANKS)


def nothing_changed() -> Source:
    return made(board(STEADY, ("0", "0")) + parts(STEADY, "0", BANKS), BANKS)


def one_single_bank() -> Source:
    return made(board(STEADY, ("0", "0")) + parts(STEADY, "0", BANKS[:1]), BANKS[:1])


def first_month() -> Source:
    first = {code: (now, None) for code, (now, _) in STEADY.items()}
    return made(board(first, None) + parts(first, None, BANKS), BANKS)


def base_of_zero() -> Source:
    """Amounts and counts were zero a year before, so that shares and rates had nothing to be of."""
    zero = {code: (now, "0" if indicator(code).kind == "plain" else None) for code, (now, _) in STEADY.items()}
    return made(board(zero, None) + parts(zero, None, BANKS), BANKS)


MONTHS = {
    "everything-falls": everything_falls,
    "nothing-changed": nothing_changed,
    "one-single-bank": one_single_bank,
    "first-month": first_month,
    "base-of-zero": base_of_zero,
}
