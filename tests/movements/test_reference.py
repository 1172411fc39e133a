import unicodedata
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db.models import Value
from django.forms.models import model_to_dict

from antq.core.db import VnKey
from movements.choices import AddsUp, DataType
from movements.models import SchemeAttribute, SchemeType
from movements.reference import TYPES, load_types
from tests.factories import make_type, unit

pytestmark = pytest.mark.django_db

CAMERA = {  # key: label, data type, unit, how it adds up
    "camera_eyes": ("Số mắt camera", "integer", "mắt", "sum"),
    "eyes_public": ("Trong đó: công cộng", "integer", "mắt", "sum"),
    "eyes_household_integrated": ("Số mắt của hộ dân được tích hợp", "integer", "mắt", "sum"),
    "eyes_broken": ("Số mắt hỏng", "integer", "mắt", "sum"),
    "retention_days": ("Thời gian lưu dữ liệu (ngày)", "integer", "ngày", "max"),
    "monitoring_place": ("Nơi đặt màn hình giám sát", "text", "", "list"),
}


def everything():
    return [
        [model_to_dict(row) for row in model.objects.order_by("pk")]
        for model in (SchemeType, SchemeAttribute)
    ]


def test_camera_has_exactly_its_attributes_in_order():
    rows = SchemeAttribute.objects.filter(type__code="camera")

    assert {row.key: (row.label, row.data_type, row.unit, row.adds_up) for row in rows} == CAMERA
    assert [row.key for row in rows] == list(CAMERA)


def test_sixteen_types_of_schemes_and_the_forces_of_the_seeds_are_there():
    assert SchemeType.objects.filter(counts_as_scheme=True, owner=None).count() >= 16
    assert "Vận động giao nộp vũ khí, vật liệu nổ, công cụ hỗ trợ và pháo" in (
        SchemeType.objects.values_list("name", flat=True)
    )
    forces = SchemeType.objects.filter(counts_as_scheme=False)
    names = {name for force in forces for name in [force.name, *force.aliases.splitlines()]}
    assert names >= {"Tổ bảo vệ ANTT khu phố", "Tổ an ninh xã hội", "Tổ dân phòng PCCC"}


def test_every_type_has_three_to_six_attributes():
    numbers = {kind.code: kind.attributes.count() for kind in SchemeType.objects.all()}

    assert {code: n for code, n in numbers.items() if not 3 <= n <= 6} == {}


def test_types_and_attributes_pass_their_own_checks():
    for row in [*SchemeType.objects.all(), *SchemeAttribute.objects.all()]:
        row.full_clean()


def test_a_number_may_not_be_negative_and_only_numbers_add_up():
    numbers = (DataType.INTEGER, DataType.DECIMAL)

    for row in SchemeAttribute.objects.all():
        assert row.minimum == (0 if row.data_type in numbers else None), row.key
        if row.adds_up in (AddsUp.SUM, AddsUp.MAX):
            assert row.data_type in numbers, row.key
        if row.data_type == DataType.CHOICE:
            assert len(row.choice_list) > 1, row.key


def test_one_key_means_the_same_in_every_type():
    fields = ["key", "label", "data_type", "unit", "adds_up", "minimum", "maximum", "choices"]
    meanings = SchemeAttribute.objects.order_by().values_list(*fields).distinct()

    assert meanings.count() == SchemeAttribute.objects.values("key").order_by().distinct().count()


def test_no_name_or_alias_belongs_to_two_types():
    owners = {}
    for kind in SchemeType.objects.all():
        for name in {kind.name_key, *kind.alias_key.splitlines()}:
            assert owners.setdefault(name, kind.code) == kind.code


def test_file_is_nfc():
    text = TYPES.read_text(encoding="utf-8")

    assert text == unicodedata.normalize("NFC", text)


def test_loading_again_changes_nothing():
    before = everything()

    call_command("load_reference", verbosity=0)

    assert everything() == before


def test_loading_again_keeps_edits_and_adds_what_is_missing():
    camera = SchemeType.objects.get(code="camera")
    SchemeType.objects.filter(pk=camera.pk).update(name="Camera an ninh, trật tự", is_active=False)
    camera.attributes.filter(key="camera_eyes").update(label="Tổng số mắt")
    camera.attributes.filter(key="eyes_broken").delete()
    SchemeAttribute.objects.create(type=camera, key="cloud", label="Lưu trên đám mây")

    call_command("load_reference", verbosity=0)

    camera.refresh_from_db()
    assert (camera.name, camera.is_active) == ("Camera an ninh, trật tự", False)
    assert {row.key: row.label for row in camera.attributes.all()} == {
        **{key: label for key, (label, *_) in CAMERA.items()},
        "camera_eyes": "Tổng số mắt",
        "cloud": "Lưu trên đám mây",
    }


def test_forces_of_an_older_version_get_their_law():
    force = SchemeType.objects.filter(code="to-bao-ve-antt")
    law = force.values("legal_basis", "valid_from").get()
    force.update(legal_basis="", valid_from=None)

    call_command("load_reference", verbosity=0)
    assert force.values("legal_basis", "valid_from").get() == law

    force.update(legal_basis="Luật khác")
    call_command("load_reference", verbosity=0)
    assert force.get().legal_basis == "Luật khác"


def test_update_brings_back_the_file_and_deletes_nothing():
    camera = SchemeType.objects.get(code="camera")
    before = everything()
    SchemeType.objects.filter(pk=camera.pk).update(name="Khác")
    camera.attributes.filter(key="camera_eyes").update(label="Khác", maximum=Decimal(9))
    own = SchemeAttribute.objects.create(type=camera, key="cloud", label="Lưu trên đám mây")

    call_command("load_reference", update=True, verbosity=0)

    assert SchemeAttribute.objects.filter(pk=own.pk).delete()[0] == 1
    types, attributes = everything()
    assert types == before[0]
    changed = [(new, old) for new, old in zip(attributes, before[1], strict=True) if new != old]
    # The file sets no highest number of eyes, so that a province's own limit stays.
    assert [new["maximum"] for new, _ in changed] == [Decimal(9)]


@pytest.mark.parametrize(
    "values", [{"code": "trung-ma", "name": "Tên khác"}, {"name": "TRÙNG TÊN"}]
)
def test_a_type_made_by_hand_is_left_alone(tmp_path, values):
    owner = unit("P52@2025-07-01") if "code" in values else None
    own = make_type(**values, owner=owner)
    file = tmp_path / "types.toml"
    file.write_text(
        '[attributes]\nx = { label = "X" }\n'
        '[[types]]\ncode = "trung-ma"\nname = "Trùng tên"\nattributes = ["x"]',
        encoding="utf-8",
    )

    for update in (False, True):
        load_types(file, update=update)

    assert not own.attributes.exists()
    same = SchemeType.objects.filter(name_key=VnKey(Value("trùng tên")))
    assert list(same) == ([own] if owner is None else [])


def test_the_block_in_which_most_points_of_a_type_are():
    special = SchemeType.objects.exclude(block="residential").values_list("code", "block")
    assert dict(special) == {
        "cong-truong": "school",
        "truong-hoc": "school",
        "ton-giao-binh-yen": "religious",
        "co-quan-doanh-nghiep": "agency",
        "bao-ve-co-quan": "agency",
        "khu-du-lich": "enterprise",
        "cum-lien-ket": "cross_area",
    }
