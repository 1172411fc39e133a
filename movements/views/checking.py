"""One click for points of which nobody has spoken for long: they run, as the book says."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from antq.core.numbers import vn_number
from movements.models import SchemePoint
from movements.services.checking import mark_checked
from movements.views.steps import MOST_AT_ONCE, ticked_point

NOT_DONE = (
    "chưa ghi, vì hồ sơ vừa được sửa sau khi trang này mở, không còn hoạt động, hoặc tài khoản "
    "không có quyền ghi. Xem lại rồi bấm lần nữa."
)


@require_POST
def check_many(request):
    """Each ticked point in the version that was seen; then the list again, as it was filtered."""
    seen = dict(map(ticked_point, request.POST.getlist("point")[:MOST_AT_ONCE]))
    points = list(SchemePoint.objects.visible_to(request.user).for_lists().filter(pk__in=seen))
    for point in points:
        point.version = seen[point.pk] or point.version
    checked = {point.pk for point in mark_checked(points, by=request.user)}
    for point in points:
        if point.pk not in checked:
            messages.error(request, f"{point}: {NOT_DONE}")
    if checked:
        text = f"Đã ghi {vn_number(len(checked))} điểm vẫn hoạt động, số liệu không đổi."
        messages.success(request, text)
    if not points:
        messages.warning(request, "Đánh dấu các điểm vẫn hoạt động rồi bấm lại.")
    return redirect(
        f"{reverse('movements:point-list')}?{request.GET.urlencode() or 'todo=dormant'}"
    )
