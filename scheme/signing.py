"""Signed documents: Ed25519 over canonical JSON (RFC 8032).

Lives here: ``SignedDocument``, sign and verify. Fail closed: anything odd is a refusal.
Add here: another algorithm (SM2) beside Ed25519, named in ``algorithm``.
Stays out: which documents exist (``scheme.grant``), key files (``config.keys``).
"""

from __future__ import annotations

import base64
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from config.keys import Platform, signing_key, verify_key
from scheme.canonical import canonical_json


class SignatureRefusedError(ValueError):
    """The signature is missing, by another key, or over other content."""


class SignedDocument(BaseModel):
    """A document with the signature over its canonical JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: dict[str, Any]
    algorithm: Literal["Ed25519"] = "Ed25519"
    key_id: str
    signature: str


def sign(document: dict[str, Any], platform: Platform) -> SignedDocument:
    """Sign a document with a platform's key."""
    key_id, private = signing_key(platform)
    signature = base64.b64encode(private.sign(canonical_json(document))).decode()
    return SignedDocument(document=document, key_id=key_id, signature=signature)


def verify(signed: SignedDocument, platform: Platform) -> dict[str, Any]:
    """Return the document if the platform's key signed exactly this content.

    Raises:
        SignatureRefusedError: it did not.
    """
    from cryptography.exceptions import InvalidSignature

    key_id, public = verify_key(platform)
    if signed.key_id != key_id:
        raise SignatureRefusedError(f"signed with key {signed.key_id}, expected {key_id}")
    try:
        public.verify(base64.b64decode(signed.signature), canonical_json(signed.document))
    except (InvalidSignature, ValueError, TypeError) as error:
        raise SignatureRefusedError("the signature does not fit the document") from error
    return signed.document
