"""Template filters.

Lives here: small readings that templates cannot do. Stays out: rules.
"""

from __future__ import annotations

from typing import Any

from django import template

from registry.models import Release
from scheme.names import product_name
from scheme.protocols import RuleOutcome

register = template.Library()


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """Return a mapping's value, or the key itself."""
    return mapping.get(key, key)


@register.filter
def share(outcome: RuleOutcome) -> str:
    """Return the share of problem rows in percent."""
    if not outcome.evaluated_count:
        return "—"
    return f"{100 * outcome.unexpected_count / outcome.evaluated_count:.3f}%"


@register.filter
def dataset(release: Release) -> str:
    """Return a release's data set name in lineage."""
    return str(product_name(release.grant.grant, release.product))
