"""What was judged, and what came out.

Lives here: one ``CheckRun`` per judged version and basis, one ``Finding`` per rule; remediation orders, what
departments write on them, objections of the public.
Add here: another record of quality work.
Stays out: judging (``expectations.evaluate``), acts on orders (``expectations.orders``).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CheckRun(models.Model):
    """One judgement of one version; the last one of a data set is the present one.

    ``basis``: digest of rules and of the other tables it was judged with. A version that is current again is recorded
    again, with the same basis.
    """

    dataset = models.CharField(max_length=200, db_index=True)
    version = models.CharField(max_length=64, db_index=True)
    basis = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    batch_id = models.CharField(max_length=60, default="")
    checked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index("dataset", "version", "basis", name="expectations_run")]


class Finding(models.Model):
    """The outcome of one rule in one run; ``state`` error is never a finding against a department."""

    run = models.ForeignKey(CheckRun, models.PROTECT, related_name="findings")
    rule = models.CharField(max_length=80)
    item = models.CharField(max_length=63, default="")
    dimension = models.CharField(max_length=20)
    severity = models.CharField(max_length=10)
    meaning = models.TextField()
    state = models.CharField(max_length=10)
    evaluated_count = models.BigIntegerField()
    unexpected_count = models.BigIntegerField()
    expectation = models.CharField(max_length=120)
    blocks = models.BooleanField()
    error = models.TextField(default="")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint("run", "rule", name="expectations_rule_once")]


class Order(models.Model):
    """数据质量问题整改单: one rule found bad on one resource, to be remedied by the department until ``due``.

    ``due_days``: the counted working days as ISO dates; ``due`` is never empty, before dispatch it is what dispatch
    in time would give. ``accepted_count``: problem rows that an upheld dispute said are right. ``rule`` of an order
    raised by a person may be one of the catalog or ``manual_<n>``, which no check closes. ``paused_on``: since when its
    time stands still because it is not the department's turn.
    """

    number = models.CharField(max_length=20, unique=True)
    origin = models.CharField(max_length=20)  # check 质量检查, operation 运营开发, objection 数据异议
    department = models.CharField(max_length=63)
    resource = models.CharField(max_length=63)
    dataset = models.CharField(max_length=200)
    rule = models.CharField(max_length=80)
    item = models.CharField(max_length=63, blank=True, default="")
    dimension = models.CharField(max_length=20)
    severity = models.CharField(max_length=10)
    meaning = models.TextField()
    state = models.CharField(max_length=20)
    problem_count = models.BigIntegerField(default=0)
    total_count = models.BigIntegerField(default=0)
    first_count = models.BigIntegerField(default=0)
    accepted_count = models.BigIntegerField(default=0)
    first_batch = models.CharField(max_length=60, default="")
    last_batch = models.CharField(max_length=60, default="")
    closing_batch = models.CharField(max_length=60, blank=True, default="")
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=150)
    note = models.CharField(max_length=1000, blank=True, default="")
    forward_due = models.DateField()
    prepared_by = models.CharField(max_length=150, blank=True, default="")
    dispatched_by = models.CharField(max_length=150, blank=True, default="")
    dispatched_on = models.DateField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True, default="")
    due = models.DateField()
    due_days = models.JSONField(default=list)
    is_provisional = models.BooleanField(default=False)
    is_extended = models.BooleanField(default=False)
    paused_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    closed_by = models.CharField(max_length=150, blank=True, default="")
    reopened = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-raised_at", "-number"]
        indexes: ClassVar = [models.Index(fields=["department", "state"], name="expectations_order_of")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dataset", "rule"], name="expectations_one_open_order",
                condition=~models.Q(state__in=["已办结", "异议成立", "已撤销"]),
            ),
            models.CheckConstraint(
                condition=models.Q(due__gte=models.F("forward_due")) | models.Q(dispatched_on__isnull=False),
                name="expectations_order_due_follows_forwarding",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def is_manual(self) -> bool:
        """Whether no rule judges the problem: the bureau verifies it."""
        return self.rule.startswith("manual_")


class Letter(models.Model):
    """What a department writes on an order: 反馈单, 延期整改申请单, 异议说明; the clerk drafts, the head signs.

    ``content``: the form's fields by name. ``answer``: the bureau's decision on an extension or a dispute.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=10)  # 反馈, 延期, 异议
    content = models.JSONField()
    state = models.CharField(max_length=20)
    handled_by = models.CharField(max_length=150)
    at = models.DateTimeField()
    signed_by = models.CharField(max_length=150, blank=True, default="")
    signed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    answer = models.CharField(max_length=300, blank=True, default="")
    answered_by = models.CharField(max_length=150, blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.order.number} {self.kind}"


class OrderMark(models.Model):
    """A step of the clock on an order that was taken: reminder, escalation, consequence; never taken twice."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="marks")
    mark = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint("order", "mark", name="expectations_mark_once")]


class Objection(models.Model):
    """数据异议 of the public; ``contact`` is personal data: only the bureau's handler reads it."""

    number = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=50)
    contact = models.CharField(max_length=100)
    department = models.CharField(max_length=63, blank=True, default="")
    resource = models.CharField(max_length=63, blank=True, default="")
    content = models.CharField(max_length=1000)
    state = models.CharField(max_length=20)  # 待受理, 办理中, 已答复, 不予受理
    received_at = models.DateTimeField()
    reply_due = models.DateField()
    is_provisional = models.BooleanField(default=False)
    handled_by = models.CharField(max_length=150, blank=True, default="")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="objections")
    reply = models.CharField(max_length=1000, blank=True, default="")
    replied_at = models.DateTimeField(null=True)
    failed_on = models.DateField(null=True, help_text="day of the last query with a wrong code")
    failed_count = models.PositiveSmallIntegerField(default=0, help_text="such queries on that day")

    class Meta:
        ordering: ClassVar = ["-received_at", "-number"]

    def __str__(self) -> str:
        return self.number
