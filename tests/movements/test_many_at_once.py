"""One table sent several times at the very same moment."""

from django.urls import reverse

from antq.accounts.roles import Role
from antq.units.models import ResidentialArea
from movements.models import Scheme, SchemePoint
from tests.factories import make_user
from tests.movements.test_at_once import at_once, commune  # noqa: F401 – a fixture
from tests.movements.test_many import MANY, table, twelve


def test_a_table_sent_three_times_at_once_makes_none_twice(commune):  # noqa: F811
    user = make_user(Role.COMMUNE_OFFICER, commune)
    data = table(commune, *twelve()[:4])

    responses = at_once(*[(user, reverse(MANY), data)] * 3)

    assert [response.status_code for response in responses] == [302] * 3
    assert SchemePoint.objects.count() == 4
    assert Scheme.objects.count() == 1
    assert ResidentialArea.objects.filter(unit=commune).count() == 4
