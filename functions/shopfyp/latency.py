"""How long the functions take and how they end: counted in memory, kept once a minute."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from pydantic import BaseModel, ConfigDict

from shopfyp.logs import log

BOUNDS_MS = (5, 10, 20, 50, 100, 200, 300, 500, 750, 1000, 2000, 5000, 10_000, 60_000)
"""Upper bounds of the buckets; the last holds what takes longer as well."""

OK = "ok"
REFUSED = frozenset(
    {
        "invalid-argument",
        "unauthenticated",
        "permission-denied",
        "not-found",
        "resource-exhausted",
        "failed-precondition",
        "aborted",
    }
)
"""Outcomes that are the caller's doing; all others but `ok` are errors of ours."""


class Calls(BaseModel):
    """The calls of one function: how many ended how, and how many took how long."""

    model_config = ConfigDict(extra="ignore")

    outcomes: dict[str, int] = {}
    buckets: dict[int, int] = {}
    """Place in `BOUNDS_MS` -> calls."""

    @property
    def total(self) -> int:
        """All calls."""
        return sum(self.outcomes.values())

    @property
    def refused(self) -> int:
        """Calls that asked for what cannot be had."""
        return sum(n for outcome, n in self.outcomes.items() if outcome in REFUSED)

    @property
    def errors(self) -> int:
        """Calls that we failed."""
        return self.total - self.refused - self.outcomes.get(OK, 0)

    def percentile(self, share: float) -> float | None:
        """The time in ms within which this share of calls ended; None without calls.

        It is exact to a bucket, and drawn straight across it: what Prometheus's
        histogram_quantile does.
        """
        calls = sum(self.buckets.values())
        if not calls:
            return None
        wanted, below = share * calls, 0
        for place, bound in enumerate(BOUNDS_MS):
            inside = self.buckets.get(place, 0)
            if inside and below + inside >= wanted:
                floor = BOUNDS_MS[place - 1] if place else 0
                return floor + (bound - floor) * (wanted - below) / inside
            below += inside
        return float(BOUNDS_MS[-1])


def merged(calls: Sequence[Calls]) -> Calls:
    """The sum of some calls of one function."""
    outcomes: Counter[str] = Counter()
    buckets: Counter[int] = Counter()
    for some in calls:
        outcomes.update(some.outcomes)
        buckets.update(some.buckets)
    return Calls(outcomes=dict(outcomes), buckets=dict(buckets))


def bucket_of(milliseconds: float) -> int:
    """The place of the bucket that a duration belongs to."""
    last = len(BOUNDS_MS) - 1
    return next((place for place, most in enumerate(BOUNDS_MS) if milliseconds <= most), last)


Save = Callable[[date, Mapping[str, Calls]], None]


class Recorder:
    """Counts this instance's calls, and hands them over at most once in `every_seconds`.

    The request that comes when it is time starts a thread that does so beside it: nobody waits,
    and a store that is down breaks nothing. What could not be saved is kept for the next time;
    what an instance counted after its last time is lost with it.
    """

    def __init__(self, save: Save, today: Callable[[], date], every_seconds: float = 60) -> None:
        """Hand over to `save`, which may raise; `today` says the day that a call belongs to."""
        self._save = save
        self._today = today
        self._every_seconds = every_seconds
        self._saved_at = time.monotonic()
        self._counted: dict[tuple[date, str], Calls] = {}
        self._lock = threading.Lock()

    @contextmanager
    def measured(self, function: str) -> Iterator[Callable[[str], None]]:
        """Count the call that runs inside; it says how it ends, else it ended `internal`."""
        if self._is_due():
            threading.Thread(target=self.flush, daemon=True).start()
        outcome = "internal"

        def ends(how: str) -> None:
            nonlocal outcome
            outcome = how

        started = time.perf_counter()
        try:
            yield ends
        finally:
            took_ms = 1000 * (time.perf_counter() - started)
            call = Calls(outcomes={outcome: 1}, buckets={bucket_of(took_ms): 1})
            self._add({(self._today(), function): call})

    def flush(self) -> None:
        """Save what was counted; a failure is logged, and the counts are kept."""
        with self._lock:
            counted, self._counted = self._counted, {}
        for day in sorted({day for day, _ in counted}):
            calls = {name: some for (on, name), some in counted.items() if on == day}
            try:
                self._save(day, calls)
            except Exception as error:  # whatever it is, no request may end by it
                log("WARNING", "calls not saved", reason=f"{type(error).__name__}: {error}")
                self._add({(day, name): some for name, some in calls.items()})

    def _is_due(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if not self._counted or now - self._saved_at < self._every_seconds:
                return False
            self._saved_at = now
            return True

    def _add(self, counted: Mapping[tuple[date, str], Calls]) -> None:
        with self._lock:
            for key, calls in counted.items():
                self._counted[key] = merged([self._counted.get(key, Calls()), calls])
