"""What stands above a subset or product: the grant, its agreements, who reviewed and signed, the two keys of a release.

Lives here: reading grants and releases as they stood at a past moment, from their documents and the ledger.
Add here: another document of the scheme that authorizes a use.
Stays out: whether a grant may be used now (``registry.grants``), data sets (``lineage.graph``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from config import clock
from lineage.answers.persons import Persons, Step, last_of, state_after
from registry.models import Agreement, GrantRecord, Release
from scheme.grant import Grant, Term
from scheme.names import product_name

REVIEWS = {"初审通过": "初审", "核准": "终审", "签署生效": "签署"}
KEYS = {"安全审核通过": "安全主管部门审核", "发布审核通过": "区大数据主管部门审核"}


@dataclass(frozen=True)
class AgreementFact:
    """An agreement a grant rests on; ``is_registered``: whether its parties were recorded here."""

    number: str
    kind: str
    grantor: str
    grantee: str
    start: date
    end: date
    is_registered: bool


@dataclass(frozen=True)
class Authorization:
    """A grant as it stood: its parties, agreements, state, and each act on it."""

    grant: str
    version: int
    title: str
    scenario: str
    use_class: str
    state: str
    sha256: str
    valid_from: date
    valid_to: date
    bureau: str
    primary_operator: str
    developer: str
    agreements: list[AgreementFact]
    steps: list[Step]

    @property
    def reviews(self) -> dict[str, Step]:
        """初审, 终审, 签署 → the act, of those done."""
        done = {title: last_of(self.steps, act) for act, title in REVIEWS.items()}
        return {title: step for title, step in done.items() if step}


@dataclass(frozen=True)
class ReleaseFact:
    """One version of a product on its way out, as it stood: its content, state and keys."""

    pk: int
    dataset: str
    product: str
    name: str
    form: str
    grant: str
    content: str
    state: str
    made_at: datetime
    keys: dict[str, Step] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


def authorizations(grants: set[str], until: datetime, persons: Persons) -> list[Authorization]:
    """Return these grants as they stood at a moment, by id; one that was not drafted by then is left out."""
    records = GrantRecord.objects.filter(grant__in=grants).order_by("grant")
    found = [_authorization(r, until, persons) for r in records]
    return [a for a in found if a is not None]


def releases(datasets: set[str], until: datetime, persons: Persons) -> list[ReleaseFact]:
    """Return the releases of these product data sets made by a moment, newest first."""
    found = []
    for release in Release.objects.select_related("grant").filter(made_at__lte=until).order_by("-made_at", "-pk"):
        name = str(product_name(release.grant.grant, release.product))
        if name in datasets:
            found.append(_release(release, name, until, persons))
    return found


def _authorization(record: GrantRecord, until: datetime, persons: Persons) -> Authorization | None:
    steps = persons.steps(f"grant:{record.grant}", until)
    if not steps:
        return None
    document = Grant.model_validate(record.document)
    bureau, primary, developer = document.bureau.name, document.primary_operator.name, document.developer.name
    agreements = [
        _agreement("授权运营协议", document.operation_agreement, bureau, primary),
        _agreement("授权开发协议", document.development_agreement, primary, developer),
    ]
    return Authorization(
        record.grant, record.version, document.title, document.scenario.name, document.scenario.use_class,
        state_after(steps) or "草稿", record.sha256, document.valid_from, document.valid_to, bureau, primary, developer,
        agreements, steps,
    )  # fmt: skip


def _agreement(kind: str, term: Term, grantor: str, grantee: str) -> AgreementFact:
    """As it was registered; else as the signed grant document names it."""
    known = Agreement.objects.select_related("grantor", "grantee").filter(number=term.number).first()
    if known is None:
        return AgreementFact(term.number, kind, grantor, grantee, term.start, term.end, False)
    return AgreementFact(known.number, kind, known.grantor.name, known.grantee.name, known.start, known.end, True)


def _release(release: Release, name: str, until: datetime, persons: Persons) -> ReleaseFact:
    steps = persons.steps(f"release:{release.pk}", until)
    state = state_after(steps) or "待审核"
    keys = {title: last_of(steps, act) for act, title in KEYS.items()}
    return ReleaseFact(
        release.pk, name, release.product, release.name, release.form, release.grant.grant, release.content_sha256,
        state, release.made_at.astimezone(clock.SHANGHAI), {t: s for t, s in keys.items() if s}, steps,
    )  # fmt: skip
