"""The rules that keep the house in order: who may import whom, and what every table has."""

import ast
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from pghistory.models import Event

# Imports run one way, to the left.
ORDER = [
    "antq.core",
    "antq.units",
    "antq.accounts",
    "antq.files",
    "antq.review",
    "antq.reports",
    "movements",
    "festivals",
    "awards",
    "antq.site",
]
RANK = {name: rank for rank, name in enumerate(ORDER)}
# `settings` and `urls` name apps by string and are imported by none; `run` starts things.
OUTSIDE = {"antq", "antq.settings", "antq.urls", "antq.wsgi", "antq.run"}
OURS = {name: apps.get_app_config(name.rpartition(".")[2]) for name in ORDER}


def app_of(module: str) -> str | None:
    """The app that a module belongs to; None for libraries."""
    for name in ORDER:
        if module == name or module.startswith(f"{name}."):
            return name
    return None


def modules():
    for name in ORDER:
        folder = Path(settings.BASE_DIR, *name.split("."))
        for path in sorted(folder.rglob("*.py")):
            yield name, path


def imports(path: Path):
    """(line, module) of every import of a file; a relative one is refused."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield node.lineno, node.module
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def test_the_order_names_every_app_of_ours():
    ours = {
        config.name
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(settings.BASE_DIR)
        and "site-packages" not in config.path
    }
    assert ours == set(ORDER)


def test_imports_run_to_the_left():
    wrong = []
    for name, path in modules():
        for line, module in imports(path):
            target = app_of(module)
            if target and RANK[target] > RANK[name]:
                wrong.append(f"{path}:{line} imports {module}")
            if module in OUTSIDE and module != "antq":
                wrong.append(f"{path}:{line} imports {module}")
    assert wrong == []


def test_foreign_keys_point_to_the_left():
    wrong = []
    for name, config in OURS.items():
        for model in config.get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                if field.auto_created or not field.related_model:
                    continue
                target = field.related_model._meta.app_config.name
                if target in RANK and RANK[target] > RANK[name]:
                    wrong.append(f"{model._meta.label}.{field.name} → {target}")
    assert wrong == []


def test_migrations_depend_to_the_left():
    names = {config.label: name for name, config in OURS.items()}
    graph = MigrationLoader(None).disk_migrations
    wrong = [
        f"{label}.{migration} → {needed}"
        for (label, migration), made in graph.items()
        if label in names
        for needed, _ in made.dependencies
        if needed in names and RANK[names[needed]] > RANK[names[label]]
    ]
    assert wrong == []


def test_every_migration_has_a_name_of_its_own():
    auto = [
        str(path)
        for _, path in modules()
        if path.parent.name == "migrations" and "_auto_" in path.name
    ]
    assert auto == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_every_table_and_field_has_a_vietnamese_name():
    """Where nobody gave a name, Django makes one of the English identifier."""
    unnamed = []
    for config in OURS.values():
        for model in config.get_models():
            if issubclass(model, Event) or model._meta.proxy:
                continue  # lines of the change log have the names of the table they log
            if model._meta.verbose_name == model._meta.model_name:
                unnamed.append(model._meta.label)
            for field in model._meta.get_fields():
                if field.auto_created or field.name.endswith("_key"):
                    continue
                inherited = field.model.__module__.startswith("django.")
                made = field.name.replace("_", " ")
                if not inherited and field.verbose_name == made and not _django_names(field):
                    unnamed.append(f"{model._meta.label}.{field.name}")
    assert unnamed == []


def _django_names(field) -> bool:
    """Fields of Django's own user, which Django translates."""
    return field.model._meta.label == "accounts.User" and field.name in (
        "username",
        "email",
        "password",
        "last_login",
        "date_joined",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "user_permissions",
    )


def test_templates_hold_no_inline_code_and_no_other_host():
    """The policy would stop them, and a closed network has no other host."""
    wrong = []
    for path in sorted(Path(settings.BASE_DIR, "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for needle in (' style="', "<script>", "<style", " onclick=", "https://", "|safe"):
            if needle in text:
                wrong.append(f"{path.name}: {needle}")
    assert wrong == []
