"""Persons and acts as the ledger recorded them.

Lives here: an account's name and organisation, and the acts done on one object up to a moment.
Add here: another reading of the ledger that answers need.
Stays out: appending to the ledger (``registry.audit``), one account's whole record (``lineage.answers.acts``).

State follows from the acts, so it can be told for any past moment; the tables themselves only know today's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from config import clock
from registry.models import Account, AuditEvent

SYSTEM = "system"


@dataclass(frozen=True)
class Person:
    """Somebody who did something; ``name``: as the account is titled, ``organisation``: of its party."""

    username: str
    name: str
    organisation: str = ""


@dataclass(frozen=True)
class Step:
    """One recorded act on an object; ``becomes``: the state it led to, if it changed one."""

    seq: int
    act: str
    by: Person
    at: datetime
    becomes: str = ""
    reason: str = ""


class Persons:
    """Accounts by user name, read once for an answer."""

    def __init__(self) -> None:
        self._known: dict[str, Person] = {SYSTEM: Person(SYSTEM, "系统自动办理")}

    def __call__(self, username: str) -> Person:
        """Return the person of a user name; one that no account has any more keeps its user name."""
        if username not in self._known:
            account = Account.objects.select_related("party").filter(username=username).first()
            self._known[username] = _person(account) if account else Person(username, username)
        return self._known[username]

    def steps(self, on: str, until: datetime) -> list[Step]:
        """Return the acts recorded on an object up to a moment, oldest first."""
        found = AuditEvent.objects.filter(object=on, at__lte=until).order_by("seq")
        return [
            Step(
                e.seq, e.action, self(e.actor), e.at.astimezone(clock.SHANGHAI), _text(e, "becomes"), _text(e, "reason")
            )
            for e in found
        ]


def state_after(steps: list[Step]) -> str:
    """Return the state the last act that changed one led to, or an empty string."""
    return next((s.becomes for s in reversed(steps) if s.becomes), "")


def last_of(steps: list[Step], *acts: str) -> Step | None:
    """Return the last of these acts, or None."""
    return next((s for s in reversed(steps) if s.act in acts), None)


def _person(account: Account) -> Person:
    return Person(
        account.username, account.display_name or account.username, account.party.name if account.party else ""
    )


def _text(event: AuditEvent, key: str) -> str:
    found = event.detail.get(key, "") if isinstance(event.detail, dict) else ""
    return found if isinstance(found, str) else ""
