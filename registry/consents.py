"""公用企业同意: which enterprises a grant document needs, what each said of exactly this document（【其他数据】）.

Lives here: asking, and what is still missing. A consent holds for one digest of the document: another version of the
document needs another one.
Add here: another question about recorded consents.
Stays out: the enterprise's own acts (``registry.consent_acts``), papers named in the document (``scheme.grant_rules``).
"""

from __future__ import annotations

from config import clock
from config.settings import settings
from registry import audit
from registry.models import Account, GrantRecord, UtilityConsent
from registry.states import RefusedError
from scheme.catalog import Catalog
from scheme.catalog_files import load_catalog
from scheme.grant import Grant
from scheme.grant_uses import utility_uses
from scheme.legal_basis import basis

AGREED = "已同意"


def needed(record: GrantRecord, catalog: Catalog) -> list[str]:
    """Return the public utilities whose consent the present document needs."""
    return sorted(utility_uses(Grant.model_validate(record.document), catalog))


def ask(record: GrantRecord, *, by: Account) -> None:
    """Open a request to each enterprise that was not asked about this very document yet."""
    for department in needed(record, load_catalog(settings().catalog)):
        consent, is_new = UtilityConsent.objects.get_or_create(
            grant=record, grant_sha256=record.sha256, department=department,
            defaults={"version": record.version, "state": "待同意", "asked_at": clock.now()},
        )  # fmt: skip
        if is_new:
            detail = {"department": department, "sha256": record.sha256}
            audit.append(by, "征求公用企业同意", f"consent:{consent.pk}", {"grant": record.grant, **detail})


def demand_all(record: GrantRecord, action: str) -> None:
    """Refuse an act while a consent to this document is missing.

    Raises:
        RefusedError: one sentence names each enterprise and what it said so far.
    """
    catalog = load_catalog(settings().catalog)
    said = {
        c.department: c.state for c in UtilityConsent.objects.filter(grant=record, grant_sha256=record.sha256)
    }  # fmt: skip
    lacking = [d for d in needed(record, catalog) if said.get(d) != AGREED]
    if lacking:
        names = "、".join(f"{catalog.departments[d].short}（{said.get(d, '尚未征求')}）" for d in lacking)
        raise RefusedError(
            f"不能{action}授权 {record.grant}：尚缺公用企业对本版授权文件的同意：{names}，依据{basis('其他数据')}，"
            "请该企业在“授权意见”中办理。"
        )


def is_current(consent: UtilityConsent) -> bool:
    """Whether the document it was asked about is still the grant's document, and the grant can still be used."""
    return consent.grant_sha256 == consent.grant.sha256 and consent.grant.state != "已取消"
