"""One real PostgreSQL for all tests, with the real units and the reference data in it."""

import pytest
from django.core.management import call_command
from django.db import connection

from antq.units.loading import load_units


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test sees the administrative units of Viet Nam and the types of schemes."""
    # pytest-django makes a test database only for tests that carry the mark `django_db`.
    assert connection.settings_dict["NAME"].startswith("test_"), "mark the test with django_db"
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            # Tests with transactions of their own empty all tables afterwards.
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET antq.may_truncate = 'on'")
            cursor.execute("SET antq.may_truncate = 'on'")
        load_units()
        call_command("load_reference", verbosity=0)


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def own_media(settings, media_folder):
    """Files that tests hand in stay out of the program's own folder."""
    settings.MEDIA_ROOT = media_folder


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    """A slow hash is the point of a real password and of no test here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
