"""Numbers of the statutory force that periodic reports ask for: tổ bảo vệ an ninh, trật tự."""

from django.db.models import Q

from movements.measures.stocks import members, teams
from movements.models import Scheme

PROTECTION = "to-bao-ve-antt"  # code of the type in the reference data

protection_teams = teams.variant(
    code="protection.teams",
    label="Số tổ bảo vệ an ninh, trật tự",
    where=Q(scheme__type__code=PROTECTION),
    narrow=Scheme.objects.filter(type__code=PROTECTION),
)
protection_members = members.variant(
    code="protection.members",
    label="Số thành viên tổ bảo vệ an ninh, trật tự",
    where=Q(scheme__type__code=PROTECTION),
    narrow=Scheme.objects.filter(type__code=PROTECTION),
)
