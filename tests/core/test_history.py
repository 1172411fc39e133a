"""The change log: no row changes without a line, whatever the way; and the line stays."""

import pghistory
import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.state import ProjectState
from django.urls import reverse
from pghistory.core import event_models

from antq.accounts.models import Assignment, User
from antq.accounts.roles import Role
from antq.core.history import by_command, guard_log, write_baseline
from antq.units.choices import Level
from antq.units.models import Organization, ResidentialArea
from movements.models import PointArea, SchemePoint, Team
from tests.core.logged_rows import ROWS, build, make_area, make_organization
from tests.factories import PASSWORD, make_point, make_scheme, make_unit, make_user, unit
from tests.movements.pages import edit

pytestmark = pytest.mark.django_db

LOGS = {log.pgh_tracked_model: log for log in event_models()}
BY_NAME = {log.pgh_tracked_model.__name__: log for log in event_models()}
CHANGED = [name for name in BY_NAME if ROWS.get(BY_NAME[name].pgh_tracked_model, " ")[1]]
# Tables without a log, and why.
UNLOGGED = {
    "accounts_draft": "what somebody is typing, not a record yet",
    "accounts_signinfailure": "is a log",
    "accounts_user_groups": "roles are code: nobody has a group",
    "accounts_user_user_permissions": "roles are code: nobody has a permission of Django's",
    "review_reviewevent": "is a log",
    "units_unitlink": "computed by the database from what is logged",
}


def lines(log, **where):
    return list(log.objects.filter(**where).order_by("pgh_id"))


def values(log, row) -> dict:
    names = [each.attname for each in log._meta.local_fields if not each.name.startswith("pgh_")]
    return {name: getattr(row, name) for name in names}


def stored(model, pk):
    return model._base_manager.get(pk=pk)


def sql(statement: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def by_save(row):
    row.save()


def by_bulk(row):
    type(row)._base_manager.bulk_create([row])


def by_sql(row):
    """All columns, as another program would write them."""
    fields = [f for f in row._meta.concrete_fields if not (f.generated or f.primary_key)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    held = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING id", held)
        row.pk = cursor.fetchone()[0]


def test_every_logged_table_is_tested():
    assert set(ROWS) == set(LOGS)


def test_every_table_is_logged_or_says_why_not():
    """A new table without `@logged()` fails here."""
    ours = [config for config in apps.get_app_configs() if config.name in _ours()]
    tables = {
        model._meta.db_table
        for config in ours
        for model in config.get_models(include_auto_created=True)
        if not model._meta.proxy and model not in set(LOGS.values())
    }
    logged = {model._meta.db_table for model in LOGS}
    assert tables - logged == set(UNLOGGED)


def _ours():
    return {
        config.name
        for config in apps.get_app_configs()
        if config.path.startswith(str(settings.BASE_DIR)) and "site-packages" not in config.path
    }


@pytest.mark.parametrize("name", BY_NAME)
def test_an_insert_leaves_its_row(name):
    log = BY_NAME[name]
    for write in (by_save, by_bulk, by_sql):
        row = build(log.pgh_tracked_model)
        before = log.objects.count()

        write(row)

        assert log.objects.count() == before + 1, write
        (line,) = lines(log, pgh_obj_id=row.pk)
        assert line.pgh_label == "insert"
        assert line.pgh_created_at
        assert values(log, line) == values(log, stored(log.pgh_tracked_model, row.pk))


def change_by_save(row, field, new):
    setattr(row, field, new)
    row.save(update_fields=[field])


def change_by_queryset(row, field, new):
    type(row)._base_manager.filter(pk=row.pk).update(**{field: new})


def change_in_bulk(row, field, new):
    setattr(row, field, new)
    type(row)._base_manager.bulk_update([row], [field])


def change_by_sql(row, field, new):
    sql(f'UPDATE {row._meta.db_table} SET "{field}" = %s WHERE id = %s', new, row.pk)


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_leaves_what_was_and_what_is(name):
    log = BY_NAME[name]
    model = log.pgh_tracked_model
    row = build(model)
    row.save()
    field, new = ROWS[model][1:]
    old = getattr(stored(model, row.pk), field)
    for change in (change_by_save, change_by_queryset, change_in_bulk, change_by_sql):
        was, known = (
            values(log, stored(model, row.pk)),
            log.objects.filter(pgh_obj_id=row.pk).count(),
        )

        change(stored(model, row.pk), field, new)

        *_, before, after = found = lines(log, pgh_obj_id=row.pk)
        assert len(found) == known + 1, change
        assert after.pgh_label == "update"
        assert values(log, before) == was
        assert values(log, after) == was | {field: new} == values(log, stored(model, row.pk))
        old, new = new, old


@pytest.mark.parametrize("name", BY_NAME)
def test_a_delete_leaves_what_was(name):
    log = BY_NAME[name]
    model = log.pgh_tracked_model
    for delete in (
        lambda row: row.delete(),
        lambda row: model._base_manager.filter(pk=row.pk).delete(),
        lambda row: sql(f"DELETE FROM {model._meta.db_table} WHERE id = %s", row.pk),
    ):
        row = build(model)
        row.save()
        was, pk = values(log, stored(model, row.pk)), row.pk

        delete(row)

        last = lines(log, pgh_obj_id=pk)[-1]
        assert last.pgh_label == "delete"
        assert values(log, last) == was
        assert not model._base_manager.filter(pk=pk).exists()


def test_one_statement_leaves_a_line_for_each_row():
    log = LOGS[Organization]
    made = Organization.objects.bulk_create(build(Organization) for _ in range(50))
    ids = [row.pk for row in made]
    Organization.objects.filter(pk__in=ids).update(aliases="Tên chung")
    Organization.objects.filter(pk__in=ids).delete()

    found = lines(log, pgh_obj_id__in=ids)
    assert [line.pgh_label for line in found] == ["insert"] * 50 + ["update"] * 50 + ["delete"] * 50


def test_a_statement_that_changes_nothing_leaves_no_line():
    row = build(Organization)
    row.save()

    Organization.objects.filter(pk=row.pk).update(aliases=row.aliases)

    assert [line.pgh_label for line in lines(LOGS[Organization], pgh_obj_id=row.pk)] == ["insert"]


def test_what_goes_with_its_row_leaves_lines_too():
    point = make_point()
    team = Team.objects.create(point=point, name="Tổ 1")
    area = make_area()
    point.areas.add(area)

    SchemePoint.objects.filter(pk=point.pk).delete()

    assert lines(LOGS[Team], pgh_obj_id=team.pk)[-1].pgh_label == "delete"
    assert lines(LOGS[PointArea], residentialarea_id=area.pk)[-1].pgh_label == "delete"
    assert lines(LOGS[SchemePoint], pgh_obj_id=point.pk)[-1].pgh_label == "delete"


def test_relations_of_many_leave_lines():
    """add, remove, set and clear, of each of them."""
    old, new = make_area(), make_area()
    scheme, body, other = make_scheme(), make_organization(), make_organization()
    for manager, first, second in (
        (make_point().areas, old, new),
        (make_area().successors, old, new),
        (scheme.lead_organizations, body, other),
    ):
        through = manager.through
        log = next(log for model, log in LOGS.items() if model._meta.concrete_model is through)
        manager.add(first)
        manager.set([second])
        manager.remove(second)
        manager.add(first)
        manager.clear()
        owner = {f"{manager.source_field_name}_id": manager.instance.pk}
        labels = [line.pgh_label for line in lines(log, **owner)]
        assert labels == ["insert", "delete", "insert", "delete", "insert", "delete"]


@pytest.mark.parametrize("name", BY_NAME)
def test_lines_stay_as_they_are(name):
    log = BY_NAME[name]
    build(log.pgh_tracked_model).save()
    table = log._meta.db_table

    for statement in (f"UPDATE {table} SET pgh_label = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            sql(statement)
    with transaction.atomic():
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("SET LOCAL antq.may_truncate = 'off'")
        for emptied in (table, log.pgh_tracked_model._meta.db_table):
            with pytest.raises(DatabaseError, match="change log"), transaction.atomic():
                sql(f"TRUNCATE {emptied} CASCADE")
    assert log.objects.exists()


def test_a_table_that_is_new_is_guarded_after_its_migration():
    sql("DROP TRIGGER no_truncate ON movements_teamevent")

    guard_log()

    with transaction.atomic():
        sql("SET LOCAL antq.may_truncate = 'off'")
        with pytest.raises(DatabaseError, match="change log"), transaction.atomic():
            sql("TRUNCATE movements_teamevent")


def test_who_and_where_of_a_line_stay():
    with pghistory.context(user=7, url="/noi/"):
        row = build(Organization)
        row.save()
    (line,) = lines(LOGS[Organization], pgh_obj_id=row.pk)

    sql("UPDATE pghistory_context SET metadata = '{\"user\": 8}'")
    line.pgh_context.refresh_from_db()
    assert line.pgh_context.metadata == {"user": 7, "url": "/noi/"}
    with pytest.raises(DatabaseError, match="not deleted"), transaction.atomic():
        sql("DELETE FROM pghistory_context")


def all_lines() -> int:
    return sum(log.objects.count() for log in LOGS.values())


def test_a_form_says_who_and_where(client):
    user = make_user(Role.COMMUNE_LEADER)
    point = make_point(unit=user.assignments.get().unit, members=6)
    client.force_login(user)
    before = {log: log.objects.count() for log in LOGS.values()}

    response = edit(client, point, leader="Người khác", members="9", areas=["Thôn mới"])

    assert response.status_code == 302
    made = [line for log in LOGS.values() for line in lines(log)[before[log] :]]
    assert {type(line).__name__ for line in made} == {
        "SchemePointEvent",
        "PointStateEvent",
        "PointAreaEvent",
        "ResidentialAreaEvent",
    }
    where = {"user": user.pk, "url": reverse("movements:point-edit", args=[point.pk])}
    assert [line.pgh_context.metadata for line in made] == [where] * len(made)
    assert len({line.pgh_context_id for line in made}) == 1


def test_the_admin_says_who_and_where(client):
    admin = make_user(Role.ADMIN, unit("VN"))
    client.force_login(admin)
    place = make_unit()
    address = reverse("admin:units_residentialarea_add")

    response = client.post(
        address,
        {
            "unit": place.pk,
            "name": "Thôn của quản trị",
            "aliases": "",
            "valid_from": "",
            "valid_to": "",
        },
    )

    assert response.status_code == 302
    area = ResidentialArea.objects.get(name="Thôn của quản trị")
    (line,) = lines(LOGS[ResidentialArea], pgh_obj_id=area.pk)
    assert line.pgh_context.metadata == {"user": admin.pk, "url": address}


@pytest.mark.urls("tests.core.writing_urls")
def test_a_page_that_writes_when_it_is_opened_says_who(client):
    user = make_user(Role.COMMUNE_LEADER)
    client.force_login(user)

    client.get("/writes/")

    line = LOGS[Organization].objects.latest("pgh_id")
    assert line.pgh_context.metadata == {"user": user.pk, "url": "/writes/"}


def test_signing_in_and_opening_pages_leaves_no_line(client):
    user = make_user(Role.COMMUNE_LEADER)
    point = make_point(unit=user.assignments.get().unit)
    before = all_lines()

    given = {"username": user.username, "password": PASSWORD}
    assert client.post(reverse("accounts:sign-in"), given).status_code == 302
    for page in (reverse("site:home"), reverse("movements:point-detail", args=[point.pk])):
        assert client.get(page).status_code == 200
    client.post(reverse("accounts:sign-out"))

    assert all_lines() == before


def test_the_log_holds_no_password():
    names = {each.name for log in LOGS.values() for each in log._meta.local_fields}
    assert not {"password", "last_login"} & names
    user = make_user()
    before = all_lines()
    user.set_password("mat-khau-khac-2026")
    user.save(update_fields=["password"])
    assert all_lines() == before


def test_a_command_says_its_name_but_not_one_that_makes_tables():
    made = []
    for command in ("migrate", "load_units"):
        with by_command(["manage.py", command]):
            made.append(make_organization())

    migrated, loaded = (lines(LOGS[Organization], pgh_obj_id=row.pk)[0] for row in made)
    assert migrated.pgh_context is None
    assert loaded.pgh_context.metadata == {"command": "load_units"}


@pytest.mark.parametrize("label", ["units", "accounts", "review", "movements"])
def test_rows_older_than_their_log_get_a_first_line(label):
    """As in a database that was made before the log was."""
    logs = [log for log in LOGS.values() if log._meta.app_label == label]
    rows = {log: build(log.pgh_tracked_model) for log in logs}
    for row in rows.values():
        row.save()
    kept = {log: values(log, stored(log.pgh_tracked_model, row.pk)) for log, row in rows.items()}
    for log in logs:
        sql(f"ALTER TABLE {log._meta.db_table} DISABLE TRIGGER USER")
        log.objects.all().delete()
        sql(f"ALTER TABLE {log._meta.db_table} ENABLE TRIGGER USER")
    state = ProjectState.from_apps(apps)

    for _ in range(2):  # the second time there is nothing left to do
        with connection.schema_editor() as editor:
            write_baseline(label).database_forwards(label, editor, state, state)

    for log, row in rows.items():
        (line,) = lines(log, pgh_obj_id=row.pk)
        assert (line.pgh_label, line.pgh_context) == ("baseline", None)
        assert values(log, line) == kept[log]
        assert log.objects.count() == log.pgh_tracked_model._base_manager.count()


def test_accounts_and_roles_are_logged_with_their_unit():
    province = make_unit(Level.PROVINCE)
    user = make_user(Role.PROVINCE_STAFF, province)
    held = Assignment.objects.get(user=user)
    held.delete()
    (made, gone) = lines(LOGS[Assignment], user_id=user.pk)
    assert (made.pgh_label, gone.pgh_label) == ("insert", "delete")
    assert gone.unit_id == province.pk
    assert [line.username for line in lines(LOGS[User], pgh_obj_id=user.pk)] == [user.username]
