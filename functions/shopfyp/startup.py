"""Modules are imported without a look for cycles among them: import this before all others.

Each look goes through all that was imported so far, and finds nothing, as modules stay for good:
an eighth of a cold start, and memory that a worker's process would no longer share with the one
that it was forked from (as Python's documentation of `gc.freeze` advises).
"""

import gc

gc.disable()


def ready() -> None:
    """From now on cycles are looked for, but not among what is there already."""
    gc.freeze()
    gc.enable()
