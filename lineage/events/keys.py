"""Keys by which producers send events in: one each, shown once, kept as a keyed digest.

Lives here: making, recognising, revoking keys.
Add here: another property of a key.
Stays out: what a key may state (``lineage.events.authority``), HTTP (``portal.api.who``), commands
(``cli.lineage_producers``).

A key is ``suyuan_<key id>_<secret>``; the id finds the row, and HMAC-SHA256 of the whole under the portal's key file
``producers`` must equal the digest there. A copied database alone opens nothing.

A process remembers the keys it has recognised, so that an event costs no reading of its own; ``in_force`` is asked in
the transaction that stores the events, so a revoked key has stored nothing after its revocation.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from config import clock
from config.keys import key as key_file
from lineage.models import ProducerKey
from registry import audit
from registry.models import Account, Role

GIVES: dict[str, frozenset[str]] = {  # role of who makes a key → roles whose view it may give; always its own view
    Role.DATA_ENGINEER: frozenset({
        Role.SERVICE_ENGINEER, Role.SECURITY_AUTHORITY, Role.DATA_CLERK, Role.DEVELOPER,
    }),
    Role.BUREAU_APPROVER: frozenset(Role.values),
}  # fmt: skip
_FORM = re.compile(r"suyuan_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,100}")
_PREFIX = re.compile(r"[^\x00-\x20\x7f-\xa0]{1,500}")


class KeyRefusedError(ValueError):
    """A key cannot be made or revoked; says why."""


@dataclass(frozen=True)
class MadeKey:
    """A new key with its secret, which nobody can read again."""

    key: ProducerKey
    secret: str


def create(name: str, by: Account, namespaces: Sequence[str] = (), reads_as: str = "") -> MadeKey:
    """Make a key of a producer, in one transaction with its audit event.

    ``namespaces``: prefixes of namespaces it may write to; none: all that are not ours. ``reads_as``: user name of
    the account whose view it reads with; empty: it reads nothing.

    Raises:
        KeyRefusedError: the name or a prefix is not usable, there is no such account, or ``by`` may not give its view.
    """
    if not _NAME.fullmatch(name.strip()):
        raise KeyRefusedError("the name of a producer has 1 to 100 characters, no control characters")
    for prefix in namespaces:
        if not _PREFIX.fullmatch(prefix):
            raise KeyRefusedError("a namespace prefix has 1 to 500 characters, no spaces or control characters")
    if reads_as:
        _demand_gives(by, reads_as)
    key_id = secrets.token_hex(6)
    secret = f"suyuan_{key_id}_{secrets.token_urlsafe(32)}"
    detail = {"name": name.strip(), "namespaces": list(namespaces), "reads_as": reads_as}
    with transaction.atomic():
        made = ProducerKey.objects.create(
            key_id=key_id, digest=_digest(secret), made_by=by.username, made_at=clock.now(), **detail
        )
        audit.append(by, "新增接入密钥", key_id, detail)
    return MadeKey(made, secret)


def _demand_gives(by: Account, reads_as: str) -> None:
    """Hold the maker of a key to what it may let others see: nobody hands on more than it sees itself."""
    account = Account.objects.filter(username=reads_as, is_active=True).first()
    if account is None:
        raise KeyRefusedError(f"there is no active account {reads_as[:60]}")
    if account.pk != by.pk and account.role not in GIVES.get(by.role, ()):
        raise KeyRefusedError(f"{by.username} may not give the view of {reads_as[:60]}: the bureau's approver may")


def revoke(key_id: str, by: Account) -> ProducerKey:
    """Revoke a key; it counts no more from this transaction on.

    Raises:
        KeyRefusedError: there is no such key, or it is revoked already.
    """
    with transaction.atomic():
        found = ProducerKey.objects.select_for_update().filter(key_id=key_id).first()
        if found is None:
            raise KeyRefusedError(f"there is no key {key_id[:32]}: see suyuan lineage key list")
        if found.revoked_at is not None:
            raise KeyRefusedError(f"key {key_id} is revoked already")
        found.revoked_at, found.revoked_by = clock.now(), by.username
        found.save(update_fields=["revoked_at", "revoked_by"])
        audit.append(by, "停用接入密钥", key_id, {"name": found.name})
    return found


def recognise(secret: str) -> ProducerKey | None:
    """Return the key in force that a secret belongs to, and remember it: one indexed read."""
    found = _FORM.fullmatch(secret)
    key = ProducerKey.objects.filter(key_id=found[1], revoked_at=None).first() if found else None
    if key is None or not hmac.compare_digest(key.digest, _digest(secret)):
        return None
    _known[key.key_id] = (_plain(secret), key)
    return key


def remembered(secret: str) -> ProducerKey | None:
    """Return the key of a secret if this process knows it; the database is not asked, so ask ``in_force`` later."""
    found = _FORM.fullmatch(secret)
    plain, key = _known.get(found[1], (b"", None)) if found else (b"", None)
    return key if key is not None and hmac.compare_digest(plain, _plain(secret)) else None


def in_force(key_ids: Iterable[str]) -> dict[str, ProducerKey]:
    """Return those of the keys that are in force now, by id; the others are remembered no longer."""
    asked = set(key_ids)
    found = ProducerKey.objects.filter(revoked_at=None).in_bulk(asked) if asked else {}
    for key_id in asked - found.keys():
        _known.pop(key_id, None)
    return found


_known: dict[str, tuple[bytes, ProducerKey]] = {}  # key id → plain digest of its secret, in memory only


def _digest(secret: str) -> str:
    return hmac.digest(key_file("portal", "producers").material, secret.encode(), hashlib.sha256).hex()


def _plain(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
