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
    if form.parts_address == "movements:point-many-fields":  # a table is too long for an address
        sent = {"hx-post": reverse(form.parts_address), "hx-swap": "none", "hx-trigger": "change"}
        return sent | {"hx-sync": "closest form:replace"}
    of_known = pk and reverse("movements:point-edit-fields", args=[pk])
    url = of_known or reverse(form.parts_address)
    return {"hx-get": url, "hx-trigger": "change", **REFRESH}


def near_names() -> dict[str, str]:
    """What the field of a new name says to htmx to have near names shown while one types."""
    return {
        "hx-get": reverse("movements:scheme-near"),
        "hx-trigger": "input delay:300ms",
        "hx-include": "[name=type]",
        "hx-target": "#near-names",
        "hx-sync": "this:replace",
        "autocomplete": "off",
    }


def unit_search() -> str:
    """Where the units of today that a user may pick are looked up."""
    today = localdate().isoformat()
    return f"{reverse('units:search')}?scope=mine&on={today}&levels={','.join(UNIT_LEVELS)}"


def commune_search() -> str:
    return f"{reverse('units:search')}?scope=mine&on={localdate().isoformat()}&levels=commune"


def whole(form) -> FormHelper:
    """The whole form; the page owns the <form> tag and the buttons."""
    return _helper(
        *([HTML("{% include 'movements/_point_differences.html' %}")] if form.conflict else []),
        HTML(f'<div class="note">{BANNER}</div>'),
        "client_uuid",
        "version",
        *([] if form.instance.pk else ["replicated_from"]),
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


def many(form) -> FormHelper:
    """What the points of a table have in common."""
    return _helper(
        HTML(f'<div class="note">{BANNER}</div>'),
        "client_uuid",
        _unit(form),
        Row(_cell("type", 4), _scheme_part(form)),
        Row(_block_part(form), _cell("launched", 3), _cell("seen_on", 3)),
        *([Row(_cell("then_unit", 12))] if form.then_choices else []),
        Row(_cell("decision_number", 3), _cell("decision_on", 3), _cell("decision_by", 6)),
        Row(_cell("as_of", 3), _cell("source_title", 9)),
    )


def many_parts(form) -> FormHelper:
    """What depends on the type and the unit; the table itself is drawn by its template."""
    return _helper(*(part(form, hx_swap_oob="true") for part in (_scheme_part, _block_part)))


def step(form) -> FormHelper:
    """The fields of a step that people see; the page writes the version that it shows."""
    return _helper(*(field.name for field in form.visible_fields()))


def lines(*content, hidden=()) -> FormHelper:
    """A small form: each line is a list of (field, its twelfths)."""
    rows = (Row(*(_cell(name, width) for name, width in line)) for line in content)
    return _helper(*hidden, *rows)


def preparing_parts(form) -> FormHelper:
    made = [_scheme_part, _place_part] + ([] if form.instance.pk else [_block_part])
    return _helper(*(part(form, hx_swap_oob="true") for part in made))


def preparing(form) -> FormHelper:
    """The form of a point that does not run yet: where it will be, and its first step."""
    return _helper(
        *([HTML("{% include 'movements/_point_differences.html' %}")] if form.conflict else []),
        HTML(f'<div class="note">{BANNER}</div>'),
        "client_uuid",
        "version",
        *([] if form.instance.pk else ["replicated_from"]),
        Fieldset(
            "Mô hình và địa bàn",
            _unit(form),
            Row(_cell("type", 4), _scheme_part(form)),
            _place_part(form),
            Row(_cell("location", 6), _block_part(form)),
        ),
        Fieldset(
            "Bước đầu tiên" if "first_step" in form.fields else "Quyết định",
            *([Row(_cell("first_step", 6), _cell("first_on", 6))] if not form.instance.pk else []),
            Row(*(_cell(name, 4) for name in ("decision_number", "decision_on", "decision_by"))),
            Row(_cell("leader", 6)),
            Row(_cell("note", 12)),
        ),
    )


def fields_of(form) -> FormHelper:
    """All the fields, one below the other."""
    return _helper(*form.fields)


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


def _new_scheme(form) -> Column:
    near = HTML('<div id="near-names" aria-live="polite"></div>')
    asked = ["is_other_scheme"] if form.near_same else []
    return Column("new_scheme", *asked, near, css_class="col-12 col-md-6")


def _scheme_part(form, **attributes) -> Div:
    return Div(
        Row(_cell("scheme", 6), _new_scheme(form)),
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
