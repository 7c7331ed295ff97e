"""An office at its desks: who the viewers of a load are, and a home of its own in which each of them can sign in."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casework.policy.users import approve_user, propose_user
from contract.settings import Home
from contract.viewer import OWN_ROLES, Viewer
from etl.snapshot.opened import connect
from ledger.access import accounts, passwords
from ledger.access.configured import access_file
from ledger.users import UserDraft
from pages.shell.navigation import SECTIONS

PASSWORD = "负载试验中人人相同的一句话"
SUPERVISORS = ("试验复核人甲", "试验复核人乙")
BUREAU, BANKS, DISTRICTS = 20, 20, 10  # of fifty viewers
OF_ROLE = {"analyst": "分析员", "institution": "报送用户", "district": "区级用户"}


@dataclass(frozen=True)
class Desk:
    """One viewer: the user of the system that it is, and the pages in its menu."""

    viewer: Viewer
    pages: tuple[str, ...]

    @property
    def query(self) -> str:
        """As the demonstration's sign-in takes a role from the address; nothing of it counts for who has signed in."""
        return f"as={'-'.join(filter(None, (self.viewer.role, self.viewer.scope)))}"


def desks(home: Path, viewers: int) -> list[Desk]:
    """So many viewers: two fifths analysts, two fifths banks, one fifth districts, of the demonstration in a home."""
    with connect(Home(home).current_snapshot()) as connection:
        rows = connection.execute("SELECT DISTINCT kind, code FROM member ORDER BY code").fetchall()
    codes = {role: [code for kind, code in rows if kind == own] for role, own in OWN_ROLES.items()}
    places = [("analyst", "")] * BUREAU
    places += [("institution", code) for code in codes["institution"][:BANKS]]
    places += [("district", code) for code in codes["district"][:DISTRICTS]]
    return [_desk(number, *places[number % len(places)]) for number in range(viewers)]


def _desk(number: int, role: str, scope: str) -> Desk:
    name = f"试验{OF_ROLE[role]}{number + 1}"
    viewer = Viewer(name, name, role, scope)
    entries = (entry for listed in SECTIONS.values() for entry in listed)
    return Desk(viewer, tuple(entry.address for entry in entries if entry.open_to(viewer)))


def open_office(demonstration: Path, folder: Path, public: str, seated: Sequence[Desk]) -> Path:
    """A copy of a home in a folder, where each of these has an account, by two persons as the ledger wants it, and
    nobody comes in without; it answers at `public`, behind a proxy of this machine."""
    home = Home(Path(shutil.copytree(demonstration, folder / "home")))
    wanted = [UserDraft(name, "supervisor", reason="负载试验") for name in SUPERVISORS]
    wanted += [_draft(desk.viewer) for desk in seated]
    first = [propose_user(home, draft, "试验一").id for draft in wanted[:2]]
    for number in first:
        approve_user(home, number, "试验二")
    for draft in wanted[2:]:
        approve_user(home, propose_user(home, draft, SUPERVISORS[0]).id, SUPERVISORS[1])
    kept = passwords.kept(PASSWORD)
    for desk in seated:
        accounts.keep(home, desk.viewer.name, password=kept)
    configuration = access_file(home)
    configuration.write_text(
        f'sign_in = ["accounts"]\n[server]\npublic = "{public}"\nproxies = ["127.0.0.1"]\n', encoding="utf-8"
    )
    configuration.chmod(0o600)
    return home.root


def _draft(viewer: Viewer) -> UserDraft:
    return UserDraft(viewer.name, viewer.role, viewer.scope, reason="负载试验")
