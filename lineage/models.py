"""Tables of the lineage catalog: the event log, and the graph that can be rebuilt from it.

Lives here: ``Event`` (append-only, the truth) and the projection made of it (design decision 10).
Add here: a projected table; ``lineage.projection`` fills it and ``lineage.projection.rebuild`` empties it.
Stays out: appending (``lineage.log``), projecting (``lineage.projection``), asking (``lineage.graph.trace``).

The projection never says what *is*: a ``DatasetVersion`` row says what one run stated at one time, and
the edges hang on the ``Derivation`` it names. What held at a past time, as known at a past sequence,
is the latest statement of each (data set, job) up to then, so no interval is ever rewritten.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from django.db import models

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WHOLE = "*"  # as a column: the edge concerns which rows there are, so every column


def microseconds(moment: datetime) -> int:
    """Return microseconds since 1970-01-01 UTC."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(micros: int) -> datetime:
    """Return the moment that many microseconds after 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=micros)


class Event(models.Model):
    """One OpenLineage event: exact bytes, sequence and hash chain. Database triggers forbid changes."""

    class Kind(models.TextChoices):
        RUN = "run", "运行事件"
        JOB = "job", "作业事件"
        DATASET = "dataset", "数据集事件"

    seq = models.BigIntegerField(primary_key=True)
    received_us = models.BigIntegerField(help_text="microseconds since 1970 UTC")
    event_us = models.BigIntegerField(help_text="microseconds since 1970 UTC")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    producer = models.TextField()
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64, db_index=True)
    prev_hash = models.CharField(max_length=64)
    chain_hash = models.CharField(max_length=64)

    @property
    def received_at(self) -> datetime:
        """When it was recorded here."""
        return moment(self.received_us)

    @property
    def event_at(self) -> datetime:
        """When the producer says it happened."""
        return moment(self.event_us)


class Position(models.Model):
    """How far the projection has read the log: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)


class Dataset(models.Model):
    """A data set that some event named."""

    namespace = models.TextField()
    name = models.TextField()
    title = models.TextField(default="")
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    schema_us = models.BigIntegerField(null=True, help_text="event time of the schema shown")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("namespace", "name", name="lineage_dataset_once")]

    def __str__(self) -> str:
        return self.name


class DatasetColumn(models.Model):
    """A column of a data set in its latest stated schema."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="columns")
    position = models.PositiveIntegerField()
    name = models.TextField()
    type = models.TextField(default="")
    description = models.TextField(default="")

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint("dataset", "name", name="lineage_column_once")]


class Job(models.Model):
    """A step that reads and writes data sets."""

    namespace = models.TextField()
    name = models.TextField()
    job_type = models.TextField(default="")
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("namespace", "name", name="lineage_job_once")]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """One execution of a job."""

    run_id = models.UUIDField(unique=True)
    job = models.ForeignKey(Job, models.CASCADE, related_name="runs")
    state = models.CharField(max_length=16, default="", help_text="eventType of the latest event")
    state_us = models.BigIntegerField(default=0)
    started_us = models.BigIntegerField(null=True)
    ended_us = models.BigIntegerField(null=True)
    parent_run_id = models.UUIDField(null=True)
    error = models.TextField(default="")
    facets = models.JSONField(default=dict)
    stated = models.JSONField(default=dict, help_text="inputs, outputs, columns its events named so far")
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()


class Derivation(models.Model):
    """One way in which a job makes a data set; equal statements of later runs share it."""

    output = models.ForeignKey(Dataset, models.CASCADE, related_name="derivations")
    job = models.ForeignKey(Job, models.CASCADE, null=True, related_name="derivations")
    digest = models.CharField(max_length=64)
    valid_from_us = models.BigIntegerField(help_text="event time of the first statement recorded")
    valid_from_seq = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["output", "job", "digest"], name="lineage_derivation_same")]


class DatasetEdge(models.Model):
    """An input of a derivation."""

    derivation = models.ForeignKey(Derivation, models.CASCADE, related_name="edges")
    input = models.ForeignKey(Dataset, models.CASCADE, related_name="+")


class ColumnEdge(models.Model):
    """One output column's dependency on one input column; column ``*`` means which rows there are."""

    derivation = models.ForeignKey(Derivation, models.CASCADE, related_name="column_edges")
    column = models.TextField()
    input = models.ForeignKey(Dataset, models.CASCADE, related_name="+")
    input_column = models.TextField()
    type = models.CharField(max_length=16)
    subtype = models.TextField(default="")
    masking = models.BooleanField(null=True, help_text="null: unknown")
    description = models.TextField(default="")


class DatasetVersion(models.Model):
    """What one event says of one output: version, rows, and how it was derived. Never updated."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="versions")
    run = models.ForeignKey(Run, models.CASCADE, null=True, related_name="versions")
    job = models.ForeignKey(Job, models.CASCADE, null=True, related_name="+")
    derivation = models.ForeignKey(Derivation, models.CASCADE, null=True, related_name="versions")
    version = models.TextField(default="")
    rows = models.BigIntegerField(null=True)
    event_us = models.BigIntegerField()
    seq = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["dataset", "event_us", "seq"], name="lineage_version_at")]


class DatasetFacet(models.Model):
    """A facet of a data set as one event stated it. Never updated."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="facets")
    run = models.ForeignKey(Run, models.CASCADE, null=True, related_name="+")
    name = models.TextField()
    version = models.TextField(default="", help_text="data set version the event named beside it")
    content = models.JSONField()
    event_us = models.BigIntegerField()
    seq = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["dataset", "name", "event_us"], name="lineage_facet_at")]


PROJECTION: tuple[type[models.Model], ...] = (
    ColumnEdge, DatasetEdge, DatasetFacet, DatasetVersion, Derivation, Run, Job, DatasetColumn, Dataset,
    Position,
)  # fmt: skip
