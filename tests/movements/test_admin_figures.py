"""The admin of periodic figures: lists open, what is fixed stays, reports are read only."""

import pytest
from django.urls import reverse

from antq.accounts.roles import Role
from movements.models import Indicator, Period, ReportForm, UnitReport
from tests.factories import make_indicator, make_report, make_user, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = make_user(Role.ADMIN, unit("VN"))
    client.force_login(user)
    return user


def url(table, name, *args):
    return reverse(f"admin:movements_{table._meta.model_name}_{name}", args=args)


@pytest.mark.parametrize("table", [Indicator, ReportForm, Period, UnitReport])
def test_lists_and_pages_open(client, admin, table):
    make_report(figures={make_indicator(): {"value": 300, "qualifier": "over"}})

    assert client.get(url(table, "changelist"), {"q": "tháng 10"}).status_code == 200
    assert client.get(url(table, "changelist")).status_code == 200
    page = client.get(url(table, "change", table.objects.latest("pk").pk))
    assert page.status_code == 200
    if table is UnitReport:
        assert "hơn 300" in page.content.decode()
        assert 'name="_save"' not in page.content.decode()


def test_an_indicator_is_added_and_its_meaning_stays(client, admin):
    given = {
        "code": "CT_MOI",
        "label": "Chỉ tiêu mới",
        "unit": "vụ",
        "kind": "flow",
        "places": "0",
        "source": "entered",
        "order": "5",
        "is_active": "on",
    }
    assert client.post(url(Indicator, "add"), given).status_code == 302
    indicator = Indicator.objects.get(code="CT_MOI")
    make_report(figures={indicator: 3})

    changed = given | {"label": "Tên khác", "kind": "stock", "code": "KHAC"}
    assert client.post(url(Indicator, "change", indicator.pk), changed).status_code == 302

    indicator.refresh_from_db()
    assert (indicator.label, indicator.kind, indicator.code) == ("Tên khác", "flow", "CT_MOI")


def sent(period, **changes) -> dict:
    return {
        "form": period.form_id,
        "kind": period.kind,
        "year": period.year,
        "number": period.number,
        "label": period.label,
        "first": "15/09/2026",
        "last": "14/10/2026",
        "due": "16/10/2026",
        **changes,
    }


def test_a_period_with_reports_keeps_its_days(client, admin):
    period = make_report().period
    address = url(Period, "change", period.pk)

    refused = client.post(address, sent(period, first="14/09/2026"))
    assert "Kỳ đã có báo cáo" in refused.content.decode()
    assert client.post(address, sent(period, due="20/10/2026")).status_code == 302

    period.refresh_from_db()
    assert (period.first.day, period.due.day) == (15, 20)


def test_the_kinds_of_a_form_are_ticked(client, admin):
    form = ReportForm.objects.get(code="ngay-hoi")
    page = client.get(url(ReportForm, "change", form.pk))
    given = {}
    for each in [page.context["adminform"].form, *_formset_forms(page)]:
        for bound in each:
            value = bound.value()
            if value is not None and value is not False:
                given[bound.html_name] = value
    for formset in page.context["inline_admin_formsets"]:
        given |= {
            f"{formset.formset.prefix}-{name}": formset.formset.management_form[name].value()
            for name in ("TOTAL_FORMS", "INITIAL_FORMS")
        }

    assert client.post(url(ReportForm, "change", form.pk), given | {"kinds": []}).status_code == 200
    given |= {"kinds": ["ad_hoc", "year"]}
    assert client.post(url(ReportForm, "change", form.pk), given).status_code == 302

    form.refresh_from_db()
    assert form.kinds == ["ad_hoc", "year"]


def _formset_forms(page):
    return [each for found in page.context["inline_admin_formsets"] for each in found.formset]
