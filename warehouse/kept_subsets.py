"""Subsets that products were made of, kept on the bureau's side so that a product can be made again and compared.

Lives here: keeping a grant's published file and signed bundle by content, and finding them.
Add here: another part of what a product was made of.
Stays out: publishing and withdrawing (``warehouse.grant_file``), opening (``dataplane.opening``).

The kept file is the published one, encrypted as it crossed. Withdrawing a grant takes away what the service platform
has; what is kept here lies outside its folder and is the bureau's evidence.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from scheme.bundle import Bundle
from scheme.signing import SignedDocument
from warehouse import atomic, paths

BUNDLE = "bundle.json"


def keep(grant: str, content: str) -> Path:
    """Keep the published file of a grant if it is of this content; twice changes nothing.

    Raises:
        FileNotFoundError: the grant has no published file of this content.
    """
    target, source = paths.kept_subset(grant, content), paths.grants() / grant
    if target.is_dir():
        return target
    bundle = _bundle(source / BUNDLE)
    if bundle.content != content:
        raise FileNotFoundError(f"the published file of grant {grant} is of other content: publish the grant again")
    with atomic.new_directory(target) as scratch:
        _take(source / bundle.file_name, scratch / bundle.file_name)
        shutil.copyfile(source / BUNDLE, scratch / BUNDLE)
    return target


def kept(grant: str) -> list[Bundle]:
    """Return the bundles kept of a grant, newest first; signatures are checked by who opens them."""
    folder = paths.kept_subsets(grant)
    found = [_bundle(f) for f in folder.glob(f"[!.]*/{BUNDLE}")] if folder.is_dir() else []
    return sorted(found, key=lambda b: (b.published_at, b.content), reverse=True)


def _bundle(path: Path) -> Bundle:
    return Bundle.model_validate(SignedDocument.model_validate_json(path.read_bytes()).document)


def _take(source: Path, target: Path) -> None:
    """The published file is never changed, so a second name for it is enough where the file system can."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
