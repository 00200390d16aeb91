"""What each role may see and do in the portal: deny by default.

Lives here: role → permissions, as one table.
Add here: a permission when a page needs it.
Stays out: what a state allows (``states``).
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from registry.models import Role

Record = TypeVar("Record", bound=Model)

ALL_DEPARTMENTS: set[str] = {Role.BUREAU_APPROVER, Role.BUREAU_HANDLER, Role.DATA_ENGINEER, Role.AUDITOR}
PERMISSIONS: dict[str, set[str]] = {
    "catalog": set(Role.values),
    "catalog_edit": {Role.DATA_CLERK, Role.DEPARTMENT_HEAD, Role.BUREAU_APPROVER, Role.BUREAU_HANDLER, Role.AUDITOR},
    "handover": {Role.DATA_CLERK, Role.DEPARTMENT_HEAD, Role.BUREAU_HANDLER, Role.BUREAU_APPROVER, Role.AUDITOR},
    "quality": ALL_DEPARTMENTS | {Role.DATA_CLERK, Role.DEPARTMENT_HEAD, Role.INDUSTRY_AUTHORITY},
    "lineage": ALL_DEPARTMENTS  # what each of them sees of it: lineage.sight
    | {Role.PRIMARY_REVIEWER, Role.SECURITY_AUTHORITY, Role.SERVICE_ENGINEER}
    | {Role.DATA_CLERK, Role.DEPARTMENT_HEAD, Role.DEVELOPER},
    "lineage_write": {Role.DATA_ENGINEER, Role.SERVICE_ENGINEER},
    "lineage_keys": {Role.DATA_ENGINEER, Role.BUREAU_APPROVER},  # whose view each may give: lineage.events.keys
    "lineage_refused": {Role.DATA_ENGINEER, Role.AUDITOR},
    "grants": ALL_DEPARTMENTS
    | {Role.PRIMARY_REVIEWER, Role.DEVELOPER, Role.SECURITY_AUTHORITY, Role.INDUSTRY_AUTHORITY},
    "products": ALL_DEPARTMENTS | {Role.PRIMARY_REVIEWER, Role.DEVELOPER, Role.SECURITY_AUTHORITY},
    "consents": {Role.DATA_CLERK, Role.DEPARTMENT_HEAD, Role.BUREAU_HANDLER, Role.BUREAU_APPROVER, Role.AUDITOR},
    "duties": {Role.DATA_CLERK, Role.DEPARTMENT_HEAD, Role.BUREAU_HANDLER, Role.BUREAU_APPROVER, Role.AUDITOR},
    "orders": ALL_DEPARTMENTS | {Role.DATA_CLERK, Role.DEPARTMENT_HEAD, Role.PRIMARY_REVIEWER, Role.DEVELOPER},
    "raise_order": {Role.PRIMARY_REVIEWER, Role.DEVELOPER, Role.BUREAU_HANDLER},
    "objections": {Role.BUREAU_HANDLER, Role.BUREAU_APPROVER, Role.AUDITOR},
    "destinations": ALL_DEPARTMENTS | {Role.DATA_CLERK, Role.DEPARTMENT_HEAD},
    "messages": set(Role.values),
    "messages_resend": {Role.BUREAU_HANDLER, Role.DATA_ENGINEER},
    "audit": {Role.AUDITOR, Role.BUREAU_APPROVER},
}


def may(account: Any, permission: str) -> bool:
    """Return whether an account holds a permission; anonymous, inactive and unknown hold none."""
    if not getattr(account, "is_authenticated", False) or not account.is_active:
        return False
    return account.role in PERMISSIONS.get(permission, set())


def departments_of(account: Any, departments: list[str]) -> list[str]:
    """Return the departments whose quality an account may read: all, or its own."""
    if not may(account, "quality"):
        return []
    if account.role in ALL_DEPARTMENTS or account.role == Role.INDUSTRY_AUTHORITY:
        return departments
    return [d for d in departments if d == account.department]


def of_department(found: QuerySet[Record], account: Any) -> QuerySet[Record]:
    """Return the records an account may see: all for the bureau and the auditor, else those of its department."""
    return found if account.role in ALL_DEPARTMENTS else found.filter(department=account.department)


def own_or_all(account: Any, departments: list[str]) -> list[str]:
    """Return the departments an account may choose among: all for the bureau and the auditor, else its own."""
    return departments if account.role in ALL_DEPARTMENTS else [d for d in departments if d == account.department]
