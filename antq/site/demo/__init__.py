"""Demo data: what five newspaper pieces state, plausible points for one province, their lives."""

from collections.abc import Callable

from django.db import connection

from antq.site.demo.lived import enter_lived
from antq.site.demo.plausible import enter_plausible
from antq.site.demo.seeds import enter_seeds


def load_records(say: Callable[[str], None] = lambda line: None) -> None:
    """Enter all records of the demo that are not there yet; the demo accounts must exist.

    Records go by their source: where one has records, its own are in, and whatever became of
    them since then stays.
    """
    say(f"Seeds: {enter_seeds()} new points")
    plausible = enter_plausible()
    say(f"Plausible: {plausible} new points")
    with connection.cursor() as cursor:  # nobody has counted the rows, and all is one transaction
        cursor.execute("ANALYZE")
    if plausible:  # points that were there have their own lives by now
        say(f"Lived: {enter_lived()} new points, and what happened to the others")
