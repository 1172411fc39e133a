import pytest


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    """A slow hash is the point of a real password and of no test here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
