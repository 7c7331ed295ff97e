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
    content_hash: str
    is_accepted: bool
    broke: frozenset[str]


@dataclass
class Register:
    """Members by code, what was said about findings, changes of the rule book, policy; and all versions so far."""

    members: dict[str, Member]
    said: list[Event]
    changes: Changes
    parameters: Parameters
    _versions: dict[tuple[str, str], list[KnownVersion]] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Home, ledger: Ledger) -> Register:
        listed, said = members(ledger.events("decision")), ledger.events(*KINDS)
        register = cls(listed, said, changes_at(home), parameters_at(home))
        for event in ledger.events("submission"):
            facts = event.payload
            broke = frozenset(entry["check"] for entry in facts.get("rule_faults", []))
            accepted = facts["verdict"] != "returned"
            versions = register._of(facts["submitter"], facts["period"])
            versions.append(KnownVersion(facts["version"], facts["content_hash"], accepted, broke))
        return register

    def version_in_force(self, submitter: str, period: str) -> int:
        """The number of the version that counts, the last accepted one; 0 where there is none."""
        return max((version.number for version in self._of(submitter, period) if version.is_accepted), default=0)

    def version_with(self, submitter: str, period: str, content_hash: str) -> KnownVersion | None:
        """The latest version of a submission that has these bytes."""
        same = [version for version in self._of(submitter, period) if version.content_hash == content_hash]
        return max(same, key=lambda version: version.number, default=None)

    def add_version(
        self, submitter: str, period: str, content_hash: str, is_accepted: bool, broke: frozenset[str]
    ) -> int:
        """Gives a version the next number."""
        versions = self._of(submitter, period)
        number = max((version.number for version in versions), default=0) + 1
        versions.append(KnownVersion(number, content_hash, is_accepted, broke))
        return number

    def _of(self, submitter: str, period: str) -> list[KnownVersion]:
        return self._versions.setdefault((submitter, period), [])
