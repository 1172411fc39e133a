"""How numbers and days are written for people; loaded into every template."""

from datetime import date, datetime
from decimal import Decimal

from django import template

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
