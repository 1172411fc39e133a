"""Parts of a dashboard of which there are hundreds: tags and not template text, for speed."""

from django import template
from django.utils.html import format_html, format_html_join

from antq.core.templatetags.vn import number_cell, share

register = template.Library()

# The columns of the table by unit: numbers from the left, of which the screen's wide part has more;
# after the points a bar; at the end how many residential areas are reached, of how many.
NUMBERS, WIDE, POINTS, COVERED, DECLARED = 6, (3, 4), 1, 8, 9


@register.simple_tag
def unit_cells(row, most):
    """The cells of a row; most: the number of points of the longest bar, 0 for a row without."""
    cells = [
        number_cell(_WIDE if at in WIDE else _NUMBER, cell.quantity, cell.url)
        for at, cell in enumerate(row.cells[:NUMBERS])
    ]
    bar = _bar(row.cells[POINTS], most) if most else _NO_BAR
    covered, declared = row.cells[COVERED].quantity, row.cells[DECLARED].quantity
    of = f"/{declared}" if declared.value else ""
    reach = format_html("<td{}>{}{}</td>", _WIDE, covered, of)
    cells = [*cells[: POINTS + 1], bar, *cells[POINTS + 1 :], reach]
    return format_html("{}" * len(cells), *cells)


def _bar(cell, most):
    return format_html(
        '<td class="wide bar-cell"><svg class="bar-svg" viewBox="0 0 100 6"'
        ' preserveAspectRatio="none" aria-hidden="true"><rect width="{}" height="6"/></svg></td>',
        share(cell.quantity.value, most),
    )


@register.simple_tag
def map_circles(places, scope):
    """A circle for each `charts.Place` that opens the dashboard of its unit."""
    return format_html_join(
        "",
        '<a href="?{}" tabindex="-1"><circle cx="{}" cy="{}" r="{}"{} stroke="#14532d"/>'
        "<title>{}: {} điểm</title></a>",
        (
            (
                scope.query(place.unit),
                place.x,
                place.y,
                place.radius,
                _FULL if place.quantity.value else _EMPTY,
                place.unit.name,
                place.quantity,
            )
            for place in places
        ),
    )


_NUMBER, _WIDE = format_html(' class="{}"', "n"), format_html(' class="{}"', "n wide")
_NO_BAR = format_html('<td class="{}"></td>', "wide bar-cell")
_FULL = format_html(' fill="{}" fill-opacity=".55"', "#14532d")
_EMPTY = format_html(' fill="{}"', "#ffffff")
