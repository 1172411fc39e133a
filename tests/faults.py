"""Stop a service after its n-th statement, for every n: all of it happened, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from django.db import connection

WRITES = ("INSERT", "UPDATE", "DELETE")


class Stopped(Exception):
    """The machine lost its power here."""


@contextmanager
def stopped_after(n: int, *, only_writes: bool = False) -> Iterator[None]:
    """The n-th statement is carried out, and then nothing more; 0: not even the first.

    Savepoints count as statements of their own and pass: to take them away is not ours.
    """
    done = count()

    def execute(run, sql, params, many, context):
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return run(sql, params, many, context)
        if only_writes and not sql.lstrip().upper().startswith(WRITES):
            return run(sql, params, many, context)
        if next(done) >= n:
            raise Stopped
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield


def all_or_nothing(
    act: Callable[[], object], look: Callable[[], object], *, only_writes: bool = False
) -> int:
    """Run `act` stopped after each of its statements: `look` sees no change until it is done.

    Returns after how many statements it was done. Each run is in a savepoint of its own, which
    the service's own transaction must undo before ours does: what `look` sees is what it left.
    """
    before = look()
    for n in count():
        try:
            with stopped_after(n, only_writes=only_writes):
                act()
        except Stopped:
            assert look() == before, f"stopped after {n} statements, something is left"
            continue
        assert look() != before, "it was carried out, and nothing is to be seen of it"
        return n
    raise AssertionError  # never reached
