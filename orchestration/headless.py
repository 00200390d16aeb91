"""`suyuan run`: the same assets as in the Dagster UI, in this process, with progress.

Lives here: choosing what to run, executing both code locations, mending what a killed run left behind.
Stays out: what the assets do, wording of the command line (``cli``).
"""

from __future__ import annotations

import logging
import os
import shutil
import uuid
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config import clock, django_setup
from config.settings import PROJECT_ROOT, settings
from orchestration.pipeline import arrivals, fingerprint
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog
from scheme.names import landing_name
from warehouse import atomic, paths
from warehouse.lock import writer_lock

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}  # progress and the UI say it
_OWNER = "suyuan/process"
Progress = Callable[[str, str], None]  # step, what happened


class SelectionError(ValueError):
    """Nothing matches what was asked to run."""


@dataclass
class Outcome:
    """What a run did. ``blocked``: rules and gates that said no, in Chinese; ``failed``: steps that broke."""

    changed: bool = True
    steps: int = 0
    failed: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    warnings: int = 0

    @property
    def is_good(self) -> bool:
        """Whether every step ended well and no gate said no."""
        return not self.failed and not self.blocked


def run(
    *, department: str | None = None, resource: str | None = None, grant: str | None = None, force: bool = False,
    progress: Progress = lambda step, what: None,
) -> Outcome:  # fmt: skip
    """Run the pipeline, or the part of it that a department, resource or grant concerns.

    Raises:
        SelectionError: no such department, resource or active grant.
    """
    django_setup()
    from registry.grants import active_grants

    grants = active_grants(clock.today())
    _demand_known(department, resource, grant, {g.grant for g in grants})
    is_whole = department is None and resource is None and grant is None
    if is_whole and not force and fingerprint.is_unchanged(grants):
        return Outcome(changed=False)
    with writer_lock():
        _sweep()
    _withdraw()
    fingerprint.forget()
    outcome = _execute(department, resource, grant, progress)
    if is_whole and not outcome.failed and not arrivals.left_behind(load_catalog(settings().catalog)):
        fingerprint.mark_finished(active_grants(clock.today()))
    _checkpoint(outcome)
    return outcome


def dagster_home() -> str:
    """Prepare DAGSTER_HOME under SUYUAN_HOME and return it."""
    folder = paths.home() / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT_ROOT / "dagster.yaml", folder / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(folder)
    return str(folder)


def _execute(department: str | None, resource: str | None, grant: str | None, progress: Progress) -> Outcome:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    dagster_home()
    progress("prepare", "准备运行定义")
    import dagster as dg

    from orchestration.definitions import build
    from orchestration.defs.automation import RUN_EVERYTHING
    from orchestration.service_definitions import build as build_service

    outcome = Outcome()
    with dg.DagsterInstance.get() as instance:
        _fail_killed_runs(instance)
        selection = _selection(dg, department, resource, grant)
        _job(dg, instance, build().resolve_job_def(RUN_EVERYTHING), selection, outcome, progress)
        if not (department or resource):
            mine = dg.AssetSelection.key_prefixes(["product", grant.lower()]) if grant else None
            _job(dg, instance, build_service().resolve_job_def("make_products"), mine, outcome, progress)
    logging.disable(logging.NOTSET)
    return outcome


def _job(dg: Any, instance: Any, job: Any, selection: Any, outcome: Outcome, progress: Progress) -> None:
    run_id = str(uuid.uuid4())
    instance.add_event_listener(run_id, lambda event: _listen(event, outcome, progress))
    keys = selection.resolve(job.asset_layer.asset_graph) if selection is not None else None
    job.execute_in_process(
        run_config=_QUIET,
        instance=instance,
        run_id=run_id,
        raise_on_error=False,
        tags={_OWNER: str(os.getpid())},
        asset_selection=list(keys) if keys else None,
    )


def _listen(event: Any, outcome: Outcome, progress: Progress) -> None:
    happened = event.dagster_event
    if happened is None:
        return
    match happened.event_type_value:
        case "STEP_START":
            progress(happened.step_key, "start")
        case "STEP_SUCCESS":
            outcome.steps += 1
            progress(happened.step_key, "done")
        case "STEP_FAILURE":
            error = happened.step_failure_data
            message = error.user_failure_data.description if error.user_failure_data else _first_line(error.error)
            outcome.failed.append(f"{happened.step_key}: {message}")
            progress(happened.step_key, "failed")
        case "ASSET_CHECK_EVALUATION":
            _note_check(happened.event_specific_data, outcome)


def _note_check(check: Any, outcome: Outcome) -> None:
    if check.passed:
        return
    blocks = check.metadata.get("是否阻断")
    if check.check_name == "desensitization_gate" or (blocks is not None and blocks.value == "是"):
        step = check.metadata["下一步"].value if "下一步" in check.metadata else ""
        said = f"{check.asset_key.path[-1]} {check.check_name} {check.description}"
        outcome.blocked.append(f"{said}；下一步：{step}" if step else said)
    elif "问题记录数" in check.metadata:  # a check of a resource that nobody delivered yet has found nothing
        outcome.warnings += 1


def _first_line(error: Any) -> str:
    while error.cause is not None:
        error = error.cause
    return error.message.strip().splitlines()[0] if error.message.strip() else "failed"


def _selection(dg: Any, department: str | None, resource: str | None, grant: str | None) -> Any:
    if grant:
        return dg.AssetSelection.groups(f"authorized_{grant.lower()}")
    if not (department or resource):
        return None
    names = [landing_name(e.department, e.resource) for e in _entries(department, resource)]
    return dg.AssetSelection.assets(*(dg.AssetKey(n.asset_key) for n in names)).downstream()


def _demand_known(department: str | None, resource: str | None, grant: str | None, active: set[str]) -> None:
    if grant is not None and grant not in active:
        raise SelectionError(f"grant {grant} is not active: see suyuan grant list")
    if (department is not None or resource is not None) and not _entries(department, resource):
        raise SelectionError(f"{resource or department or '(empty)'} is not in the catalog: see suyuan catalog list")


def _entries(department: str | None, resource: str | None) -> list[CatalogEntry]:
    entries = load_catalog(settings().catalog).entries.values()
    return [e for e in entries if (e.id == resource if resource else e.department == department)]


def _fail_killed_runs(instance: Any) -> None:
    """Headless runs of a process that was killed stay STARTED for ever: say that they failed."""
    from dagster import DagsterRunStatus, RunsFilter

    for run in instance.get_runs(RunsFilter(statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.STARTING])):
        owner = run.tags.get(_OWNER)
        if owner and not Path(f"/proc/{owner}").exists():
            instance.report_run_failed(run)


def _sweep() -> None:
    for folder in (*(paths.home() / f for f in ("landing", "versions", "judged", "inbox")), paths.grants()):
        atomic.sweep(folder)
    shutil.rmtree(paths.spill(), ignore_errors=True)


def _withdraw() -> None:
    from orchestration.pipeline.subsets import withdraw_inactive
    from registry import catalog_versions, permits

    withdraw_inactive()
    permits.follow_all()
    catalog_versions.follow_all()


def _checkpoint(outcome: Outcome) -> None:
    from lineage.log import anchors, checkpoint

    try:
        checkpoint.write()
    except (checkpoint.CheckpointRefusedError, anchors.AnchorError) as error:
        outcome.failed.append(f"lineage checkpoint: {error}; then run suyuan lineage checkpoint")
