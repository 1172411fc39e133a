"""One real PostgreSQL for all tests, with the real units and the reference data in it."""

import pytest
from django.core.management import call_command

from antq.units.loading import load_units


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test sees the administrative units of Viet Nam and the types of schemes."""
    with django_db_blocker.unblock():
        load_units()
        call_command("load_reference", verbosity=0)
