import pytest

from tests.review.papers import Place, drop_table, make_table


@pytest.fixture(scope="session", autouse=True)
def table_of_papers(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        make_table()
        yield
        drop_table()


@pytest.fixture
def place():
    return Place()
