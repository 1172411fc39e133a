"""python3 -m antq.run VERB: what `make VERB` calls."""

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from antq.run import bundle, environment, site, smoke, testing
from antq.run.console import Failure, be_tolerant, complain, say
from antq.run.database import claim, shared_database
from antq.run.places import PROJECT, data_folder, outside_folder
from antq.run.processes import Stopped, heed_signals, run
from antq.run.settings import site_env

EXIT_INTERRUPTED = 130  # as a shell reports Ctrl-C


def manage(arguments: list[str]) -> int:
    """manage.py with these arguments, against the database of `make run`; its exit status."""
    python = environment.ready("requirements.txt")
    with shared_database(python) as db:
        env = site_env(db.url)
        return run([python, "manage.py", *arguments], interactive=True, cwd=PROJECT, env=env)


def remove_data() -> None:
    """Delete the data folder, with what root keeps for it elsewhere; only a temporary one.

    Raises Failure if the folder lies anywhere else, or while something uses it.
    """
    data = data_folder()
    temporary = Path(tempfile.gettempdir()).resolve()
    if temporary not in data.parents:
        raise Failure(f"remove-data only deletes an ANTQ_DATA below {temporary}, not {data}.")
    with claim("postgres"), claim("postgres-test"):
        shutil.rmtree(outside_folder(data), ignore_errors=True)
        shutil.rmtree(data)


def parser() -> argparse.ArgumentParser:
    """The verbs; `arguments` may also come from make, as ANTQ_ARGS."""
    top = argparse.ArgumentParser(prog="python3 -m antq.run", description="Start things.")
    verbs = top.add_subparsers(dest="verb", required=True)
    run_verb = verbs.add_parser("run", help="start the site, making everything it needs")
    run_verb.add_argument("--host", default="127.0.0.1")
    run_verb.add_argument("--port", type=int, default=8000)
    helps = {"test": "run the tests", "manage": "run manage.py on the site's database"}
    for name, text in helps.items():
        verbs.add_parser(name, help=text, add_help=False, prefix_chars="\0")
    bundle_verb = verbs.add_parser("bundle", help="pack the project and its wheels")
    bundle_verb.add_argument("--to", type=Path, help="folder (default: the data folder)")
    verbs.add_parser("check", help="linter, formatter, missing migrations")
    verbs.add_parser("smoke", help="start the site, look at it, stop it")
    verbs.add_parser("remove-data", help="delete a temporary ANTQ_DATA")
    return top


def perform(words: list[str]) -> int:
    """Do what the command line says and return the exit status; raises Failure and Stopped."""
    options, rest = parser().parse_known_args(words)
    if options.verb in ("test", "manage"):
        arguments = rest + shlex.split(os.environ.get("ANTQ_ARGS", ""))
        return testing.test(arguments) if options.verb == "test" else manage(arguments)
    if rest:
        raise Failure(f"{options.verb} does not know {shlex.join(rest)}.")
    if options.verb == "run":
        site.serve(options.host, options.port)
    if options.verb == "bundle":
        bundle.bundle(options.to)
        return 0
    {"check": testing.check, "smoke": smoke.smoke, "remove-data": remove_data}[options.verb]()
    return 0


def main(words: list[str]) -> int:
    """The exit status; whatever may be wrong with the machine ends in one sentence."""
    be_tolerant()
    heed_signals()
    try:
        return perform(words)
    except Failure as failure:
        if str(failure):
            complain(failure)
    except Stopped:
        say("Stopped.")
        return 0 if words[:1] == ["run"] else EXIT_INTERRUPTED
    except OSError as error:
        complain(f"{error.filename or 'System'}: {error.strerror or error}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
