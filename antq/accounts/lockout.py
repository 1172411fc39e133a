"""After repeated failures a username, or an address, has to wait.

An attempt is written down as a failure before its password is checked and taken back when it was
right: guesses made at the same moment count too. What is refused while locked is not written
down, so a lock ends by itself.
"""

from datetime import timedelta
from ipaddress import ip_address
from math import ceil

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from antq.accounts.models import SignInFailure, User

PER_USERNAME = 5
PER_ADDRESS = 30
WINDOW = timedelta(minutes=15)
REMEMBERED = timedelta(days=30)


def client_address(request) -> str | None:
    """Where a request comes from; None when that is not known.

    Each trusted proxy adds the address it heard from at the right of X-Forwarded-For; what stands
    further left is what the client itself claims.
    """
    if request is None:
        return None
    proxies = settings.TRUSTED_PROXIES
    heard = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if proxies else []
    if heard and len(heard) >= proxies:
        return _address(heard[-proxies])
    return _address(request.META.get("REMOTE_ADDR", ""))


def begin_attempt(username: str, address: str | None) -> bool:
    """Whether a password may be tried now. If so, it counts as failed until `succeed`."""
    with transaction.atomic():
        # Attempts at one name, or from one address, pass here one after the other.
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_advisory_xact_lock(1, hashtext(%s)),"
                " pg_advisory_xact_lock(2, hashtext(%s))",
                [username, address or ""],
            )
        if minutes_to_wait(username, address):
            return False
        SignInFailure.objects.filter(at__lt=timezone.now() - REMEMBERED).delete()
        SignInFailure.objects.create(username=username, address=address)
    return True


def succeed(username: str) -> None:
    SignInFailure.objects.filter(username=username).delete()


def minutes_to_wait(username: str, address: str | None) -> int:
    """How long this username or this address is still locked; 0 when it is not."""
    now = timezone.now()
    recent = SignInFailure.objects.filter(at__gt=now - WINDOW).order_by("-at")
    limits = [(recent.filter(username=username), PER_USERNAME)]
    if address:
        limits.append((recent.filter(address=address), PER_ADDRESS))
    ends = [now]
    for failures, limit in limits:
        # The lock lasts until only limit - 1 failures are left in the window.
        ends += [at + WINDOW for at in failures.values_list("at", flat=True)[limit - 1 : limit]]
    return ceil((max(ends) - now) / timedelta(minutes=1))


def unlock(who: str) -> int:
    """Forget the failures of a username or an address; returns how many there were."""
    mine = Q(username=User.normalize_username(who))
    if address := _address(who):
        mine |= Q(address=address)
    return SignInFailure.objects.filter(mine).delete()[0]


def _address(text: str) -> str | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return str(address).partition("%")[0]  # PostgreSQL knows no zone: fe80::1%eth0
