"""The indicators and forms that the project brings along."""

import unicodedata

import pytest
from django.core.management import call_command
from django.forms.models import model_to_dict

from antq.reports import registry
from antq.reports.measures import Kind
from antq.units.choices import Level
from movements.models import FormRow, Indicator, ReportForm
from movements.reference_figures import INDICATORS
from movements.windows import PeriodKind
from tests.factories import make_indicator, make_report, make_unit

pytestmark = pytest.mark.django_db

# Of the seeds' newspaper article of 2023: unit, kind.
SEEDS = {
    "TT_BUOI": ("buổi", "flow"),
    "TT_LUOT": ("lượt", "flow"),
    "TIN_TOTAL": ("tin", "flow"),
    "TIN_GIATRI": ("tin", "flow"),
    "DVK": ("mô hình", "stock"),
    "MH_LOAI": ("mô hình", "stock"),
    "TCQC": ("tổ chức", "stock"),
    "DP_CAMERA": ("địa phương", "ratio"),
    "MAT_CAM": ("mắt", "stock"),
}


def everything():
    return [
        [model_to_dict(row) for row in model.objects.order_by("pk")]
        for model in (Indicator, ReportForm, FormRow)
    ]


def test_the_indicators_of_the_seeds_are_there():
    rows = Indicator.objects.filter(code__in=SEEDS)

    assert {row.code: (row.unit, row.kind) for row in rows} == SEEDS


def test_everything_passes_its_own_checks():
    for row in [*Indicator.objects.all(), *ReportForm.objects.all(), *FormRow.objects.all()]:
        row.full_clean()


def test_computed_ones_follow_a_measure_of_the_same_kind_and_unit():
    kinds = {Kind.STOCK: "stock", Kind.FLOW: "flow"}
    computed = Indicator.objects.filter(source="computed")

    assert computed.count() > 10
    for row in computed:
        measure = registry.measure(row.measure)
        assert (row.kind, row.unit) == (kinds[measure.kind], measure.unit), row.code


def test_the_monthly_form_asks_a_commune_at_most_25_rows():
    form = ReportForm.objects.get(code="phong-trao")
    typed = form.rows.filter(is_asked=True, indicator__source="entered")

    assert typed.count() == 25
    assert set(form.kinds) == set(PeriodKind) - {PeriodKind.AD_HOC}
    assert (form.window_rule, form.due_days) == ("government", 2)
    assert form.rows.get(indicator__code="DP_CAMERA").is_asked is False


def test_no_indicator_stands_in_two_forms():
    codes = list(FormRow.objects.values_list("indicator__code", flat=True))

    assert len(codes) == len(set(codes)) == Indicator.objects.filter(owner=None).count()


def test_ratios_say_of_what():
    for row in Indicator.objects.all():
        assert (row.kind == "ratio") is (row.denominator_label != ""), row.code


def test_file_is_nfc():
    text = INDICATORS.read_text(encoding="utf-8")

    assert text == unicodedata.normalize("NFC", text)


def test_loading_again_changes_nothing():
    before = everything()

    call_command("load_reference", verbosity=0)

    assert everything() == before


def test_loading_again_keeps_edits_and_adds_what_is_missing():
    form = ReportForm.objects.get(code="phong-trao")
    Indicator.objects.filter(code="TT_BUOI").update(label="Số buổi", is_active=False)
    form.rows.filter(indicator__code="TT_XELOA").delete()  # a province does not want it
    form.rows.filter(indicator__code="HOAGIAI").delete()
    Indicator.objects.filter(code="HOAGIAI").delete()  # a later version of the file has it
    own = FormRow.objects.create(form=form, indicator=make_indicator())

    call_command("load_reference", verbosity=0)

    assert Indicator.objects.get(code="TT_BUOI").label == "Số buổi"
    codes = set(form.rows.values_list("indicator__code", flat=True))
    assert {"HOAGIAI", own.indicator.code} <= codes
    assert "TT_XELOA" not in codes


def test_update_brings_back_the_file_and_deletes_nothing():
    form = ReportForm.objects.get(code="phong-trao")
    before = everything()
    Indicator.objects.filter(code="TT_BUOI").update(label="Khác", kind="stock", places=2)
    ReportForm.objects.filter(code="phong-trao").update(due_days=4)
    form.rows.filter(indicator__code="TT_LUOT").update(group="Khác", order=1)
    own = FormRow.objects.create(form=form, indicator=make_indicator())

    call_command("load_reference", update=True, verbosity=0)

    assert FormRow.objects.filter(pk=own.pk).exists()
    own.delete()
    own.indicator.delete()
    assert everything() == before


def test_update_leaves_what_figures_mean():
    indicator = Indicator.objects.get(code="TT_BUOI")
    Indicator.objects.filter(pk=indicator.pk).update(unit="cuộc", label="Khác")
    make_report(figures={indicator: 3})

    call_command("load_reference", update=True, verbosity=0)

    indicator.refresh_from_db()
    assert (indicator.unit, indicator.label) == ("cuộc", "Số buổi tuyên truyền, phát động")


def test_a_code_that_a_province_took_stays_its_own():
    form = ReportForm.objects.get(code="phong-trao")
    province = make_unit(Level.PROVINCE)
    form.rows.filter(indicator__code="HOAGIAI").delete()
    Indicator.objects.filter(code="HOAGIAI").delete()
    make_indicator(code="HOAGIAI", label="Của tỉnh", owner=province)

    for update in (False, True):
        call_command("load_reference", update=update, verbosity=0)
        assert Indicator.objects.get(code="HOAGIAI").label == "Của tỉnh"
        assert not form.rows.filter(indicator__code="HOAGIAI").exists()


def test_indicators_are_configured_by_their_owner():
    province, other = make_unit(Level.PROVINCE), make_unit(Level.PROVINCE)
    own = make_indicator(owner=province)

    assert own in Indicator.objects.usable_in(province)
    assert own not in Indicator.objects.usable_in(other)
    assert Indicator.objects.get(code="TT_BUOI") in Indicator.objects.usable_in(other)
