"""What an officer sends with the form of a point."""

from uuid import uuid4

from django.urls import reverse

from movements.models import SchemePoint, SchemeType

NEW = "movements:point-create"


def camera() -> SchemeType:
    return SchemeType.objects.get(code="camera")


def typed(commune, /, **changes) -> dict:
    """A camera point with 12 eyes, launched on 3 February 2026."""
    data = {
        "client_uuid": str(uuid4()),
        "type": camera().pk,
        "scheme": "",
        "new_scheme": "Camera giám sát buôn",
        "unit": commune.key,
        "areas": ["Buôn H'Mung"],
        "host": "",
        "location": "",
        "block": "residential",
        "count": "1",
        "launched": "03/02/2026",
        "seen_on": "",
        "as_of": "05/02/2026",
        "teams": "",
        "members": "6",
        "households": "",
        "attr_camera_eyes": "12",
        "attr_retention_days": "30",
        "attr_monitoring_place": "Trụ sở Công an xã",
        "leader": "Ksor H'Lan",
        "decision_number": "12/QĐ-UBND",
        "decision_on": "05/02/2026",
        "decision_by": "",
        "funding_state": "",
        "funding_social": "80.000.000",
        "funding_other": "",
        "note": "",
    }
    return data | changes


def retyped(client, point, **changes) -> dict:
    """What the edit form of a point shows, sent back with some changes."""
    form = client.get(reverse("movements:point-edit", args=[point.pk])).context["form"]
    data = {}
    for bound in form:
        value = bound.field.prepare_value(bound.value())
        data[bound.name] = "" if value is None else value
    return data | changes


def edit(client, point, **changes):
    return client.post(
        reverse("movements:point-edit", args=[point.pk]), retyped(client, point, **changes)
    )


def only_point() -> SchemePoint:
    return SchemePoint.objects.get()
