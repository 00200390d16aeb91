"""Making a released product again from its recorded versions, and comparing: a verification, nothing is published.

Lives here: finding what a release was made of, having it made again, the comparison, its audit event.
Add here: another thing to compare.
Stays out: making it (``dataplane.rebuilding``), who may ask (``lineage.access``), pages (``portal.views.products``).

It reads only, takes seconds, and runs in the process that asks: the kept subset is the bureau's, as is its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config import clock
from dataplane.opening import GrantRefusedError
from dataplane.rebuilding import MAKERS
from dataplane.rebuilding import rebuild as make_again
from lineage.answers.asked import QuestionError
from lineage.answers.recorded import Recorded, recorded, reference_versions
from registry import audit
from registry.models import Account, Release
from scheme.bundle import Bundle
from scheme.names import authorized_name, product_name
from warehouse.kept_subsets import kept


@dataclass(frozen=True)
class Input:
    """One table the product was made of: its version as lineage recorded it, and as measured now."""

    dataset: str
    recorded: str
    measured: str
    is_same: bool


@dataclass(frozen=True)
class Rebuild:
    """The comparison of one release."""

    release: int
    dataset: str
    recorded: str
    rebuilt: str
    is_same: bool
    inputs: list[Input]
    event: int
    made_at: datetime
    compared_at: datetime


def rebuild(
    grant: str, product: str, content: str, *, by: Account | None, told: dict[str, Any] | None = None
) -> Rebuild:
    """Make a release again and compare; ``content``: its content hash or the beginning of it, empty: the last release.

    ``told``: what else the audit event says of the asking.

    Raises:
        QuestionError: there is no such release, or what it was made of is not recorded or not kept.
    """
    release = _release(grant, product, content)
    name = str(product_name(grant, product))
    if (grant, product) not in MAKERS:
        raise QuestionError(f"{name} is of a form that cannot be made again", "该形态的数据产品不支持重建核对。")
    made, bundle = _made_of(name, grant, release)
    try:
        found = make_again(grant, product, bundle.content)
    except GrantRefusedError as refusal:
        raise QuestionError(f"{name} cannot be made again: {refusal}", str(refusal)) from None
    references = reference_versions(set(found.measured) - set(found.stated), made.at)
    known = references | found.stated | made.inputs
    inputs = [Input(d, known.get(d, ""), measured, known.get(d) == measured) for d, measured in found.measured.items()]
    is_same = found.content == release.content_sha256 and all(i.is_same for i in inputs)
    detail = {
        "recorded": release.content_sha256, "rebuilt": found.content, "is_same": is_same, "inputs": len(inputs),
        "event": made.seq, **(told or {}),
    }  # fmt: skip
    audit.append(by, "重建核对数据产品", f"release:{release.pk}", detail)
    return Rebuild(
        release.pk, name, release.content_sha256, found.content, is_same, inputs, made.seq, made.at, clock.now()
    )


def _release(grant: str, product: str, content: str) -> Release:
    found = Release.objects.select_related("grant").filter(grant__grant=grant, product=product)
    release = found.filter(content_sha256__startswith=content.strip().lower()).order_by("-made_at", "-pk").first()
    if release is None:
        raise QuestionError(
            f"there is no release of {product[:60]} under grant {grant[:20]} with this content",
            "没有该数据产品版本。请核对授权编号、产品和内容标识。",
        )
    return release


def _made_of(name: str, grant: str, release: Release) -> tuple[Recorded, Bundle]:
    """The last recorded making of this release whose subset is kept."""
    bundles = kept(grant)
    for made in recorded(name, release.content_sha256):
        for bundle in bundles:
            held = {str(authorized_name(grant, t)): v.version for t, v in bundle.tables.items()}
            if made.inputs and all(held.get(d) == v for d, v in made.inputs.items()):
                return made, bundle
    raise QuestionError(
        f"what {name} was made of is not kept: it was made before subsets were kept",
        "制作该版本时所用的授权子集未留存，无法重建核对。重新制作该产品后即可核对。",
    )
