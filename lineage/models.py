"""Tables of the lineage catalog: the event log, what stands beside it, and the graph that can be rebuilt from it.

Lives here: ``Event`` (append-only, the truth), the keys of producers, refused events and prunings beside it, and the
projection made of it (design decision 10).
Add here: a projected table; ``lineage.projection`` fills it and empties it.
Stays out: appending (``lineage.log``), projecting (``lineage.projection``), asking (``lineage.graph``).

The projection never says what *is*: a ``Statement`` says what one event stated at one time, and the edges hang on
the ``Derivation`` it names. What held at a past time, as known at a past sequence, is the latest statement of each
(data set, job) up to then, so no interval is ever rewritten. Facets stay in the log: a ``Mention`` says which event
named a data set and which facets it brought. Ids are given by the projector in the order of the log, so a rebuilt
graph is identical; there are no database constraints between projected tables, because they are written in bulk.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.db import models

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WHOLE = "*"  # as a column: the edge concerns which rows there are, so every column
PIPELINE = ""  # ``Event.via`` of events the pipeline itself appended


def microseconds(moment: datetime) -> int:
    """Return microseconds since 1970-01-01 UTC."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(micros: int) -> datetime:
    """Return the moment that many microseconds after 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=micros)


def _to(model: str, **options: Any) -> Any:
    """Return a reference between projected tables."""
    return models.ForeignKey(model, models.DO_NOTHING, db_constraint=False, related_name="+", **options)


class Event(models.Model):
    """One OpenLineage event: exact bytes, sequence and hash chain. Database triggers forbid changes.

    ``body`` is empty once a ``Pruning`` covers it; everything the chain needs stays.
    """

    class Kind(models.TextChoices):
        RUN = "run", "运行事件"
        JOB = "job", "作业事件"
        DATASET = "dataset", "数据集事件"

    seq = models.BigIntegerField(primary_key=True)
    received_us = models.BigIntegerField(help_text="microseconds since 1970 UTC")
    event_us = models.BigIntegerField(help_text="microseconds since 1970 UTC")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    producer = models.TextField()
    via = models.CharField(max_length=32, default=PIPELINE, help_text="key id of the producer that sent it")
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64, db_index=True)
    prev_hash = models.CharField(max_length=64)
    chain_hash = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["event_us", "seq"], name="lineage_event_at")]

    @property
    def received_at(self) -> datetime:
        """When it was recorded here."""
        return moment(self.received_us)


class ProducerKey(models.Model):
    """An API key of one producer; the secret itself is never kept, only its keyed digest."""

    key_id = models.CharField(max_length=32, primary_key=True)
    name = models.TextField(help_text="the producer, as the bureau calls it")
    digest = models.CharField(max_length=64)
    namespaces = models.JSONField(default=list, help_text="prefixes of namespaces it may write to; empty: all foreign")
    reads_as = models.CharField(max_length=150, default="", help_text="account whose view it reads with; empty: none")
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=150, default="")


class RefusedEvent(models.Model):
    """An event that was not taken in, with the reason; it never enters the log."""

    received_at = models.DateTimeField()
    via = models.CharField(max_length=32, default=PIPELINE)
    reason = models.TextField()
    size = models.BigIntegerField(help_text="bytes of the whole event; ``body`` keeps at most the first 64 KiB")
    sha256 = models.CharField(max_length=64, db_index=True)
    body = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["via", "id"], name="lineage_refused_of_key")]


class Pruning(models.Model):
    """One signed act of retention: which events lost their body, by whom, on which ground. Append-only."""

    at = models.DateTimeField()
    before_us = models.BigIntegerField(help_text="events before this moment that state nothing still in force then")
    known_seq = models.BigIntegerField(null=True, help_text="last sequence received before; null: find it in the log")
    by = models.CharField(max_length=150)
    reason = models.TextField()
    sequences = models.JSONField(help_text="pruned sequences as [first, last] ranges")
    signed = models.JSONField(help_text="the act as a signed document")
    event_seq = models.BigIntegerField(help_text="the event of the log that tells of the act")


class PrunedEvent(models.Model):
    """A sequence that a pruning covers: the database lets no other event lose its body. Append-only."""

    seq = models.BigIntegerField(primary_key=True)
    pruning = models.ForeignKey(Pruning, models.PROTECT, related_name="+")


class EventHome(models.Model):
    """The SUYUAN_HOME that DuckDB files in an event were held against when it was accepted. Append-only.

    An event without a row names no DuckDB file, or came when none was ours.
    """

    seq = models.BigIntegerField(primary_key=True)
    home = models.TextField()


class Position(models.Model):
    """How far the projection has read the log: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    generation = models.BigIntegerField(default=0, help_text="one more with each rebuild: readers load anew")


class Dataset(models.Model):
    """A data set that some event named, under its canonical name（``lineage.foreign``）."""

    id = models.BigIntegerField(primary_key=True)
    namespace = models.TextField()
    name = models.TextField()
    named_by_us = models.BooleanField(default=False, help_text="by the pipeline, or by who may write to its namespace")
    title = models.TextField(default="")
    title_us = models.BigIntegerField(default=0, help_text="event time of the event that gave the title")
    changed_seq = models.BigIntegerField(default=0, db_index=True, help_text="event that last changed this row")
    first_seq = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("namespace", "name", name="lineage_dataset_once")]

    def __str__(self) -> str:
        return self.name


class DatasetColumn(models.Model):
    """A column that some event named, in a schema or in an edge; never removed."""

    id = models.BigIntegerField(primary_key=True)
    dataset = _to("Dataset", db_index=False)
    name = models.TextField()
    title = models.TextField(default="")
    title_us = models.BigIntegerField(default=0, help_text="event time of the event that gave the title")
    changed_seq = models.BigIntegerField(default=0, help_text="event that last changed this row")
    first_seq = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("dataset", "name", name="lineage_column_once")]


class Job(models.Model):
    """A step that reads and writes data sets."""

    id = models.BigIntegerField(primary_key=True)
    namespace = models.TextField()
    name = models.TextField()
    job_type = models.TextField(default="")
    type_us = models.BigIntegerField(default=0, help_text="event time of the event that gave the type")
    changed_seq = models.BigIntegerField(default=0, db_index=True, help_text="event that last changed this row")
    first_seq = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("namespace", "name", name="lineage_job_once")]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """One execution of a job; its events add up in whatever order they come."""

    id = models.BigIntegerField(primary_key=True)
    run_id = models.UUIDField(unique=True)
    job = _to("Job")
    state = models.CharField(max_length=16, default="", help_text="eventType of the latest event")
    state_us = models.BigIntegerField(default=0)
    started_us = models.BigIntegerField(null=True)
    ended_us = models.BigIntegerField(null=True)
    parent_run_id = models.UUIDField(null=True)
    error = models.TextField(default="")
    stated = models.TextField(default="", help_text="JSON: inputs, outputs and edges its events named so far, by id")
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()


class EdgeKind(models.Model):
    """One way in which a column depends on another; equal ways share a row."""

    id = models.BigIntegerField(primary_key=True)
    type = models.CharField(max_length=16)
    subtype = models.TextField(default="")
    masking = models.BooleanField(null=True, help_text="null: unknown")
    description = models.TextField(default="")


class Derivation(models.Model):
    """One way in which a job makes a data set; equal statements of later runs share it."""

    id = models.BigIntegerField(primary_key=True)
    output = _to("Dataset", db_index=False)
    job = _to("Job", null=True, db_index=False)
    digest = models.CharField(max_length=64)
    first_seq = models.BigIntegerField()


class DatasetEdge(models.Model):
    """An input of a derivation."""

    id = models.BigIntegerField(primary_key=True)
    derivation = _to("Derivation", db_index=False)
    input = _to("Dataset", db_index=False)


class ColumnEdge(models.Model):
    """One output column's dependency on one input column."""

    id = models.BigIntegerField(primary_key=True)
    derivation = _to("Derivation", db_index=False)
    column = _to("DatasetColumn", db_index=False)
    input_column = _to("DatasetColumn", db_index=False)
    kind = _to("EdgeKind", db_index=False)


class Statement(models.Model):
    """What one event says of one output: version, rows, how it was derived, whether it is gone. Never updated."""

    class Change(models.TextChoices):
        NONE = "", "更新"
        DROP = "DROP", "删除"
        RENAME = "RENAME", "更名"
        RETRACT = "RETRACT", "撤回"  # the run that stated it failed after all

    id = models.BigIntegerField(primary_key=True)
    dataset = _to("Dataset", db_index=False)
    job = _to("Job", null=True, db_index=False)
    run = _to("Run", null=True)
    derivation = _to("Derivation", null=True, db_index=False)
    change = models.CharField(max_length=8, choices=Change.choices, default=Change.NONE)
    version = models.TextField(default="", db_index=True)
    rows = models.BigIntegerField(null=True)
    event_us = models.BigIntegerField()
    seq = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["dataset", "event_us", "seq"], name="lineage_statement_at")]


class Mention(models.Model):
    """One event that named one data set: as input, output or itself, with the facets it brought. Never updated."""

    class Part(models.TextChoices):
        INPUT = "input", "输入"
        OUTPUT = "output", "输出"
        ITSELF = "itself", "数据集事件"

    id = models.BigIntegerField(primary_key=True)
    dataset = _to("Dataset", db_index=False)
    run = _to("Run", null=True)
    job = _to("Job", null=True, db_index=False)
    part = models.CharField(max_length=8, choices=Part.choices)
    place = models.PositiveIntegerField(help_text="position among the inputs or outputs of the event, from 0")
    facets = models.TextField(default="", help_text="names of facets, one a line")
    version = models.TextField(default="")
    event_us = models.BigIntegerField()
    seq = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["dataset", "event_us", "seq"], name="lineage_mention_at")]


PROJECTION: tuple[type[models.Model], ...] = (
    ColumnEdge, DatasetEdge, Mention, Statement, Derivation, EdgeKind, Run, Job, DatasetColumn, Dataset,
)  # fmt: skip
