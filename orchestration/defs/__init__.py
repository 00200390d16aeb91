"""Dagster definitions, thin: a decorated body calls one step of ``orchestration.pipeline`` and reports.

Lives here: one file per kind of asset, schedule, sensor. Add here: a Dagster concept.
Stays out: what a step does.
"""
