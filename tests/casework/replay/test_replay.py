"""The ledger replayed: what acts have left passes in silence, and of each kind of event a forged one is named."""

from __future__ import annotations

import ast
import importlib
import shutil
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path

import pytest

from casework.decisions import incidents, rectification, steps
from casework.giving import requests
from casework.month import followups, meetings, reminders
from casework.papers.made_letters import case_letters
from casework.policy import references
from casework.policy.changes import approve_policy, propose_policy, propose_value, reject_policy
from casework.policy.users import approve_user, propose_user, reject_user
from casework.replay.replay import kinds, read_kinds, strange_events
from contract.errors import DeclarationError, LedgerError
from contract.settings import PROJECT, Home
from contract.viewer import Viewer
from etl.checks.rule_changes import Change
from etl.checks.rule_proposals import approve as approve_rule
from etl.checks.rule_proposals import propose as propose_rule
from etl.checks.rule_proposals import reject as reject_rule
from ledger.events import Entry, Ledger
from ledger.givings import GivingDraft
from ledger.incidents import incident_kind
from ledger.users import UserDraft
from metrics.evaluation.card_changes import items_of
from metrics.evaluation.policy_proposals import PolicyDraft
from metrics.targets.reference_series import series_of
from tests.casework.pilots import Pilot, file
from tests.casework.policy.test_policy import TWO_ITEMS
from tests.casework.replay.forgeries import FORGERIES, PAPER, RECEIPT, TODAY, USER, VALUE, World
from tests.casework.rounding import ROUND, Rounding
from tests.casework.test_two_persons import ACTS, OTHER, Act

AT = datetime(2026, 2, 20, 9)


def strange(pilot: Pilot) -> list[str]:
    return strange_events(pilot.home, pilot.ledger.events())


def forge(pilot: Pilot, kind: str, actor: str, subject: str, /, **payload: object) -> int:
    """Appends an event as who may write to the file can, with the right hash; gives its number."""
    (event,) = pilot.ledger.append(AT, [Entry(kind, actor, subject, payload)])
    return event.seq


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    with pytest.MonkeyPatch.context() as monkeypatch:
        return _made(Pilot(Home(tmp_path_factory.mktemp("replayed") / "home"), monkeypatch))


@pytest.fixture
def world(made: World, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Acts of the month, done as people do them; nobody is registered. Each test has its own copy."""
    shutil.copytree(made.pilot.home.root, own_home, dirs_exist_ok=True)
    pilot = Pilot(Home(own_home), monkeypatch, admits=False)
    pilot.at(TODAY)
    return replace(made, pilot=pilot)


def _made(pilot: Pilot) -> World:
    home = pilot.home
    pilot.at("2026-02-02")
    watch = pilot.propose("watch", "B001", "2026-02-02").id
    leaving = pilot.propose("exit", "110108", "2026-03-30").id
    steps.notice(home, leaving, "甲")
    limit = pilot.decide("rectify", "B002", "2026-02-02").id
    pilot.at("2026-02-10")
    rectification.plan(home, limit, file("方案"), "甲")
    value = propose_value(home, "x03_score", Decimal(55), date(2026, 7, 1), "试1号", "", "甲").id
    user = propose_user(home, UserDraft("孙", "supervisor", reason="首次登记"), "甲").id
    rule = propose_rule(pilot.ledger, Change("V-B1-115", "2026-09", "off", "演示〔2026〕9号", "", "甲")).seq
    violation = incidents.record(home, incident_kind("violation"), "B001", file("核查"), "甲").id
    meetings.record(home, date(2026, 2, 9), file("纪要"), [meetings.Outcome("核实", "B001", date(2026, 2, 25))], "甲")
    task = followups.add(home, "decision", str(watch), "说明", "B001", date(2026, 2, 25), "甲").id
    reminder = reminders.remind(home, "B001", "2026-01", "telephone", "联系人", "甲").id
    references.enter(home, series_of("lpr_1y"), "2026-01", "3.0", "同业拆借中心", "甲")
    giving = requests.request(home, GivingDraft("某局", "核查", "名单", "sensitive", 1, 1), file("名单"), "甲").id
    return World(pilot, watch, leaving, limit, value, user, rule, violation, task, reminder, giving)


def test_what_acts_have_left_passes_in_silence(world: World):
    home = world.pilot.home
    case_letters(home, world.exit, "甲")
    steps.answer(home, world.exit, file("答复"), "甲")
    steps.consult(home, world.exit, "agreed", file("纪要"), "甲")
    steps.approve(home, world.exit, "乙")
    steps.reject(home, world.watch, "乙", "依据不足")
    rectification.accept(home, world.limit, True, "到位", file("核查"), "乙")
    case_letters(home, world.limit, "甲")
    incidents.confirm(home, world.violation, "B001", file("认定"), "乙")
    incidents.annul(home, world.violation, "B001", file("更正"), "甲")
    approve_policy(home, world.value, "乙")
    reject_policy(
        home, propose_value(home, "x03_score", Decimal(50), date(2026, 8, 1), "试2号", "", "甲").id, "乙", "否"
    )
    approve_rule(world.pilot.ledger, world.rule, "乙")
    other = propose_rule(world.pilot.ledger, Change("V-B1-115", "2026-10", "Q", "演示〔2026〕9号", "", "甲")).seq
    reject_rule(world.pilot.ledger, other, "甲", "撤回")
    reminders.record_answer(home, world.reminder, "次日补报", "甲")
    followups.answer(home, world.task, "已核实", "甲", [file("材料")])
    followups.close(home, world.task, "属实", "乙")
    followups.reopen(home, world.task, "再核", "甲")
    followups.postpone(home, world.task, date(2026, 3, 2), "工作量大", "甲")
    requests.approve(home, world.giving, "乙")
    requests.hand_out(home, world.giving, "甲")
    kept_back = requests.request(home, GivingDraft("某局", "核查", "名单", "other"), file("名单"), "甲").id
    requests.reject(home, kept_back, "乙", "不必要")
    world.pilot.ledger.change_hash_function(AT, "sm3", "甲")
    assert strange(world.pilot) == []


def test_registered_users_pass_and_those_who_are_not_do_not(world: World):
    home = world.pilot.home
    second = propose_user(home, UserDraft("周", "supervisor", reason="首次登记"), "甲").id
    approve_user(home, world.user, "乙")
    approve_user(home, second, "乙")
    for name, role, scope in (("郑", "analyst", ""), ("王行", "institution", "B001")):
        approve_user(home, propose_user(home, UserDraft(name, role, scope, reason="到岗"), "孙").id, "周")
    reject_user(home, propose_user(home, UserDraft("吴", "admin", reason="到岗"), "孙").id, "周", "未到岗")
    followups.answer(home, world.task, "已核实", Viewer("王行", "王行", "institution", "B001"))
    steps.reject(home, world.watch, "孙", "依据不足")
    assert strange(world.pilot) == []
    number = forge(world.pilot, "annulment", "甲", "B001", incident=world.violation, paper=PAPER)
    assert strange(world.pilot) == [
        f"台账第{number}号事件（事件撤销，B001，甲）不是经办理产生的：没有使用者“甲”，或已停用"
    ]


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_every_act_of_two_persons_passes(act: Act, request: pytest.FixtureRequest):
    world, *_ = (request.getfixturevalue(name) for name in act.world)
    home = world.home
    act.prepare(world, "王")(OTHER)
    events = Ledger(home.ledger).events()
    by_people = [event for event in events if event.kind not in ("submission", "publication")]
    published = [event for event in events if event.kind == "publication"]
    own = by_people if "version" in act.world else sorted([*by_people, *published], key=lambda event: event.seq)
    assert strange_events(home, own) == []  # the receipts of these homes are made by hand


def test_a_round_passes_with_all_that_is_said_in_it(rounding: Rounding):
    rounding.go_to("feedback")
    rounding.uphold(rounding.object_to("B002", "S18"), "2.5")
    rounding.take("review")
    rounding.take("final")
    assert strange(rounding.pilot) == []
    facts = {"period": ROUND, "step": "notify", "on": rounding.pilot.ledger.events()[-1].at.date().isoformat()}
    number = forge(rounding.pilot, "round", "甲", ROUND, document_no="", note="", **facts)
    assert [line[: len(f"台账第{number}号")] for line in strange(rounding.pilot)] == [f"台账第{number}号"]


def test_a_forgery_of_every_kind_is_tried():
    assert FORGERIES.keys() == kinds().keys()


@pytest.mark.parametrize(
    ("kind", "words"), [(kind, words) for kind, forged in FORGERIES.items() for words in forged], ids=str
)
def test_a_forged_event_is_named(world: World, kind: str, words: str):
    if kind == "demonstration":
        forge(world.pilot, "submission", "甲", "B001", **RECEIPT, version=1)
    actor, subject, facts = FORGERIES[kind][words](world)
    number = forge(world.pilot, kind, actor, subject, **facts)
    if kind == "hash_function":  # which the chain itself does not bear
        with pytest.raises(LedgerError, match=f"第{number}号"):
            world.pilot.ledger.verify()
    else:
        world.pilot.ledger.verify()
    (line,) = strange(world.pilot)
    assert line.startswith(f"台账第{number}号事件（{kinds()[kind].name}")
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(line)


def test_an_event_of_no_kind_is_named(world: World):
    number = forge(world.pilot, "gift", "甲", "B001")
    assert strange(world.pilot) == [f"台账第{number}号事件（gift，B001，甲）不是经办理产生的：没有这种事件"]


def test_what_rests_on_a_forged_event_is_named_as_well(world: World):
    """A supervisor whom nobody has approved approves nothing."""
    second = propose_user(world.pilot.home, UserDraft("周", "supervisor", reason="首次登记"), "甲").id
    for number, approver in ((world.user, "乙"), (second, "丙")):
        approve_user(world.pilot.home, number, approver)
    forged = forge(world.pilot, "user", "乙", "钱", **USER)
    rejected = forge(world.pilot, "rejection", "钱", "B001", proposal=world.watch, on=TODAY, reason="不妥")
    lines = strange(world.pilot)
    assert [line.partition("号")[0] for line in lines] == [f"台账第{forged}", f"台账第{rejected}"]
    assert lines[1].endswith("没有使用者“钱”，或已停用")


def test_changes_that_stand_or_fall_together_are_all_there_or_named(world: World):
    pilot = world.pilot
    items = items_of("bank", TWO_ITEMS, "试")
    draft = PolicyDraft({"x03_score": Decimal(50)}, date(2026, 8, 1), "试2号", {"bank": items})
    number = propose_policy(pilot.home, draft, "甲").id
    facts = {"name": "x03_score", "value": "50", "effective_from": "2026-08-01", "document_no": "试2号", "reason": ""}
    persons = {"proposal": number, "proposer": "甲", "approver": "乙", "decided_on": TODAY}
    sound = pilot.ledger.events()
    approve_policy(pilot.home, number, "乙")
    assert strange(pilot) == []
    half = [*sound, next(event for event in pilot.ledger.events("parameter") if event.payload == facts | persons)]
    (line,) = strange_events(pilot.home, half)
    assert line.startswith(f"台账缺少第{half[-1].seq + 1}号事件：应为乙对bank的评分表变更")


def test_a_second_approval_of_one_proposal_is_named(world: World):
    facts = {"proposal": world.value, "proposer": "甲", "approver": "乙", "decided_on": TODAY}
    forge(world.pilot, "parameter", "乙", "x03_score", **VALUE, **facts)
    assert strange(world.pilot) == []
    number = forge(world.pilot, "parameter", "乙", "x03_score", **VALUE, **facts)
    (line,) = strange(world.pilot)
    assert line.startswith(f"台账第{number}号") and "已于2026-02-20由乙批准" in line


@pytest.mark.parametrize("judge", ["casework.replay.nowhere:user", "casework.replay.acts:nothing", "acts"])
def test_a_kind_that_nothing_judges_is_refused(tmp_path: Path, judge: str):
    path = tmp_path / "replay.csv"
    path.write_text(f"kind,name,day,level,area,callable\nuser,使用者,,other,approve,{judge}\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match="replay.csv第2行"):
        read_kinds(path)


def test_every_kind_that_the_code_appends_is_judged():
    """The kinds named where an `Entry` is made or an act appends, in text or by a name of the module; what the audit
    records is in a chain of its own, and no act.
    """
    appended, audit = set(), PROJECT / "ledger" / "audit.py"
    paths = chain.from_iterable((PROJECT / package).rglob("*.py") for package in ("ledger", "etl", "casework"))
    for path in (path for path in paths if path != audit):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        module = importlib.import_module(".".join(path.relative_to(PROJECT).with_suffix("").parts))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) >= 3):
            made = isinstance(call.func, ast.Name) and call.func.id == "Entry"
            acted = isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "held.append"
            if made or acted:
                first = call.args[0]
                named = first.value if isinstance(first, ast.Constant) else getattr(module, ast.unparse(first), None)
                appended |= {named} - {None}
    assert {"decision", "user", "round", "policy_proposal", "hash_function"} <= appended <= kinds().keys()


def test_the_demonstration_passes_in_silence_and_a_forgery_in_it_does_not(demo_home: Path, own_home: Path):
    shutil.copytree(demo_home / "archive", own_home / "archive")
    shutil.copy(demo_home / "ledger.db", own_home)
    home, ledger = Home(own_home), Ledger(own_home / "ledger.db")
    assert strange_events(home, ledger.events()) == []
    kept = ledger.events("proposal")[-1]
    facts = {"proposal": kept.seq, "on": "2026-11-16", "reason": "不妥"}
    (event,) = ledger.append(kept.at, [Entry("rejection", kept.actor, kept.subject, facts)])
    (line,) = strange_events(home, ledger.events())
    assert line.startswith(f"台账第{event.seq}号事件") and "须由另一人驳回" in line
