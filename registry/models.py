"""Who did what when: accounts, parties, agreements, grants, product releases, the audit chain.

Lives here: tables. Current state is what the last event made it; events are append-only (``registry.audit``).
Add here: a document the scheme keeps.
Stays out: what may happen next (``states``), doing it (``actions``).
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from config import clock


class Role(models.TextChoices):
    """Roles of the scheme; one account has one."""

    BUREAU_APPROVER = "bureau_approver", "区大数据主管部门（审核）"
    BUREAU_HANDLER = "bureau_handler", "区大数据主管部门（承办）"
    PRIMARY_REVIEWER = "primary_reviewer", "一级运营主体（初审）"
    DATA_ENGINEER = "data_engineer", "区大数据主管部门（数据工程）"
    SERVICE_ENGINEER = "service_engineer", "一级运营主体（平台运维）"
    DATA_CLERK = "data_clerk", "数源部门（数据专员）"
    DEPARTMENT_HEAD = "department_head", "数源部门（负责人）"
    DEVELOPER = "developer", "二级开发主体"
    SECURITY_AUTHORITY = "security_authority", "安全主管部门"
    AUDITOR = "auditor", "审计人员"
    INDUSTRY_AUTHORITY = "industry_authority", "行业主管部门"


class Party(models.Model):
    """An organisation that takes part."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    uscc = models.CharField(max_length=18, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class Account(AbstractUser):
    """A person's own account; ``department``: catalog code of a source department."""

    role = models.CharField(max_length=30, choices=Role.choices)
    display_name = models.CharField(max_length=100)
    department = models.CharField(max_length=63, blank=True, default="")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["role"]

    def __str__(self) -> str:
        return self.display_name or self.username


class Agreement(models.Model):
    """授权运营协议 or 授权开发协议; at most three years（【授权协议】）."""

    number = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, choices=[("operation", "授权运营协议"), ("development", "授权开发协议")])
    grantor = models.ForeignKey(Party, models.PROTECT, related_name="granted_agreements")
    grantee = models.ForeignKey(Party, models.PROTECT, related_name="held_agreements")
    start = models.DateField()
    end = models.DateField()

    def __str__(self) -> str:
        return self.number


class GrantRecord(models.Model):
    """One grant document and its state; an id is never reused."""

    grant = models.CharField(max_length=16, unique=True)
    version = models.PositiveIntegerField()
    developer = models.ForeignKey(Party, models.PROTECT)
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    signed = models.JSONField(null=True)
    state = models.CharField(max_length=30)
    preliminary_by = models.CharField(max_length=150, default="")
    final_by = models.CharField(max_length=150, default="")

    def __str__(self) -> str:
        return self.grant


class Release(models.Model):
    """One version of a product on its way out（【数据产品发布管理】: two keys）."""

    product = models.CharField(max_length=63)
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=20)
    grant = models.ForeignKey(GrantRecord, models.PROTECT)
    content_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=30)
    made_at = models.DateTimeField()
    security_by = models.CharField(max_length=150, default="")
    bureau_by = models.CharField(max_length=150, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("product", "grant", "content_sha256", name="registry_release_once")
        ]


class CatalogVersion(models.Model):
    """One version of a catalog entry on its way 编制→提交→审核→发布→变更→停用（【数据目录】）."""

    department = models.CharField(max_length=63)
    resource = models.CharField(max_length=63)
    number = models.PositiveIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=20)
    drafted_by = models.CharField(max_length=150)
    submitted_by = models.CharField(max_length=150, blank=True, default="")
    reviewed_by = models.CharField(max_length=150, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("department", "resource", "number", name="registry_catalog_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.department}.{self.resource} v{self.number}"


class SourceConflict(models.Model):
    """Two departments claim to be the source of one data element（一数一源争议）; the bureau decides which it is."""

    element = models.CharField(max_length=100)
    first = models.CharField(max_length=200)
    second = models.CharField(max_length=200)
    state = models.CharField(max_length=20, default="待裁定")
    raised_by = models.CharField(max_length=150)
    raised_at = models.DateTimeField()
    kept = models.CharField(max_length=200, blank=True, default="")
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("element", "first", "second", name="registry_source_conflict_once")
        ]

    def __str__(self) -> str:
        return f"{self.element}: {self.first} / {self.second}"


class Handover(models.Model):
    """One delivery of a department on its way to the platform（【数据汇聚】）; one person handles, another signs."""

    department = models.CharField(max_length=63)
    resource = models.CharField(max_length=63)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows_declared = models.PositiveBigIntegerField()
    mode = models.CharField(max_length=10, default="full")  # full 全量, increment 增量
    note = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=20)
    handled_by = models.CharField(max_length=150)
    signed_by = models.CharField(max_length=150, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.department}.{self.resource} {self.file_name}"


class UtilityConsent(models.Model):
    """What a public utility says of one grant document（【其他数据】）; another digest is another request."""

    grant = models.ForeignKey(GrantRecord, models.PROTECT, related_name="consents")
    version = models.PositiveIntegerField()
    grant_sha256 = models.CharField(max_length=64)
    department = models.CharField(max_length=63)
    state = models.CharField(max_length=20)
    opinion = models.CharField(max_length=10, blank=True, default="")
    handled_by = models.CharField(max_length=150, blank=True, default="")
    signed_by = models.CharField(max_length=150, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    asked_at = models.DateTimeField()
    at = models.DateTimeField(null=True, help_text="when the enterprise acted last")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("grant", "grant_sha256", "department", name="registry_consent_once")
        ]

    def __str__(self) -> str:
        return f"{self.grant} {self.department} {self.state}"


class DutyRecord(models.Model):
    """One piece of a department's work: 共享、开放、校核、更新、安全管理（【数据治理】）; signed by its head."""

    department = models.CharField(max_length=63)
    resource = models.CharField(max_length=63)
    kind = models.CharField(max_length=10)
    content = models.CharField(max_length=1000)
    evidence = models.CharField(max_length=200, blank=True, default="", help_text="name of a document, not a file")
    state = models.CharField(max_length=20)
    handled_by = models.CharField(max_length=150)
    signed_by = models.CharField(max_length=150, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["department", "resource", "kind"], name="registry_duty_of")]

    def __str__(self) -> str:
        return f"{self.department}.{self.resource} {self.kind}"


class PrintedDocument(models.Model):
    """A document that was issued: digest of its content, code by which it is verified, and its ledger event.

    ``content``: only of one that was sent, so that it prints the same for ever; any other is made anew to be read.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    code = models.CharField(max_length=12, unique=True)
    about = models.CharField(max_length=120, default="", db_index=True, help_text="as in the ledger, of one kept")
    content = models.JSONField(null=True)
    event_seq = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint("kind", "sha256", name="registry_document_once")]

    def __str__(self) -> str:
        return self.number

    @property
    def made_on(self) -> date:
        """The day it was issued."""
        return self.made_at.astimezone(clock.SHANGHAI).date()


class AddressCount(models.Model):
    """How often one client did something on a day; ``digest``: a keyed hash that names no address."""

    purpose = models.CharField(max_length=40)
    day = models.DateField()
    digest = models.CharField(max_length=64)
    count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("purpose", "day", "digest", name="registry_address_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.day}"


class Message(models.Model):
    """One notice to one account, or to the webhook: readable in the portal at once, sent by ``delivering``."""

    key = models.CharField(max_length=250, unique=True, help_text="the same notice asked for twice is one row")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, help_text="mail or webhook")
    recipient = models.ForeignKey(Account, models.PROTECT, null=True, related_name="notices")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=300, blank=True, default="", help_text="path of the portal")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10)  # 待发送、发送中、已发送、发送失败、仅站内
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, help_text="from when a process may take it, also from another")
    lease = models.CharField(max_length=32, blank=True, default="", help_text="the attempt that is under way")
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True, default="", help_text="no address, no word of a server")
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "next_attempt_at"], name="registry_message_due"),
            models.Index(fields=["recipient", "read_at"], name="registry_message_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk} {self.state}"


class AuditEvent(models.Model):
    """One act; append-only by trigger, tied to all before it by hash."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=30)
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["seq"]
        indexes: ClassVar = [
            models.Index(fields=["object", "seq"], name="registry_audit_object"),
            models.Index(fields=["actor", "seq"], name="registry_audit_actor"),
        ]
