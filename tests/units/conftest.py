import pytest

from antq.accounts.roles import Role
from tests.factories import make_user, unit


@pytest.fixture
def reader(client):
    """A client signed in as an officer of Xã Ia Dreh."""
    client.force_login(make_user(Role.COMMUNE_OFFICER, unit("W24100@2025-07-01")))
    return client


@pytest.fixture
def admin(client):
    """A client signed in as an administrator."""
    client.force_login(make_user(Role.ADMIN, unit("VN")))
    return client
