"""The lines of a form: a tag and not template text, because a form has three thousand cells."""

from django import template

from antq.core.templatetags.vn import cells_html

register = template.Library()


@register.simple_tag
def sheet_cells(row):
    """The cells of a `Row`: numbers with the way to their records, and texts."""
    return cells_html(map(_cell, row.cells))


def _cell(cell):
    if cell.text:
        return (' class="l"' if cell.is_prose else ""), cell.text, ""
    return "", cell.quantity, cell.url
