"""Bring database and static files up to date; run by .venv's Python, as one process.

    python -m antq.run.prepare          checks the database, then everything the site needs
    python -m antq.run.prepare check    only checks the database

Ends with exit status 1 after one sentence if the database or a command refuses.
"""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from antq.run.console import Failure, be_tolerant, complain, say

OLDEST_SERVER = 17
EXTENSIONS = ("pg_trgm", "btree_gist")
# Extensions neither there nor to be had: a trusted one needs CREATE on the database.
LACKING = """
    SELECT wanted.name FROM unnest(%s) AS wanted (name)
    WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = wanted.name)
      AND NOT EXISTS (
        SELECT FROM pg_available_extension_versions AS available
        WHERE available.name = wanted.name AND (
          (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
          OR trusted AND has_database_privilege(current_database(), 'CREATE')
        )
      )
    ORDER BY wanted.name
"""
QUIET = {"verbosity": 0, "interactive": False}

# What is printed, the command, its options. All of them may be repeated at will.
STEPS = [
    ("Migrations …", "migrate", QUIET),
    ("Administrative units …", "load_units", {}),
    ("Reference data …", "load_reference", {}),
    ("Demo data …", "load_demo", {}),
    ("Static files …", "collectstatic", QUIET),
]


def check_database() -> None:
    """Raise Failure unless the server of DATABASE_URL can be used, with what we need of it."""
    try:
        where = "{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
        server = connection.Database.connect(**connection.get_connection_params())
    except ImproperlyConfigured as error:
        raise Failure(str(error)) from None
    except connection.Database.Error as error:
        reason = str(error).strip().partition("\n")[0].rpartition(" failed: ")[2]
        raise Failure(f"The database {where} refuses: {reason}") from None
    version = server.server_version // 10000
    if version < OLDEST_SERVER:
        raise Failure(f"The database {where} is PostgreSQL {version}, older than {OLDEST_SERVER}.")
    with server, server.cursor() as cursor:
        cursor.execute(LACKING, [list(EXTENSIONS)])
        lacking = " and ".join(name for (name,) in cursor.fetchall())
    server.close()
    if lacking:
        raise Failure(f"The database {where} lacks {lacking}, and its user cannot create that.")


def prepare() -> None:
    """Run the steps in turn; raises Failure with the step's own sentence."""
    django.setup()
    for title, command, options in STEPS:
        if command == "load_demo" and os.environ.get("ANTQ_DEMO") != "1":
            continue
        say(title)
        try:
            call_command(command, **options)
        except (CommandError, DatabaseError, OSError) as error:
            raise Failure(f"{command} failed: {' '.join(str(error).split())}") from None


def main(arguments: list[str]) -> int:
    be_tolerant()
    try:
        check_database()
        if arguments != ["check"]:
            prepare()
    except Failure as failure:
        complain(failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
