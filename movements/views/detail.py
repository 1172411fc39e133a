"""The page of one point: what is known of it, its past, and the steps that may be taken."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate

from antq.core.permissions import Permission
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from movements.columns import attribute_value, figure_value, state_of
from movements.forms.steps import EndForm, ReasonForm
from movements.models import SchemePoint
from movements.models.points import FIGURES
from movements.services.dossier import dossier_of
from movements.services.places import home_of
from movements.views.sections import Panel, hanging_on, life_of, teams_of

HIDDEN = ("version", "event", "client_uuid")


def point_detail(request, pk):
    return detail_page(request, visible_point(request.user, pk))


def visible_point(user, pk: int) -> SchemePoint:
    points = SchemePoint.objects.visible_to(user).for_lists()
    points = points.with_permissions(user)
    return get_object_or_404(points.select_related("source", "created_by", "updated_by"), pk=pk)


def detail_page(request, point: SchemePoint, *, tried: str = "", form=None):
    """tried, form: the step that was sent with an error; what was typed in it is shown again."""
    steps = _steps(request.user, point, tried, form)
    edits = steps["may_edit"]
    hanging = hanging_on(point)
    life = life_of(point, hanging.events, request.user, may_edit=edits, tried=tried, form=form)
    if form is not None:
        offered = [*steps["panels"], *life["life_panels"]]
        shown = form.fields if any(panel.is_open for panel in offered) else ()
        for name, errors in form.errors.items():
            if name not in shown or name in HIDDEN:
                messages.error(request, " ".join(errors))
    areas = point.areas_on(localdate())
    context = {
        "point": point,
        "areas": areas,
        "past_areas": [area for area in point.areas.all() if area not in areas],
        "state": state_of(point, localdate()),
        "home": home_of(point.unit),
        "definitions": hanging.definitions,
        "states": [
            _state_row(point.scheme.type, state, hanging.definitions)
            for state in reversed(hanging.states)
        ],
        "events": ReviewEvent.objects.about(point).select_related("by"),
        "returned": point.returned_lines.filter(answered_at=None).select_related("returned_by"),
        "evaluations": hanging.evaluations,
        "recognitions": hanging.recognitions,
        "dossier": dossier_of(point),
        **teams_of(point, hanging.teams),
        **life,
        **steps,
    }
    return render(request, "movements/schemepoint_detail.html", context)


def _state_row(kind, state, definitions):
    """(state, its figures, [(definition, its value as it is shown)])"""
    figures = [
        figure_value(kind, name, getattr(state, name), state.qualifiers.get(name, ""))
        for name in FIGURES
    ]
    values = [
        (
            definition,
            attribute_value(
                definition,
                state.attributes.get(definition.key),
                state.qualifiers.get(definition.key, ""),
            ),
        )
        for definition in definitions
    ]
    return state, figures, values


def _steps(user, point, tried: str, form) -> dict:
    """Buttons and panels for what this user may do now; the services check it again."""
    edits, confirms = point.may_edit, point.may_confirm
    waits = point.status == Status.WAITING
    runs = point.status == Status.CONFIRMED and not point.ended_on
    voids = confirms if point.status == Status.CONFIRMED else edits
    stands = point.status != Status.VOIDED
    may_confirm_end = confirms and runs and point.end_asked_on
    end = "Ghi kết thúc" if confirms else "Trình lãnh đạo duyệt kết thúc"
    offered = [
        (confirms and waits, "return", "Trả lại để bổ sung", "Trả lại"),
        (may_confirm_end, "end-refuse", "Không đồng ý kết thúc", "Không đồng ý"),
        (edits and runs and not point.end_asked_on, "end", "Kết thúc hoạt động của điểm", end),
        (voids and stands, "void", "Hủy do nhập nhầm", "Hủy điểm này"),
    ]

    def blank(name: str) -> ReasonForm:
        made = EndForm if name == "end" else ReasonForm
        return made(auto_id=f"{name}-%s", initial={"on": localdate()})

    return {
        "may_edit": edits and stands,
        "may_enter": user.may(Permission.RECORD_EDIT),
        "may_confirm": confirms and waits,
        "may_confirm_end": may_confirm_end,
        "panels": [
            Panel(name, title, button, form if name == tried else blank(name), name == "void")
            for may, name, title, button in offered
            if may
        ],
    }
