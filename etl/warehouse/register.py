"""What the ledger knows when a load begins, kept up to date as versions are added."""

from __future__ import annotations

from dataclasses import dataclass, field

from contract.parameters import Parameters
from contract.settings import Home
from etl.checks.rule_changes import Changes, changes_at
from etl.feedback.explanations import KINDS
from ledger.events import Event, Ledger
from ledger.policy import parameters_at
from ledger.roster import Member, members


@dataclass(frozen=True)
class KnownVersion:
    """A version that has its number; `broke` are the checks that could not be run when it was judged."""

    number: int
    broke: frozenset[str]


@dataclass
class Register:
    """Members by code, what was said about findings, changes of the rule book, policy; and all versions so far."""

    members: dict[str, Member]
    said: list[Event]
    changes: Changes
    parameters: Parameters
    _versions: dict[tuple[str, str], dict[str, KnownVersion]] = field(default_factory=dict)  # by content hash

    @classmethod
    def of(cls, home: Home, ledger: Ledger) -> Register:
        listed, said = members(ledger.events("decision")), ledger.events(*KINDS)
        register = cls(listed, said, changes_at(home), parameters_at(home))
        for event in ledger.events("submission"):
            facts = event.payload
            broke = frozenset(entry["check"] for entry in facts.get("rule_faults", []))
            versions = register._of(facts["submitter"], facts["period"])
            versions[facts["content_hash"]] = KnownVersion(facts["version"], broke)
        return register

    def last_version(self, submitter: str, period: str) -> int:
        """The number of the latest version, 0 where there is none."""
        return max((version.number for version in self._of(submitter, period).values()), default=0)

    def version_with(self, submitter: str, period: str, content_hash: str) -> KnownVersion | None:
        """The latest version of a submission that has these bytes."""
        return self._of(submitter, period).get(content_hash)

    def add_version(self, submitter: str, period: str, content_hash: str, broke: frozenset[str]) -> int:
        """Gives a version the next number."""
        number = self.last_version(submitter, period) + 1
        self._of(submitter, period)[content_hash] = KnownVersion(number, broke)
        return number

    def _of(self, submitter: str, period: str) -> dict[str, KnownVersion]:
        return self._versions.setdefault((submitter, period), {})
