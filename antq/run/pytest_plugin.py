"""Given to pytest by `make test`: without a Chromium, tests marked `browser` are skipped."""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("ANTQ_CHROMIUM"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="there is no Chromium (ANTQ_CHROMIUM)"))
