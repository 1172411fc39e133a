"""The lines of a form: a tag and not template text, because a form has three thousand cells."""

from django import template
from django.utils.html import format_html

from antq.core.templatetags.vn import number_cell

register = template.Library()


@register.simple_tag
def sheet_cells(row):
    """The cells of a `Row`: numbers with the way to their records, and texts."""
    cells = list(map(_cell, row.cells))
    return format_html("{}" * len(cells), *cells)


def _cell(cell):
    if cell.text:
        return format_html("<td{}>{}</td>", _AT_LEFT if cell.is_prose else "", cell.text)
    return number_cell("", cell.quantity, cell.url)


_AT_LEFT = format_html(' class="{}"', "l")
