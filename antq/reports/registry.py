"""What the domain apps declare: measures, providers of measures, reports. Filled at start-up."""

import sys

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from antq.reports.definitions import Report
from antq.reports.measures import Measure, MeasureProvider

_measures: dict[str, Measure] = {}
_providers: dict[str, MeasureProvider] = {}
_reports: dict[str, Report] = {}


def measure(code: str) -> Measure | None:
    """The measure with this code, declared or made from data."""
    if code in _measures:
        return _measures[code]
    for prefix, provider in _providers.items():
        if code.startswith(prefix):
            return provider.find(code.removeprefix(prefix))
    return None


def report(code: str) -> Report | None:
    return _reports.get(code)


def reports() -> list[Report]:
    """In the order of their codes."""
    return [_reports[code] for code in sorted(_reports)]


def collect() -> None:
    """Read the module-level instances of every app's `measures` and `reports`.

    Raises ImproperlyConfigured when two of them carry one code.
    """
    for config in apps.get_app_configs():
        for module_name in ("measures", "reports"):
            module = sys.modules.get(f"{config.name}.{module_name}")
            for value in list(vars(module).values()) if module else ():
                if isinstance(value, Measure):
                    _add(_measures, value.code, value)
                elif isinstance(value, MeasureProvider):
                    _add(_providers, value.prefix, value)
                elif isinstance(value, Report):
                    _add(_reports, value.code, value)


def _add(register: dict, code: str, value) -> None:
    if register.setdefault(code, value) is not value:
        raise ImproperlyConfigured(f"Two declarations carry the code {code!r}.")
