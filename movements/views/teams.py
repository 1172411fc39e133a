"""The teams of a point: one page to write one, and two steps on the page of the point."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from antq.review.services import TransitionError
from movements.forms.life import TeamForm
from movements.forms.steps import ReasonForm
from movements.models import Team
from movements.services import teams as services
from movements.views.detail import visible_point
from movements.views.life import editable_point
from movements.views.steps import take_step


def create(request, pk):
    return _page(request, Team(point=editable_point(request.user, pk)))


def edit(request, pk, team):
    point = editable_point(request.user, pk)
    row = get_object_or_404(point.team_rows.all(), pk=team)
    row.point = point
    return _page(request, row)


def _page(request, team: Team):
    form = TeamForm(request.POST if request.method == "POST" else None, instance=team)
    if form.is_valid():
        given = {"version": form.cleaned_data["version"], "changed": form.changed_words}
        try:
            services.save_team(team, by=request.user, **given)
        except TransitionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Đã lưu {team.name}.")
            if warning := services.size_warning(team):
                messages.warning(request, warning)
            return redirect("movements:point-detail", pk=team.point_id)
    context = {"form": form, "point": team.point, "title": "Sửa tổ" if team.pk else "Thêm tổ"}
    if team.pk:
        context["remover"] = ReasonForm(auto_id="remove-%s")
    return render(request, "movements/_teams_form.html", context)


@require_POST
def remove(request, pk, team):
    row = get_object_or_404(visible_point(request.user, pk).team_rows.all(), pk=team)

    def act(point, **given):
        services.remove_team(row, by=request.user, **given)

    return take_step(request, pk, act, "Đã xóa tổ.", form_class=ReasonForm)


@require_POST
def take(request, pk):
    def act(point, version):
        services.take_from_list(point, by=request.user, version=version)

    return take_step(request, pk, act, "Đã ghi số liệu hôm nay theo danh sách tổ.")
