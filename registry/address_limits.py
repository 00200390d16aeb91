"""How often one client address may do something a day, counted without keeping any address.

Lives here: one count per purpose, day and keyed hash; hashes of past days are removed at the next count.
Add here: another network that counts as one client.
Stays out: what is limited and to how much (the callers), limits of logins (axes).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from django.db import transaction

from config import clock
from config.keys import key
from registry.models import AddressCount


@transaction.atomic
def take(purpose: str, address: str, most: int) -> bool:
    """Count one use of ``purpose`` by an address today; return whether it is among the first ``most``."""
    today = clock.today()
    AddressCount.objects.exclude(day=today).delete()
    counts = AddressCount.objects.select_for_update()
    found, _ = counts.get_or_create(purpose=purpose, day=today, digest=_digest(purpose, address))
    if found.count >= most:
        return False
    found.count += 1
    found.save(update_fields=["count"])
    return True


def _digest(purpose: str, address: str) -> str:
    """Another hash on every day, by the portal's secret: it leads neither to an address nor to another day."""
    text = f"suyuan/address/{purpose}/{clock.today()}/{_client(address)}"
    return hmac.new(key("portal", "session").material, text.encode(), hashlib.sha256).hexdigest()


def _client(address: str) -> str:
    """Return who an address is: of IPv6 the network of 64 bits, of which one client has every address."""
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((int(found), 64), strict=False).network_address)
    return str(found)
