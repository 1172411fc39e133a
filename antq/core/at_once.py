"""Rows of several tables in one query: the database gives them as JSON, here they become rows."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject


def rows_of(rows: models.QuerySet, **more: str) -> ArraySubquery:
    """To annotate one row of another table with. more: values from beyond the rows' own table."""
    columns = {field.attname: field.attname for field in rows.model._meta.concrete_fields}
    return ArraySubquery(rows.values(row=JSONObject(**columns, **more)))


def made(model: type[models.Model], found: list[dict]) -> list:
    """What `rows_of` gave, as rows; with `more` as attributes."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rows = []
    for values in found:
        row = model(**{name: field.to_python(values.pop(name)) for name, field in fields.items()})
        vars(row).update(values)
        rows.append(row)
    return rows
