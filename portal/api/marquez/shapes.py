"""The shapes of Marquez's answers about namespaces, data sets, jobs and runs, for the description of the interface.

Lives here: one model for each schema. They describe; answers are built in ``lineage.marquez`` and are not run through
them, tests hold them to it.
Times are null of what the caller may know by name only.
Add here: the schema of another answer.
Stays out: graphs, search, events and counts (``portal.api.marquez.graph_shapes``).

Source: MarquezProject/marquez, spec/openapi.yml; web/src/types/api.ts, lineage.ts.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Facets = dict[str, Any]


class Shape(BaseModel):
    """Names as Marquez writes them."""

    model_config = ConfigDict(alias_generator=to_camel)


class Namespace(Shape):
    """A namespace."""

    name: str
    created_at: str | None
    updated_at: str | None
    owner_name: str
    description: str | None
    is_hidden: bool


class Namespaces(Shape):
    """Namespaces."""

    namespaces: list[Namespace]


class Source(Shape):
    """A system that data sets come from."""

    type: str
    name: str
    created_at: str | None
    updated_at: str | None
    connection_url: str
    description: str | None


class Sources(Shape):
    """Sources."""

    sources: list[Source]


class Named(Shape):
    """Namespace and name."""

    namespace: str
    name: str


class Versioned(Named):
    """Namespace, name and UUID of a version."""

    version: str


class Field(Shape):
    """A column."""

    name: str
    type: str | None
    tags: list[str]
    description: str | None


class InputField(Shape):
    """A column that another comes from, and how."""

    namespace: str
    dataset: str
    field: str
    transformation_description: str | None
    transformation_type: str | None


class ColumnLineage(Shape):
    """A column and those it comes from."""

    name: str
    input_fields: list[InputField]
    transformation_description: str | None
    transformation_type: str | None


class GraphDataset(Shape):
    """A data set as a node of a graph."""

    id: Named
    type: Literal["DB_TABLE"]
    name: str
    physical_name: str
    created_at: str | None
    updated_at: str | None
    namespace: str
    source_name: str
    fields: list[Field]
    tags: list[str]
    last_modified_at: str | None
    last_lifecycle_state: str
    description: str | None


class Dataset(GraphDataset):
    """A data set."""

    current_version: str | None
    column_lineage: list[ColumnLineage]
    facets: Facets
    deleted: bool


class Datasets(Shape):
    """A page of data sets."""

    datasets: list[Dataset]
    total_count: int


class VersionFacets(Shape):
    """A version that a run read or wrote, and what was said of that use alone."""

    dataset_version_id: Versioned
    facets: Facets


class MarquezRun(Shape):
    """A run."""

    id: str
    created_at: str
    updated_at: str
    nominal_start_time: str | None
    nominal_end_time: str | None
    state: Literal["NEW", "RUNNING", "COMPLETED", "FAILED", "ABORTED"]
    started_at: str | None
    ended_at: str | None
    duration_ms: int | None
    args: dict[str, str]
    job_version: Versioned
    input_dataset_versions: list[VersionFacets]
    output_dataset_versions: list[VersionFacets]
    facets: Facets


class Runs(Shape):
    """A page of runs."""

    runs: list[MarquezRun]
    total_count: int


class RunFacets(Shape):
    """Facets of a run or of its job."""

    run_id: str
    facets: Facets


class DatasetVersion(Shape):
    """A version written of a data set."""

    id: Versioned
    type: Literal["DB_TABLE"]
    name: str
    physical_name: str
    created_at: str
    version: str
    namespace: str
    source_name: str
    fields: list[Field]
    tags: list[str]
    lifecycle_state: str
    description: str | None
    current_schema_version: str
    created_by_run: MarquezRun | None
    facets: Facets


class DatasetVersions(Shape):
    """A page of versions."""

    versions: list[DatasetVersion]
    total_count: int


class GraphJob(Shape):
    """A job as a node of a graph."""

    id: Named
    type: Literal["BATCH", "STREAM", "SERVICE"]
    name: str
    simple_name: str
    parent_job_name: str | None
    parent_job_uuid: str | None
    created_at: str | None
    updated_at: str | None
    namespace: str
    inputs: list[Named]
    outputs: list[Named]
    location: str | None
    description: str | None
    latest_run: MarquezRun | None


class MarquezJob(GraphJob):
    """A job."""

    latest_runs: list[MarquezRun]
    facets: Facets
    current_version: str
    labels: list[str]
    tags: list[str]


class Jobs(Shape):
    """A page of jobs."""

    jobs: list[MarquezJob]
    total_count: int
