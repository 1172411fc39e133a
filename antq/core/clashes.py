"""Two people write the same row at the same instant."""

from functools import wraps

from django.db import IntegrityError


def once_more(view):
    """Run a view again when the database refuses its row: somebody else was a moment faster.

    The second time it sees their row, and its form says so as it would have a moment later. For
    views that write in one transaction, of which nothing is left when it fails.
    """

    @wraps(view)
    def run(*args, **kwargs):
        try:
            return view(*args, **kwargs)
        except IntegrityError:
            return view(*args, **kwargs)

    return run
