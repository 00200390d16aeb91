"""Keys of the two platforms (design decision 6).

Lives here: the key provider. Key files lie under ``SUYUAN_KEYS`` (directories 0700, files 0600),
one directory per platform, one file per purpose; a key id travels with whatever the key touched.
Add here: a new purpose, or another provider (HSM, KMS) with the same methods.
Stays out: what is signed, tokenised or encrypted (``scheme``, ``warehouse``).

Platforms: ``bureau`` (district platform), ``service`` (service platform), ``portal``.
Purposes: ``signing`` (Ed25519), ``tokens`` (HMAC-SHA256), ``encryption`` (AES-256), ``session``,
``webhook`` (HMAC-SHA256 of notices, shared with their receiver), ``producers`` (HMAC-SHA256 of the
keys by which lineage events are sent in).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from config.settings import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Platform = Literal["bureau", "service", "portal"]
Purpose = Literal["signing", "tokens", "encryption", "session", "webhook", "producers"]


class KeyFileError(RuntimeError):
    """A key is missing, readable by others, or inside SUYUAN_HOME."""


@dataclass(frozen=True)
class Key:
    """32 secret bytes with the id that may be stored beside data."""

    key_id: str
    material: bytes

    def __repr__(self) -> str:
        return f"Key({self.key_id})"


def key(platform: Platform, purpose: Purpose) -> Key:
    """Return a platform's key, created on first use.

    Raises:
        KeyFileError: wrong modes, wrong size, or the key directory lies inside SUYUAN_HOME.
    """
    path = directory(platform) / f"{purpose}.key"
    material = _read(path) if path.exists() else _create(path)
    return Key(f"{platform}-{purpose}-{_fingerprint(material)}", material)


def secret(platform: Platform, purpose: Purpose) -> str:
    """Return a key as text, for settings that want a string."""
    return key(platform, purpose).material.hex()


def signing_key(platform: Platform) -> tuple[str, Ed25519PrivateKey]:
    """Return (key id, Ed25519 private key) of a platform."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    found = key(platform, "signing")
    private = Ed25519PrivateKey.from_private_bytes(found.material)
    public = settings().keys_path / "public" / f"{platform}.pub"
    if not public.exists():
        _publish(public, found.key_id.encode() + b" " + private.public_key().public_bytes_raw().hex().encode())
    return found.key_id, private


def verify_key(platform: Platform) -> tuple[str, Ed25519PublicKey]:
    """Return (key id, public key) of a platform; the private half need not be readable here.

    Raises:
        KeyFileError: the platform has published no public key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    path = settings().keys_path / "public" / f"{platform}.pub"
    try:
        key_id, material = path.read_text().split()
    except (FileNotFoundError, ValueError) as error:
        raise KeyFileError(f"public key of {platform} is missing or damaged: run suyuan keys init") from error
    return key_id, Ed25519PublicKey.from_public_bytes(bytes.fromhex(material))


def public_fingerprint(platform: Platform) -> str:
    """Return how people compare a platform's public key: 16 groups of four digits of its sha256.

    Raises:
        KeyFileError: the platform has published no public key.
    """
    text = hashlib.sha256(verify_key(platform)[1].public_bytes_raw()).hexdigest()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def grant_token_key(grant: str) -> Key:
    """Derive the token key of one grant from the bureau's token key (HKDF-like, one domain each).

    Two grants never share tokens, so subsets of different scenarios cannot be joined on them.
    """
    master = key("bureau", "tokens").material
    material = hmac.new(master, f"suyuan/grant-token/{grant}".encode(), hashlib.sha256).digest()
    return Key(f"grant-token-{grant}-{_fingerprint(material)}", material)


def provision_grant_token_key(grant: str) -> Key:
    """Hand one grant's token key over to the service platform; its data plane never sees the master key."""
    found = grant_token_key(grant)
    path = _provisioned(grant)
    if not path.exists() or _read(path) != found.material:
        path.unlink(missing_ok=True)
        _publish(path, found.material)
    return found


def provisioned_grant_token_key(grant: str) -> Key:
    """Return a grant's token key as the service platform holds it.

    Raises:
        KeyFileError: it was never handed over, was withdrawn, or its modes are wrong.
    """
    path = _provisioned(grant)
    if not path.exists():
        raise KeyFileError(f"the service platform holds no token key of grant {grant}: publish the grant")
    material = _read(path)
    return Key(f"grant-token-{grant}-{_fingerprint(material)}", material)


def withdraw_grant_token_key(grant: str) -> None:
    """Take a grant's token key back from the service platform."""
    _provisioned(grant).unlink(missing_ok=True)


def _provisioned(grant: str) -> Path:
    folder = directory("service") / "grant_tokens"
    folder.mkdir(mode=0o700, exist_ok=True)
    _check_mode(folder, 0o700)
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,15}", grant):
        raise KeyFileError(f"not a grant id: {grant[:20]!r}")
    return folder / f"{grant}.key"


def connection_file(name: str) -> bytes:
    """Return the secret file by which a source of data or the mail server is reached; people write it.

    Raises:
        KeyFileError: others can read it.
        FileNotFoundError: it is not there.
    """
    path = directory("connections") / f"{name}.json"
    _check_mode(path, 0o600)
    return path.read_bytes()


def directory(platform: Platform | Literal["connections"]) -> Path:
    """Return a platform's key directory, or that of connections, made with mode 0700.

    Raises:
        KeyFileError: it lies inside SUYUAN_HOME or others can read it.
    """
    root, home = settings().keys_path, settings().home_path
    if root == home or home in root.parents:
        raise KeyFileError(f"SUYUAN_KEYS ({root.name}) must lie outside SUYUAN_HOME")
    found = root / platform
    for each in (root, found):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_mode(each, 0o700)
    return found


def _create(path: Path) -> bytes:
    _publish(path, secrets.token_bytes(32))
    return _read(path)


def _publish(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass  # another process made it first: theirs is the key
    finally:
        temporary.unlink()


def _read(path: Path) -> bytes:
    _check_mode(path, 0o600)
    material = path.read_bytes()
    if len(material) != 32:
        raise KeyFileError(f"key file {path.parent.name}/{path.name} is not 32 bytes")
    return material


def _check_mode(path: Path, mode: int) -> None:
    actual = stat.S_IMODE(path.stat().st_mode)
    if actual & ~mode:
        raise KeyFileError(f"{path.parent.name}/{path.name} has mode {actual:04o}, must be {mode:04o}: run chmod")


def _fingerprint(material: bytes) -> str:
    return hashlib.sha256(b"suyuan key id" + material).hexdigest()[:12]
