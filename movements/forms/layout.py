"""How the form of a point is laid out: named sections, short fields side by side."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Fieldset, Layout, Row
from django.urls import reverse
from django.utils.timezone import localdate

from antq.core.forms import TextField
from antq.units.choices import Level
from movements.forms.attributes import PREFIX
from movements.models.points import FIGURES

BANNER = (
    "Không nhập thông tin thuộc danh mục bí mật nhà nước, danh tính người tố giác, "
    "người cung cấp tin."
)
UNIT_LEVELS = (Level.COMMUNE, Level.DISTRICT, Level.PROVINCE, Level.COUNTRY)
FIGURES_HINT = "Chưa rõ thì để trống, không ghi 0. Có thể ghi “hơn 300”, “gần 300”, “khoảng 300”."

# What an element of the form says to htmx to have the parts that depend on it drawn again.
REFRESH = {
    "hx-include": "[name=type], [name=unit], [name=as_of], .form-part",
    "hx-swap": "none",
    "hx-sync": "closest form:replace",
}


def refresh(form) -> dict[str, str]:
    pk = form.instance.pk
    of_known = pk and reverse("movements:point-edit-fields", args=[pk])
    url = of_known or reverse("movements:point-fields")
    return {"hx-get": url, "hx-trigger": "change", **REFRESH}


def unit_search() -> str:
    """Where the units of today that a user may pick are looked up."""
    today = localdate().isoformat()
    return f"{reverse('units:search')}?scope=mine&on={today}&levels={','.join(UNIT_LEVELS)}"


def whole(form) -> FormHelper:
    """The whole form; the page owns the <form> tag and the buttons."""
    return _helper(
        *([HTML("{% include 'movements/_point_differences.html' %}")] if form.conflict else []),
        HTML(f'<div class="note">{BANNER}</div>'),
        "client_uuid",
        "version",
        Fieldset(
            "Mô hình và địa bàn",
            _unit(form),
            Row(_cell("type", 4), _scheme_part(form)),
            _place_part(form),
            Row(_cell("location", 6), _block_part(form)),
            Row(_cell("launched", 4), _cell("seen_on", 4), _cell("count", 4)),
            *([Row(_cell("then_unit", 12))] if form.then_choices else []),
        ),
        Fieldset(
            "Quy mô",
            HTML(f'<p class="hint">{FIGURES_HINT}</p>'),
            Row(_cell("as_of", 3), _figure_part(form)),
            Row(_cell("leader", 6)),
        ),
        _attribute_part(form),
        Fieldset(
            "Quyết định, kinh phí, ghi chú",
            Row(*(_cell(name, 4) for name in ("decision_number", "decision_on", "decision_by"))),
            Row(*(_cell(f"funding_{name}", 4) for name in ("state", "social", "other"))),
            Row(_cell("source_title", 12)),
            Row(_cell("note", 12)),
        ),
    )


def parts(form) -> FormHelper:
    """What depends on the type, the unit and the day, to be put in place of what is on the page."""
    of_state = _figure_part if form.instance.pk else _block_part
    made = (_scheme_part, _place_part, of_state, _attribute_part)
    return _helper(*(part(form, hx_swap_oob="true") for part in made))


def step(form) -> FormHelper:
    """The fields of a step that people see; the page writes the version that it shows."""
    return _helper(*(field.name for field in form.visible_fields()))


def _helper(*content) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True  # the page's <form> has it
    helper.layout = Layout(*content)
    return helper


def _cell(name: str, width: int) -> Column:
    """`width` twelfths of the line; on a phone the whole line, or half of it for short numbers."""
    return Column(name, css_class=f"{'col-6' if width == 3 else 'col-12'} col-md-{width}")


def _unit(form):
    if form.only_unit is None:
        return Row(_cell("unit", 12))
    return Div("unit", HTML("<p>Đơn vị: <b>{{ form.only_unit.full_name }}</b></p>"))


def _scheme_part(form, **attributes) -> Div:
    return Div(
        Row(_cell("scheme", 6), _cell("new_scheme", 6)),
        css_id="scheme-part",
        css_class="col-md-8 form-part",
        **attributes,
    )


def _place_part(form, **attributes) -> Div:
    return Div(
        Row(_cell("areas", 6), _cell("host", 6)),
        css_id="place-part",
        css_class="form-part",
        **attributes,
    )


def _block_part(form, **attributes) -> Div:
    return Div(
        "block",
        "usual_block",
        css_id="block-part",
        css_class="col-12 col-md-6 form-part",
        **attributes,
    )


def _figure_part(form, **attributes) -> Div:
    return Div(
        Row(*(_cell(name, 4) for name in FIGURES)),
        "shown_for",
        css_id="figure-part",
        css_class="col-12 col-md-9 form-part",
        **attributes,
    )


def _attribute_part(form, **attributes) -> Div:
    names = [name for name in form.fields if name.startswith(PREFIX)]
    inside = []
    if names:
        cells = [
            _cell(name, 6 if isinstance(form.fields[name], TextField) else 3) for name in names
        ]
        inside = [Fieldset("Thông tin riêng của loại hình", Row(*cells))]
    return Div(*inside, css_id="attribute-part", css_class="form-part", **attributes)
