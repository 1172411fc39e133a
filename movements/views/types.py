"""Types of schemes: national ones to read, a province's own to change."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from antq.core.clashes import once_more
from antq.core.permissions import Permission
from antq.review.models import ReviewEvent
from movements.forms.types import AttributeForm, TypeForm
from movements.models import SchemeAttribute, SchemeType
from movements.services.names import types_of
from movements.services.types import (
    FIXED,
    is_used,
    move_attribute,
    remove_attribute,
    save_with_note,
    with_use,
)

NOT_MINE = "Loại hình dùng chung cả nước: chỉ quản trị hệ thống sửa. Tỉnh thêm loại hình riêng."


def type_list(request):
    names = Count("schemes", filter=Q(schemes__merged_into=None))
    types = types_of(request.user).select_related("owner").annotate(names=names)
    context = {"types": types, "configures": request.user.may(Permission.CONFIGURE)}
    return render(request, "movements/type_list.html", context)


def type_detail(request, pk):
    kind = get_object_or_404(types_of(request.user).select_related("owner"), pk=pk)
    may_edit = SchemeType.objects.configurable_by(request.user).filter(pk=pk).exists()
    attributes = kind.attributes.all()
    context = {
        "kind": kind,
        "may_edit": may_edit,
        "attributes": with_use(attributes) if may_edit else attributes,
    }
    if may_edit:
        context["events"] = ReviewEvent.objects.about(kind).select_related("by")
    return render(request, "movements/type_detail.html", context)


@once_more
def type_create(request):
    if not request.user.may(Permission.CONFIGURE):
        raise PermissionDenied("Chỉ cấp tỉnh thêm loại hình.")
    form = TypeForm(request.POST or None, user=request.user)
    if form.is_valid():
        kind = form.instance
        save_with_note(kind, type=None, action="Thêm loại hình", words="", by=request.user)
        messages.success(request, "Đã thêm loại hình. Thêm thông tin riêng của điểm nếu cần.")
        return redirect("movements:type-detail", pk=kind.pk)
    return render(request, "movements/type_form.html", {"form": form})


@once_more
def type_edit(request, pk):
    with transaction.atomic():
        kind = _mine(request, pk)
        form = TypeForm(request.POST or None, instance=kind, user=request.user)
        if form.is_valid():
            words = form.changed_words
            save_with_note(kind, type=None, action="Sửa loại hình", words=words, by=request.user)
            messages.success(request, "Đã lưu.")
            return redirect("movements:type-detail", pk=pk)
    name = form.initial["name"]
    return render(request, "movements/type_form.html", {"form": form, "kind": kind, "name": name})


@once_more
def attribute_create(request, pk):
    with transaction.atomic():
        kind = _mine(request, pk)
        form = AttributeForm(request.POST or None, instance=SchemeAttribute(type=kind))
        if form.is_valid():
            row = form.instance
            action, words = "Thêm thông tin riêng", row.label
            save_with_note(row, type=kind, action=action, words=words, by=request.user)
            messages.success(request, f"Đã thêm “{row}”. Biểu nhập điểm có thêm ô này.")
            return redirect("movements:type-detail", pk=pk)
    context = {"form": form, "kind": kind}
    return render(request, "movements/type_attribute_form.html", context)


def attribute_edit(request, pk, key):
    with transaction.atomic():
        kind = _mine(request, pk)
        row = get_object_or_404(kind.attributes, key=key)
        form = AttributeForm(request.POST or None, instance=row, is_used=is_used(row))
        if form.is_valid() and _saved(request, form, kind):
            return redirect("movements:type-detail", pk=pk)
    context = {"form": form, "kind": kind, "row": row}
    return render(request, "movements/type_attribute_form.html", context)


def _saved(request, form: AttributeForm, kind: SchemeType) -> bool:
    words = f"{form.instance.label}: {form.changed_words}"
    action = "Sửa thông tin riêng"
    try:
        with transaction.atomic():
            save_with_note(form.instance, type=kind, action=action, words=words, by=request.user)
    except IntegrityError:  # a point got it meanwhile
        form.add_error(None, FIXED)
        return False
    messages.success(request, "Đã lưu.")
    return True


@require_POST
def attribute_move(request, pk, key):
    with transaction.atomic():
        kind = _mine(request, pk)
        row = get_object_or_404(kind.attributes, key=key)
        move_attribute(row, up="up" in request.POST)
    return redirect("movements:type-detail", pk=pk)


@require_POST
def attribute_remove(request, pk, key):
    with transaction.atomic():
        kind = _mine(request, pk)
        row = get_object_or_404(kind.attributes, key=key)
        try:
            with transaction.atomic():
                remove_attribute(row, by=request.user)
        except IntegrityError:
            messages.error(request, f"{row}: {FIXED}")
        else:
            messages.success(request, f"Đã xóa “{row}”.")
    return redirect("movements:type-detail", pk=pk)


def _mine(request, pk: int) -> SchemeType:
    """Locked while it is changed: its attributes change under the same lock."""
    get_object_or_404(types_of(request.user), pk=pk)
    types = SchemeType.objects.configurable_by(request.user).select_for_update(of=("self",))
    if (kind := types.select_related("owner").filter(pk=pk).first()) is None:
        raise PermissionDenied(NOT_MINE)
    return kind
