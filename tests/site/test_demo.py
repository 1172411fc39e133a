"""The made-up points: everywhere, marked, believable, and entered once."""

from collections import Counter
from datetime import date, timedelta
from tempfile import TemporaryDirectory

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Q
from django.test import TestCase, override_settings
from django.utils.timezone import localdate

from antq.accounts.demo import make_demo_accounts
from antq.accounts.models import Draft, User
from antq.files.models import StoredFile
from antq.review.models import ReviewEvent, Source
from antq.site.clearing import clear_demo
from antq.site.demo import plausible
from antq.units.models import AdministrativeUnit, Organization, ResidentialArea
from movements.differences import differences, queue
from movements.models import (
    LifecycleEvent,
    PointState,
    Recognition,
    ReturnedLine,
    Scheme,
    SchemeAttribute,
    SchemeEvaluation,
    SchemePoint,
    Team,
)
from movements.models.points import FIGURES
from movements.services.catalogue import waiting_names
from tests.factories import make_point, unit

CLUSTER = ["W24076@2025-07-01", "W24100@2025-07-01", "W24109@2025-07-01", "W24112@2025-07-01"]
GIA_LAI = "P52@2025-07-01"


def row_counts():
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


@pytest.mark.django_db
def test_without_demo_it_refuses_and_writes_nothing(settings):
    settings.DEMO = False
    before = row_counts()

    with pytest.raises(CommandError):
        call_command("load_demo", verbosity=0)

    assert row_counts() == before


@override_settings(DEMO=True)
class DemoTests(TestCase):
    """A class, so that the demo is loaded once for all."""

    @classmethod
    def setUpTestData(cls):
        folder = cls.enterClassContext(TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=folder))
        call_command("load_demo", verbosity=0)
        cls.today = localdate()
        cls.points = SchemePoint.objects.under([unit(GIA_LAI)], day=cls.today).filter(
            source__title="Số liệu minh họa, không phải số liệu thật"
        )

    def test_every_commune_of_gia_lai_has_points_and_the_cluster_many(self):
        numbers = Counter(
            SchemePoint.objects.filter(pk__in=self.points)
            .filter(
                unit__uplinks__ancestor__parent__key=GIA_LAI,
                unit__uplinks__ancestor__level="commune",
                unit__uplinks__valid_from__lte=self.today,
                unit__uplinks__valid_to__gte=self.today,
            )
            .values_list("unit__uplinks__ancestor__key", flat=True)
        )
        communes = AdministrativeUnit.objects.filter(parent__key=GIA_LAI, level="commune")

        assert len(numbers) == 135
        assert set(numbers) == set(communes.valid_on(self.today).values_list("key", flat=True))
        deep = {key: numbers.pop(key) for key in CLUSTER}
        assert 15 <= min(deep.values()) <= max(deep.values()) <= 30
        assert 2 <= min(numbers.values()) <= max(numbers.values()) <= 6

    def test_all_of_it_is_marked_as_demo(self):
        for model in (SchemePoint, Scheme, Source, Organization, ResidentialArea):
            assert set(model.objects.values_list("is_demo", flat=True)) == {True}, model

    def test_launches_lie_in_the_last_fourteen_months_and_in_the_time_of_their_unit(self):
        first = self.today - timedelta(days=425)
        for point in self.points.select_related("unit"):
            assert first <= point.launched_on < self.today
            assert point.unit.is_valid_on(point.launched_on), point

    def test_figures_obey_the_attributes_of_their_type(self):
        limits = {
            (each.type_id, each.key): each
            for each in SchemeAttribute.objects.select_related("type")
        }
        for state in PointState.objects.select_related("point__scheme"):
            for key, value in state.attributes.items():
                attribute = limits[state.point.scheme.type_id, key]
                expected = {"integer": int, "decimal": float, "boolean": bool}
                assert type(value) is expected.get(attribute.data_type, str), (key, value)
                if attribute.is_number:
                    assert value >= attribute.minimum
                    assert attribute.maximum is None or value <= attribute.maximum
                if attribute.choices:
                    assert value in attribute.choice_list

    def test_parts_are_not_larger_than_the_whole(self):
        parts = {
            "camera_eyes": ["eyes_public", "eyes_household_integrated", "eyes_broken"],
            "people_helped": ["people_employed"],
        }
        for state in PointState.objects.all():
            known = state.attributes
            for whole, names in parts.items():
                for name in set(names) & set(known):
                    assert known[name] <= known[whole]
            if state.households is not None and "households_committed" in known:
                assert known["households_committed"] <= state.households

    def test_a_point_carries_the_figures_of_its_latest_state(self):
        for point in SchemePoint.objects.prefetch_related("states"):
            latest = point.states.last()
            for name in (*FIGURES, "attributes"):
                assert getattr(point, name) == getattr(latest, name)

    def test_camera_eyes_grow_at_some_points_of_the_cluster(self):
        grown = 0
        for point in self.points.filter(unit__key__in=CLUSTER, scheme__type__code="camera"):
            eyes = [state.attributes.get("camera_eyes") for state in point.states.all()]
            assert eyes == sorted(eyes)
            grown += len(set(eyes)) > 1

        assert grown >= 2

    def test_the_cluster_has_points_in_every_state_with_reasons(self):
        for key in CLUSTER:
            mine = self.points.filter(unit__key=key)
            numbers = mine.aggregate(
                waiting=Count("pk", filter=Q(status="waiting")),
                returned=Count("pk", filter=Q(status="returned") & ~Q(status_reason="")),
                end_asked=Count("pk", filter=Q(end_asked_on__isnull=False) & ~Q(end_reason="")),
                ended=Count("pk", filter=Q(ended_on__isnull=False) & ~Q(end_reason="")),
            )
            assert numbers == {"waiting": 2, "returned": 1, "end_asked": 1, "ended": 1}, key
        people = {
            point.created_by.username
            for point in self.points.filter(unit__key=CLUSTER[1], status="waiting")
        }
        assert people == {"xa"}
        returned = ReviewEvent.objects.filter(new_status="returned")
        assert list(returned.values_list("by__username", flat=True)).count("xa.truong") == 1

    def test_the_province_finds_a_handful_of_changes_and_one_scheme_in_three_spellings(self):
        staff = User.objects.get(username="tinh")
        found = differences(list(queue(staff).for_lists()))

        assert 5 <= len(found) <= 40
        changed = {line.key for each in found for line in each.lines if each.kind[0] == "changed"}
        assert changed == {"members", "decision_number"}
        assert waiting_names(staff).count() == 3
        assert ReturnedLine.objects.filter(answered_at=None).count() == 2

    def test_there_is_something_of_every_part_of_a_points_life(self):
        stages = set(SchemePoint.objects.values_list("stage", flat=True))
        kinds = set(LifecycleEvent.objects.values_list("kind", flat=True))
        left = SchemePoint.objects.of_old_units(self.today)

        assert stages == {"building", "running", "suspended"}
        assert kinds >= {"building", "consolidation", "suspension", "resumption", "dissolution"}
        assert SchemePoint.objects.exclude(replicated_from=None).count() == 1
        assert set(StoredFile.objects.values_list("kind", flat=True)) == {"pdf", "jpg"}
        assert left.filter(unit__parent__key="D637@2025-06-30").count() == 8
        for model in (Team, SchemeEvaluation, Recognition, Draft):
            assert model.objects.count() >= 2, model

    def test_far_fewer_schemes_than_points(self):
        schemes = self.points.aggregate(n=Count("scheme", distinct=True))["n"]

        assert 25 <= schemes <= 35
        assert self.points.count() > 10 * schemes

    def test_an_area_of_a_point_lies_in_its_unit_and_makes_its_key(self):
        located = self.points.exclude(area_key="").prefetch_related("areas")

        assert located.count() > 200
        for point in located:
            (area,) = point.areas.all()
            assert (point.area_key, point.unit_id) == (str(area.pk), area.unit_id)
        assert not self.points.filter(area_key="", areas__isnull=False).exists()

    def test_no_camera_point_takes_the_place_of_one_that_a_commune_adds(self):
        ia_dreh = unit("W24100@2025-07-01")
        cameras = Scheme.objects.filter(points__in=self.points, type__code="camera").distinct()

        for area in ia_dreh.areas.all():
            for scheme in cameras:
                point = make_point(unit=ia_dreh, scheme=scheme, area_key=str(area.pk))
                point.areas.add(area)

    def test_a_second_run_changes_nothing_even_after_edits(self):
        point = self.points.filter(status="confirmed", end_asked_on=None, ended_on=None).first()
        SchemePoint.objects.filter(pk=point.pk).update(
            status="voided", status_reason="Nhập nhầm", version=F("version") + 1
        )
        Scheme.objects.filter(name="Mắt thần an ninh").update(name="Mắt thần")
        counts, rows = row_counts(), list(SchemePoint.objects.order_by("pk").values())

        call_command("load_demo", verbosity=0)

        assert row_counts() == counts
        assert list(SchemePoint.objects.order_by("pk").values()) == rows
        assert User.objects.filter(username="xa").count() == 1

    def test_a_point_that_was_there_before_stays_the_only_one_of_its_place(self):
        mine = self.points.filter(status="confirmed", ended_on=None, area_key="").first()
        SchemePoint.objects.filter(pk=mine.pk).update(source=None, is_demo=False)
        clear_demo(keep_used=True)

        call_command("load_demo", verbosity=0)

        same = SchemePoint.objects.filter(scheme=mine.scheme, unit=mine.unit, host=mine.host)
        assert list(same.filter(area_key="")) == [mine]


@pytest.mark.django_db
def test_points_from_before_a_commune_existed_stand_in_a_former_one(monkeypatch, settings):
    settings.DEMO = True
    make_demo_accounts()
    monkeypatch.setattr(plausible, "localdate", lambda: date(2025, 12, 1))

    plausible.enter_plausible()

    points = SchemePoint.objects.select_related("unit")
    assert [point for point in points if not point.unit.is_valid_on(point.launched_on)] == []
    assert sum(point.unit.valid_to is not None for point in points) > 100
    today = SchemePoint.objects.under([unit(GIA_LAI)], day=date(2025, 12, 1))
    assert today.count() == len(points)
