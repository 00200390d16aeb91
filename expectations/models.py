"""What was judged, and what came out.

Lives here: one ``CheckRun`` per judged version and basis, one ``Finding`` per rule.
Add here: remediation orders.
Stays out: judging (``expectations.evaluate``).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CheckRun(models.Model):
    """One judgement of one version. ``basis``: digest of rules and of the other tables it was judged with."""

    dataset = models.CharField(max_length=200, db_index=True)
    version = models.CharField(max_length=64, db_index=True)
    basis = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    batch_id = models.CharField(max_length=60, default="")
    checked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["checked_at", "id"]
        constraints: ClassVar = [models.UniqueConstraint("dataset", "version", "basis", name="expectations_run_once")]


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
