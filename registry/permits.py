"""Permits of released products: the registry's word to the service platform, as a signed file.

Lives here: issuing a permit when both keys turned, taking it away, and mending what a kill between the act and the
file left behind. The file follows the registry, never the other way round.
Stays out: the acts (``actions``), obeying permits (``dataplane``).
"""

from __future__ import annotations

from registry.models import Release
from scheme.bundle import Permit
from scheme.signing import sign
from warehouse import atomic, paths


def follow(product: str) -> None:
    """Make a product's permit file say what the registry says: the last release in state 已发布, or nothing."""
    path = paths.permits() / f"{product}.json"
    release = Release.objects.filter(product=product, state="已发布").order_by("-made_at", "-pk").first()
    if release is None:
        path.unlink(missing_ok=True)
        return
    permit = Permit(
        product=product, grant=release.grant.grant, content=release.content_sha256,
        security_by=release.security_by, bureau_by=release.bureau_by,
    )  # fmt: skip
    content = sign(permit.model_dump(mode="json"), "bureau").model_dump_json().encode()
    if not path.exists() or path.read_bytes() != content:
        atomic.write_bytes(path, content)


def follow_all() -> None:
    """Make every permit file say what the registry says."""
    known = set(Release.objects.values_list("product", flat=True))
    on_disk = {p.stem for p in paths.permits().glob("[!.]*.json")}
    for product in sorted(known | on_disk):
        follow(product)
