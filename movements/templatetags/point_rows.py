"""The cells of a list of points. A tag and not template text, because a page has five hundred."""

from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from antq.core.templatetags.vn import status_badge, vn

register = template.Library()


@register.simple_tag
def point_cells(point, state, cells):
    """state: (state, its words); cells: [(column, value)] from `columns_for`, the name first."""
    (_, name), *others = cells
    address = reverse("movements:point-detail", args=[point.pk])
    shown = ((_begins(column), _shown(column, value, state)) for column, value in others)
    return format_html(
        '<th scope="row"><a href="{}">{}</a></th>{}',
        address,
        name,
        format_html_join("", "{}{}</td>", shown),
    )


def _shown(column, value, state):
    if column.key == "status":
        return status_badge(*state)
    if column.is_number and getattr(value, "unknown", 0):
        return format_html('<span class="unknown">{}</span>', "chưa rõ")
    return vn(value)


@lru_cache(maxsize=500)
def _cell(label: str, is_number: bool, wide: bool):
    kinds = " ".join(kind for kind, is_so in (("n", is_number), ("wide", wide)) if is_so)
    looks = format_html(' class="{}"', kinds) if kinds else ""
    return format_html('<td{} data-label="{}">', looks, label)


def _begins(column):
    return _cell(column.label, column.is_number, column.wide)
