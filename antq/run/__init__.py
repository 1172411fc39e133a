"""Starting things: `python3 -m antq.run VERB`, which is all that the Makefile calls.

Everything here but `prepare` and `pytest_plugin` runs on plain Python, before any requirement is
installed, and never imports Django. This file is the only one that an old Python can read: it must
say so before it meets newer syntax.
"""

import shutil
import sys

OLDEST = (3, 11)


def check_python(version: tuple = sys.version_info[:3]) -> None:
    """Raise SystemExit with one sentence (exit status 1) if `version` is too old."""
    if tuple(version[:2]) >= OLDEST:
        return
    newer = ["python3.%d" % minor for minor in range(11, 21)]  # noqa: UP031
    found = [name for name in newer if shutil.which(name)]
    hint = "try again with PYTHON=%s" % found[0] if found else "install it first"  # noqa: UP031
    running = ".".join(map(str, version))
    raise SystemExit("antq: Python 3.11 or newer is needed, this is {}; {}.".format(running, hint))  # noqa: UP032


check_python()
