"""How numbers and days are written for people; loaded into every template."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils.html import format_html

from antq.core import dates, numbers

register = template.Library()


@register.filter
def vn(value):
    """1234567.5 → 1.234.567,5; a day → 03/02/2026; None → –; text stays."""
    if value is None or value == "":
        return "–"
    if isinstance(value, numbers.Quantity):
        return str(value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return dates.vn_date(value)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return numbers.vn_number(value)
    return value


@register.filter
def share(part, whole):
    """The width, 0 to 100, of the bar that shows a part of a whole; text, safe inside an SVG."""
    if not part or not whole:
        return "0"
    return f"{min(100, max(0, 100 * float(part) / float(whole))):.1f}"


@register.simple_tag
def number(quantity, url=""):
    """A quantity in a cell: its number, a link to the records behind it, what is unknown in it.

    A tag and not an included template, because a form has two thousand cells.
    """
    if quantity is None or (quantity.value is None and not quantity.unknown):
        return "–"
    if quantity.value is None:
        shown = format_html('<span class="unknown">{}</span>', "chưa rõ")
    else:
        shown = quantity.known
    link = format_html('<a href="{}">{}</a>', url, shown) if url else shown
    if quantity.value is None or not quantity.unknown:
        return link
    more = numbers.vn_number(quantity.unknown)
    return format_html('{} <span class="unknown">+{} chưa rõ</span>', link, more)


def cells_html(cells):
    """<td>…</td> for each of (looks, text or quantity, address of the records behind it).

    One call of `format_html` for a row of them: one for each would take as long as all the rest.
    looks: attributes of the cell as the program has them, never a text from anywhere else.
    """
    shape, values = [], []
    for looks, shown, url in cells:
        if not isinstance(shown, numbers.Quantity):
            shape.append(f"<td{looks}>{{}}</td>")
            values.append(shown)
        elif url and shown.value is not None and not shown.unknown:
            shape.append(f'<td{looks}><a href="{{}}">{{}}</a></td>')
            values += [url, shown.known]
        else:
            shape.append(f"<td{looks}>{{}}</td>")
            values.append(number(shown, url))
    return format_html("".join(shape), *values)


@register.simple_tag
def status_badge(status, label):
    """status: a value of review.Status, or a state of a list; label: what people read."""
    kind = {"confirmed": "ok", "waiting": "wait", "returned": "late"}.get(status, "none")
    return format_html('<span class="tag {}">{}</span>', kind, label)


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The address of this page with some values changed, and back on its first page."""
    values = context["request"].GET.copy()
    values.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            values.pop(name, None)
        else:
            values[name] = value
    return f"?{values.urlencode()}"


@register.simple_tag
def scope_query(scope, unit):
    """The parameters of the same days and map for another unit."""
    return scope.query(unit)
