"""How often a caller may call: token buckets that hold across instances and cost little.

A minute's calls of a shopper, and of an address, are bounded for each function. What an ordinary
shopper does costs no read and no write: each instance lets the first few calls of a minute through
by itself. Whoever goes on draws calls from a bucket in Firestore, some at a time.
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from shopfyp.logs import log

INSTANCES = 20
"""The most that run at once; what each lets through by itself is a part of the budget."""

_MINUTE = 60.0
_DRAWS = 10
_CALLERS = 20_000


class Budget(NamedTuple):
    """Calls a minute of one function: of one shopper, and of one address (many may share it)."""

    shopper: int
    address: int


class Drawn(NamedTuple):
    """What came out of a bucket: calls, or how many seconds to wait for some."""

    calls: int
    wait_seconds: float = 0.0


Draw = Callable[[str, int, int, datetime], Drawn]
"""`(key, wanted, per_minute, now)`: up to `wanted` calls out of the bucket `key`."""


def drawn(
    level: float, elapsed_seconds: float, wanted: int, per_minute: int
) -> tuple[float, Drawn]:
    """Take from a token bucket (Turner, New Directions in Communications, 1986).

    Args:
        level: how many calls it held `elapsed_seconds` ago.
        elapsed_seconds: since then it filled up evenly; a clock that goes back adds nothing.
        wanted: at the most so many are taken.
        per_minute: what it gains in a minute, and the most that it holds.

    Returns:
        what it holds afterwards, and what was taken; if nothing, how long to wait for all of it.
    """
    level = min(per_minute, level + max(elapsed_seconds, 0.0) * per_minute / _MINUTE)
    calls = min(wanted, int(level))
    wait = 0.0 if calls else (wanted - level) * _MINUTE / per_minute
    return level - calls, Drawn(calls, wait)


@dataclass
class _Caller:
    minute: int = -1
    left: int = 0
    closed_until: float = -math.inf


class Budgets:
    """This instance's part in everybody's budgets.

    However many instances there are, a caller gets at most twice the budget in a minute, and thrice
    in the first: a share of it that each instance lets through unasked, and the shared bucket,
    which is full at first. While the buckets cannot be reached, each instance lets through what
    the budget says: shoppers are served.
    """

    def __init__(
        self,
        draw: Draw,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Draw calls by `draw`, which may raise; `now` is the time that instances agree on."""
        self._draw, self._now, self._clock = draw, now, clock
        self._callers: OrderedDict[str, _Caller] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, function: str, budget: Budget, user_id: str, address: str | None) -> float:
        """Count a call.

        Args:
            function: that is called.
            budget: of it.
            user_id: who calls.
            address: where from, if that is known.

        Returns:
            0, or how many seconds to wait, as the call is one too many.
        """
        wait = self._spend(_key(function, "shopper", user_id), budget.shopper)
        return wait or self.spend_at(function, budget.address, address)

    def spend_at(self, function: str, per_minute: int, address: str | None) -> float:
        """Count a call from an address that nobody signed in for; returns what `spend` does."""
        if address is None:
            return 0.0
        # Not the address alone: a day later nobody can tell whether two were the same.
        return self._spend(_key(function, str(self._now().date()), address), per_minute)

    def _spend(self, key: str, per_minute: int) -> float:
        with self._lock:
            caller, clock = self._caller(key), self._clock()
            if clock < caller.closed_until:
                return caller.closed_until - clock
            minute = int(clock // _MINUTE)
            if caller.minute != minute:
                caller.minute, caller.left = minute, per_minute // INSTANCES
            if caller.left:
                caller.left -= 1
                return 0.0
        try:
            got = self._draw(key, max(1, per_minute // _DRAWS), per_minute, self._now())
        except Exception as error:  # an outage of the buckets must not be one of the shop
            log("WARNING", "budget not drawn", reason=type(error).__name__)
            got = Drawn(per_minute)
        with self._lock:
            caller.left += max(got.calls - 1, 0)
            if got.calls:
                return 0.0
            if caller.left:  # what another call has drawn meanwhile
                caller.left -= 1
                return 0.0
            caller.closed_until = self._clock() + got.wait_seconds
        return got.wait_seconds

    def _caller(self, key: str) -> _Caller:
        caller = self._callers.setdefault(key, _Caller())
        self._callers.move_to_end(key)
        if len(self._callers) > _CALLERS:
            self._callers.popitem(last=False)
        return caller


def address_of(forwarded_for: str | None, peer: str | None) -> str | None:
    """Where a call comes from: an IPv4 address, or the /64 network of an IPv6 one.

    Args:
        forwarded_for: the header X-Forwarded-For. Google's front end puts the caller's address
            behind whatever the caller wrote there, so the last one counts, and only that.
        peer: the address of the connection, where there is no such header.

    Returns:
        None when it is not known, or of this very machine (the emulator).
    """
    text = (forwarded_for or peer or "").rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if address.is_loopback:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _key(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:32]
