"""What was asked: about what, as of when, as known when, what for.

Lives here: reading a question from plain words, whoever asks (page, API, command line).
Add here: another limit of a question that every answer obeys.
Stays out: answering (one module a question), who may ask (``lineage.access``).

``at`` is when something held, ``known`` is what had been recorded by then: the latter cuts the log at a sequence and
the ledger of acts at a moment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from config import clock
from lineage.models import Event, microseconds

_LONGEST = 1000


class QuestionError(ValueError):
    """A question cannot be answered as it was put; ``sentence`` says so in Chinese."""

    def __init__(self, message: str, sentence: str) -> None:
        super().__init__(message)
        self.sentence = sentence


@dataclass(frozen=True)
class Asked:
    """One question. ``at`` None: now; ``known_seq``, ``known_at`` None: all that is recorded."""

    node: str
    column: str | None = None
    at: datetime | None = None
    known_seq: int | None = None
    known_at: datetime | None = None
    purpose: str = ""

    @cached_property
    def until(self) -> datetime:
        """The moment up to which acts of persons count."""
        return min(m for m in (self.at, self.known_at, clock.now()) if m is not None)

    def about(self, node: str) -> Asked:
        """Return the same question about another data set, or about none yet."""
        return replace(self, node=node.strip())

    def detail(self) -> dict[str, str | int]:
        """Return what the ledger keeps of the question beside the node and the purpose."""
        stated = {
            "column": (self.column or "")[:100],
            "at": self.at.isoformat() if self.at else "",
            "known_seq": self.known_seq if self.known_seq is not None else "",
        }
        return {name: value for name, value in stated.items() if value != ""}


def asked(node: str, *, column: str = "", at: str = "", known: str = "", purpose: str = "") -> Asked:
    """Return a question put in words; ``at``: ISO 8601; ``known``: ISO 8601 or a sequence of the log.

    Raises:
        QuestionError: a time or sequence cannot be read, or a name is too long.
    """
    if not node.strip() or len(node) > _LONGEST or len(column) > _LONGEST:
        raise QuestionError("name a data set zone.schema.table", "请填写数据集名称。")
    known_seq, known_at = _known(known.strip())
    return Asked(
        node.strip(), column.strip() or None, moment_of(at, "--at", "时点"), known_seq, known_at, purpose.strip()[:200]
    )


def moment_of(text: str, option: str, title: str) -> datetime | None:
    """Return a moment written as ISO 8601, in Asia/Shanghai if it names no zone; None for an empty text.

    Raises:
        QuestionError: it cannot be read.
    """
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        found = found if found.tzinfo else found.replace(tzinfo=clock.SHANGHAI)
        return found.astimezone(clock.SHANGHAI)
    except (ValueError, OverflowError):
        raise QuestionError(
            f"{option} is not an ISO 8601 time: {text[:40]!r}", f"{title}应写作 2026-09-24 或 2026-09-24T09:30。"
        ) from None


def _known(text: str) -> tuple[int | None, datetime | None]:
    if not text:
        return None, None
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text), _received(int(text))
    known_at = moment_of(text, "--known", "已知至")
    return (_last_seq(known_at), known_at) if known_at else (None, None)


def _received(seq: int) -> datetime | None:
    event = Event.objects.filter(seq__lte=seq).order_by("-seq").only("received_us").first()
    return event.received_at.astimezone(clock.SHANGHAI) if event else None


def _last_seq(known_at: datetime) -> int:
    found = Event.objects.filter(received_us__lte=microseconds(known_at)).order_by("-seq").values_list("seq", flat=True)
    return found.first() or 0
