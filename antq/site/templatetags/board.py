"""Parts of a dashboard of which there are hundreds: tags and not template text, for speed."""

from django import template
from django.utils.html import format_html, format_html_join

from antq.core.templatetags.vn import cells_html, share

register = template.Library()

# The columns of the table by unit: numbers from the left, of which the screen's wide part has more;
# after the points a bar; at the end how many residential areas are reached, of how many.
NUMBERS, WIDE, POINTS, COVERED, DECLARED = 6, (3, 4), 1, 8, 9


@register.simple_tag
def unit_cells(row, most):
    """The cells of a row; most: the number of points of the longest bar, 0 for a row without."""
    cells = [
        (_WIDE if at in WIDE else _NUMBER, cell.quantity, cell.url)
        for at, cell in enumerate(row.cells[:NUMBERS])
    ]
    cells.insert(POINTS + 1, (_BAR, _bar(row.cells[POINTS], most) if most else "", ""))
    covered, declared = row.cells[COVERED].quantity, row.cells[DECLARED].quantity
    of = f"/{declared}" if declared.value else ""
    return cells_html([*cells, (_WIDE, f"{covered}{of}", "")])


def _bar(cell, most):
    return format_html(
        '<svg class="bar-svg" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="6"/></svg>',
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


_NUMBER, _WIDE, _BAR = ' class="n"', ' class="n wide"', ' class="wide bar-cell"'
_FULL = format_html(' fill="{}" fill-opacity=".55"', "#14532d")
_EMPTY = format_html(' fill="{}"', "#ffffff")
