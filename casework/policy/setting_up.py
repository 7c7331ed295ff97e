"""How far an office has come with putting the system to use: list, day of filing, policy, users, first file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from contract.calendar import SWITCH
from contract.parameters import DEMONSTRATION, Parameters
from contract.settings import Home
from contract.viewer import Viewer, own_only
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.people import USER, users
from ledger.policy import parameters_of
from ledger.roster import filing_from, members
from ledger.users import FEWEST_SUPERVISORS, supervisors
from metrics.evaluation.policy_proposals import EVENTS, policy_proposals

AREA = "propose"  # of `data/access.csv`: who puts the system to use
LIST, DAY, POLICY, USERS, FILE = "list", "day", "policy", "users", "file"


@dataclass(frozen=True)
class Step:
    """One thing to be done before the system is in use, whether it is, and how it stands, in words."""

    code: str
    name: str
    done: bool
    says: str


def setting_up(viewer: Viewer, home: Home) -> tuple[Step, ...]:
    """The steps in the order in which they are taken, by the ledger as it stands now.

    Raises AccessDenied where the viewer's role puts nothing to use.
    """
    own_only(viewer, AREA)
    if not home.ledger.exists():
        return tuple(Step(code, name, False, "尚未办理") for code, name in NAMES.items())
    ledger = Ledger(home.ledger)
    return tuple(Step(code, name, *TELLS[code](ledger)) for code, name in NAMES.items())


def go_live(parameters: Parameters) -> date | None:
    """The first day from which reports are required, where policy has set one."""
    return min((value.effective_from for value in parameters.history[SWITCH] if value.value), default=None)


def _listed(ledger: Ledger) -> tuple[bool, str]:
    count = len(members(ledger.events("decision")))
    return count > 0, f"名单上有{count}家" if count else "名单上还没有成员"


def _day(ledger: Ledger) -> tuple[bool, str]:
    since = go_live(parameters_of(ledger))
    if since:
        return True, f"自{since}起施行，此前截止的报送期不计迟报、未报"
    proposed = policy_proposals(ledger.events(*EVENTS)).values()
    named = filing_from(ledger.events("decision"))
    until = f"自登记名单时所定的{named}起计迟报、未报" if named else "各期截止日都计迟报、未报"
    if any(proposal.status == "proposed" and SWITCH in proposal.draft.values for proposal in proposed):
        return False, f"已提出，待另一人批准；批准前{until}"
    return False, f"尚未以文件确定；确定前{until}"


def _policy(ledger: Ledger) -> tuple[bool, str]:
    now = parameters_of(ledger).at(reference_time(ledger).date())
    unset = sum(entry.document_no == DEMONSTRATION for name, entry in now.entries.items() if name != SWITCH)
    if unset:
        return False, f"{unset}项仍为演示参数（截止日、月度安排、等级、预警阈值等），须逐项以文件确定"
    return True, f"{len(now)}项参数均有文号"


def _users(ledger: Ledger) -> tuple[bool, str]:
    known = users(ledger.events(USER))
    number = supervisors(known)
    said = f"已登记{len(known)}人，其中复核人{number}人"
    return number >= FEWEST_SUPERVISORS, said if number >= FEWEST_SUPERVISORS else f"{said}；至少须有两名复核人"


def _filed(ledger: Ledger) -> tuple[bool, str]:
    count = len(ledger.events("submission"))
    return count > 0, f"已收到{count}份报送" if count else "还没有收到报送"


NAMES = {LIST: "试点名单", DAY: "报送要求施行日", POLICY: "月历与政策参数", USERS: "使用者", FILE: "首份报送"}
TELLS: dict[str, Callable[[Ledger], tuple[bool, str]]] = {
    LIST: _listed, DAY: _day, POLICY: _policy, USERS: _users, FILE: _filed,
}  # fmt: skip
