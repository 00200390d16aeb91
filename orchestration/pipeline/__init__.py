"""Steps of the pipeline as plain functions; ``orchestration.defs`` wraps them as Dagster assets.

Lives here: what a step does, callable without Dagster. Each module is one step or one concern of it.
Add here: a step. Stays out: dagster, wording of the UI.
"""
