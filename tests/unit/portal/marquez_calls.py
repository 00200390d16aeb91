"""Every call the request modules of Marquez's web front end make, as addresses of the scene.

Lives here: ``CALLS``: module and function of the front end, method, address as it writes it, shape of the answer.
Source: MarquezProject/marquez, web/src/store/requests (alerts.ts belongs to a fork and is not served).
"""

from __future__ import annotations

from urllib.parse import quote

from tests.unit.portal.marquez_scene import CLEAN, DUCK, ETL, FIRST, REPORT


def segment(text: str) -> str:
    """Return a text as ``encodeURIComponent`` writes it."""
    return quote(text, safe="!'()*-._~")


_NS, _JOBS = f"/namespaces/{segment(DUCK)}", f"/namespaces/{segment(ETL)}/jobs"
_DATASET, _JOB, _ODD = f"{_NS}/datasets/main.clean", f"{_JOBS}/dag.clean", f"{_JOBS}/{segment(REPORT[1])}"
_ENCODED = f"{segment(DUCK)}:{segment('main.clean')}"
_STATS = "timezone=Asia/Shanghai"

CALLS: list[tuple[str, str, str, str]] = [
    ("namespaces.getNamespaces", "GET", "/namespaces", "NamespaceList"),
    ("tags.getTags", "GET", "/tags", "TagList"),
    ("jobs.getJobs", "GET", "/jobs?limit=25&offset=0", "JobList"),
    ("jobs.getJobs(lastRunStates)", "GET", "/jobs?limit=25&offset=0&lastRunStates=FAILED", "JobList"),
    ("jobs.getJobs(namespace)", "GET", f"{_JOBS}?limit=25&offset=0", "JobList"),
    ("jobs.getJob", "GET", _JOB, "Job"),
    ("jobs.getJob(odd name)", "GET", _ODD, "Job"),
    ("jobs.getRuns", "GET", f"{_JOB}/runs?limit=10&offset=0", "RunList"),
    ("facets.getRunFacets", "GET", f"/jobs/runs/{FIRST}/facets?type=run", "Facets"),
    ("facets.getJobFacets", "GET", f"/jobs/runs/{FIRST}/facets?type=job", "Facets"),
    ("datasets.getDatasets", "GET", f"{_NS}/datasets?limit=20&offset=0", "DatasetList"),
    ("datasets.getDataset", "GET", _DATASET, "Dataset"),
    ("datasets.getDatasetVersions", "GET", f"{_DATASET}/versions?limit=100&offset=0", "DatasetVersionList"),
    ("lineage.getLineage(dataset)", "GET", f"/lineage?nodeId=dataset:{_ENCODED}&depth=2", "LineageGraph"),
    ("lineage.getLineage(unencoded)", "GET", f"/lineage/?nodeId=dataset:{DUCK}:main.clean&depth=20", "LineageGraph"),
    ("lineage.getLineage(job)", "GET", f"/lineage?nodeId=job:{segment(CLEAN[0])}:{CLEAN[1]}&depth=2", "LineageGraph"),
    ("columnlineage.getColumnLineage", "GET", f"/column-lineage?nodeId=dataset:{_ENCODED}&depth=2&withDownstream=true",
     "ColumnLineageGraph"),
    ("search.getSearch", "GET", "/search?q=main&sort=NAME&limit=100", "SearchResultList"),
    ("search.getSearch(filter)", "GET", "/search/?q=dag&sort=UPDATE_AT&limit=100&filter=JOB", "SearchResultList"),
    ("events.getEvents", "GET", "/events/lineage?limit=100&before=&after=&offset=0&sortDirection=desc", "Events"),
    ("events.getEvents(dates)", "GET", "/events/lineage?limit=2&before=2026-09-24T15:59:59.999Z"
     "&after=2026-09-10T16:00:00.000Z&offset=1&sortDirection=asc", "Events"),
    ("intervalMetrics(jobs)", "GET", f"/stats/jobs?period=DAY&{_STATS}", "Metrics"),
    ("intervalMetrics(datasets)", "GET", f"/stats/datasets?period=WEEK&{_STATS}", "Metrics"),
    ("intervalMetrics(sources)", "GET", f"/stats/sources?period=WEEK&{_STATS}", "Metrics"),
    ("lineageMetrics", "GET", f"/stats/lineage-events?period=WEEK&{_STATS}", "LineageMetrics"),
    ("datasets.deleteDataset", "DELETE", _DATASET, "Error"),
    ("datasets.addDatasetTag", "POST", f"{_DATASET}/tags/PII", "Error"),
    ("datasets.deleteDatasetTag", "DELETE", f"{_DATASET}/tags/PII", "Error"),
    ("datasets.addDatasetFieldTag", "POST", f"{_DATASET}/fields/person/tags/PII", "Error"),
    ("datasets.deleteDatasetFieldTag", "DELETE", f"{_DATASET}/fields/person/tags/PII", "Error"),
    ("jobs.deleteJob", "DELETE", _ODD, "Error"),
    ("jobs.addJobTag", "POST", f"{_JOB}/tags/PII", "Error"),
    ("jobs.deleteJobTag", "DELETE", f"{_JOB}/tags/PII", "Error"),
    ("jobs.getJobsByState", "POST", "/jobs?runState=FAILED&limit=25&offset=0", "Error"),
    ("tags.addTags", "PUT", "/tags/PII", "Error"),
]  # fmt: skip
BETA: list[tuple[str, str]] = [
    ("search.getOpenSearchJobs", "/api/v2beta/search/jobs?q=dag"),
    ("search.getOpenSearchDatasets", "/api/v2beta/search/datasets?q=main"),
]
