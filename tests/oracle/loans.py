"""Indicators of loans, from the sets A, Y and W of one entity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.oracle.sets import View
from tests.oracle.world import Figure, Member, Row, first_day, months_after, plain, quotient

SMALL_LOAN = Decimal(1000)  # 千万元以下, the number itself included
OWN_VALUATION = ("internal", "negotiated")
STOCK_BY_TYPE, FLOW_BY_TYPE = ("G01", "G02", "G03", "G08", "G09"), ("G04",)

Keep = Callable[[Row], bool]


@dataclass(frozen=True)
class Loans:
    """The loans of one entity and period, each with its bank."""

    period: str
    active: Sequence[tuple[str, Row]]
    disbursed: Sequence[tuple[str, Row]]
    lost: Sequence[tuple[str, Row]]

    def only(self, keep: Keep) -> Loans:
        kept = ([pair for pair in pairs if keep(pair[1])] for pairs in (self.active, self.disbursed, self.lost))
        return Loans(self.period, *kept)


def loans_of(view: View) -> Loans:
    return Loans(view.period, view.active, view.disbursed, view.lost)


def total(rows: Sequence[Row], column: str) -> Decimal:
    return sum((row[column] for row in rows), Decimal(0))


def firms(rows: Sequence[Row]) -> int:
    return len({row["uscc"] for row in rows})


def days(rows: Sequence[Row], since: str, until: str) -> int:
    return sum((row[until] - row[since]).days for row in rows)


def _share(rows: Sequence[Row], keep: Keep, column: str | None = None) -> Figure:
    """The rows kept among all, by number or by the sum of a column."""
    kept = [row for row in rows if keep(row)]
    return quotient(total(kept, column), total(rows, column)) if column else quotient(len(kept), len(rows))


def _mean_days(rows: Sequence[Row], since: str, until: str) -> Figure:
    return quotient(days(rows, since, until), len(rows), times=1)


def _weighted(rows: Sequence[Row], measure: Callable[[Row], Decimal | int]) -> Figure:
    """The mean of a measure, weighted by the amount lent."""
    return quotient(sum((row["amount"] * measure(row) for row in rows), Decimal(0)), total(rows, "amount"), times=1)


def is_bad(loan: Row) -> bool:
    return loan["risk_class"] in ("3", "4", "5")


def is_long(loan: Row) -> bool:
    return loan["matures_on"] > months_after(loan["disbursed_on"], 12)


def kind_of(loan: Row) -> str:
    """The type of right, or `mixed` where there are several."""
    return "mixed" if "," in loan["ip_types"] else loan["ip_types"]


def _is_own(loan: Row) -> bool:
    return loan["valuation_method"] in OWN_VALUATION


def above_ceiling(member: Member, loan: Row) -> bool:
    """Valued by the bank itself or by agreement, above what it was permitted on the day of approval."""
    return _is_own(loan) and loan["amount"] > member.ceiling_on(loan["approved_on"])


def _speed(disbursed: Sequence[Row]) -> Figure:
    """S08: by how much the green channel is faster than the usual way."""
    green = [loan for loan in disbursed if loan["green_channel"]]
    usual = [loan for loan in disbursed if not loan["green_channel"]]
    green_days, usual_days = (days(rows, "loan_applied_on", "approved_on") for rows in (green, usual))
    return quotient(usual_days * len(green) - green_days * len(usual), usual_days * len(green))


def _stock(active: Sequence[Row], lost: Sequence[Row]) -> dict[str, Figure]:
    bad = [loan for loan in active if is_bad(loan)]
    balance, bad_balance, gone = total(active, "balance"), total(bad, "balance"), total(lost, "closed_amount")
    return {
        "G01": plain(balance),
        "G02": plain(firms(active)),
        "G03": plain(len(active)),
        "G08": plain(bad_balance),
        "G09": quotient(bad_balance, balance),
        "G10": _share(active, lambda loan: loan["overdue_days"] > 0, "balance"),
        "G14": quotient(balance, firms(active), times=1),
        "G15": _share(active, lambda loan: loan["size"] in ("small", "micro"), "balance"),
        "G16": _share(active, lambda loan: loan["tech"] != "none", "balance"),
        "G18": quotient(bad_balance + gone, balance + gone),
        "S01": _share(active, is_long, "balance"),
        "S03": _share(active, lambda loan: loan["sei"] != "0", "balance"),
        "S04": _share(active, lambda loan: loan["pure_ip"], "balance"),
        "S20": _share(active, lambda loan: loan["renewal"], "balance"),
        "C05": _share(active, lambda loan: loan["risk_share"] != "none", "balance"),
    }


def _flow(disbursed: Sequence[Row], period: str) -> dict[str, Figure]:
    small = [loan for loan in disbursed if loan["amount"] <= SMALL_LOAN]
    external = [loan for loan in disbursed if loan["valuation_method"] == "external"]
    return {
        "G04": plain(total(disbursed, "amount")),
        "G05": plain(firms(disbursed)),
        "G06": plain(total([loan for loan in disbursed if loan["disbursed_on"] >= first_day(period)], "amount")),
        "G07": _weighted(disbursed, lambda loan: loan["rate"]),
        "G11": _share(disbursed, lambda loan: loan["first_loan"]),
        "G19": plain(total([loan for loan in disbursed if loan["renewal"]], "amount")),
        "D03": _share(disbursed, lambda loan: loan["one_stop"]),
        "D04": _mean_days(disbursed, "pledge_applied_on", "registered_on"),
        "V01": _share(small, _is_own),
        "V02": _share(small, _is_own, "amount"),
        "V04": quotient(total(disbursed, "amount"), total(disbursed, "valuation")),
        "V05": quotient(total(external, "valuation_fee"), total(external, "valuation")),
        "S02": _weighted(disbursed, lambda loan: (loan["matures_on"] - loan["disbursed_on"]).days),
        "S06": _mean_days(disbursed, "loan_applied_on", "approved_on"),
        "S07": _share(disbursed, lambda loan: loan["green_channel"]),
    }


def loan_figures(loans: Loans) -> dict[str, Figure]:
    """What a bank, a group, the city and a district have alike."""
    active, disbursed, lost = ([loan for _, loan in pairs] for pairs in (loans.active, loans.disbursed, loans.lost))
    return _stock(active, lost) | _flow(disbursed, loans.period)


def bank_loan_figures(loans: Loans, members: dict[str, Member]) -> dict[str, Figure]:
    """What only a bank, a group and the city have: V03 and S08."""
    above = sum(above_ceiling(members[bank], loan) for bank, loan in loans.disbursed)
    return {"V03": plain(above), "S08": _speed([loan for _, loan in loans.disbursed])}


def type_figures(loans: Loans) -> dict[str, dict[str, Figure]]:
    """Type of right, or `mixed` → indicators of the scope `ip`, for the types that the set holds."""
    found = {}
    for kind in {kind_of(loan) for _, loan in (*loans.active, *loans.disbursed)}:
        own = loans.only(lambda loan, kind=kind: kind_of(loan) == kind)
        figures = loan_figures(own)
        codes = (STOCK_BY_TYPE if own.active else ()) + (FLOW_BY_TYPE if own.disbursed else ())
        found[kind] = {code: figures[code] for code in codes}
    return found
