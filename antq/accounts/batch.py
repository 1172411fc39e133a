"""Accounts for the units of a province from a pasted list: read, checked line by line, made."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.views.decorators.debug import sensitive_variables

from antq.accounts.models import Assignment, User
from antq.accounts.one_time import Slip, give_password
from antq.accounts.roles import Role
from antq.core.text import clean_text
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from antq.units.querysets import spelled_out

MOST_LINES = 1000
COLUMNS = ("unit", "role", "full_name", "position", "username")
# How people name the roles; compared without diacritics. Administrators are not made from a list.
ROLES = {
    Role.COMMUNE_OFFICER: "cán bộ|cán bộ xã|cán bộ công an xã|công an xã",
    Role.COMMUNE_LEADER: "lãnh đạo|trưởng công an xã|phó trưởng công an xã|lãnh đạo công an xã",
    Role.COMMITTEE: "bcđ|ban chỉ đạo|thành viên bcđ|thành viên ban chỉ đạo",
    Role.PROVINCE_STAFF: "pv05|cán bộ pv05|cán bộ tỉnh|cán bộ pv05 (cấp tỉnh)",
    Role.VIEWER: "theo dõi|xem|chỉ xem",
}
LEVEL_OF = {
    Role.COMMUNE_OFFICER: Level.COMMUNE,
    Role.COMMUNE_LEADER: Level.COMMUNE,
    Role.PROVINCE_STAFF: Level.PROVINCE,
}
SUFFIX = {
    Role.COMMUNE_LEADER: ".lanh-dao",
    Role.COMMITTEE: ".bcd",
    Role.PROVINCE_STAFF: ".pv05",
    Role.VIEWER: ".xem",
}
LONGEST_PART = 60
KINDS = ["xa", "phuong", "dac khu", "thi tran", "tinh", "thanh pho", "cum", "khu vuc"]


@dataclass
class Line:
    """One line as typed, and what it was understood as."""

    number: int
    unit_text: str = ""
    role_text: str = ""
    full_name: str = ""
    position: str = ""
    username: str = ""
    unit: AdministrativeUnit | None = None
    role: Role | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def person(self) -> tuple:
        return (self.unit.pk, self.role.value, bare(self.full_name))


def bare(text: str) -> str:
    """Lower case, without diacritics."""
    text = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join(re.sub(r"[\u0300-\u036f'’‘ʼ`]", "", text).split())


ROLE_BY_NAME = {bare(name): role for role, names in ROLES.items() for name in names.split("|")}


def read_lines(text: str, province: AdministrativeUnit) -> list[Line]:
    """Every line that is not empty, with all that is wrong with it."""
    lines = [
        _split(number, row)
        for number, row in enumerate(text.splitlines(), start=1)
        if row.strip() and not _is_heading(row)
    ]
    places = _places(province)
    for line in lines:
        _find_unit(line, places, province)
        _find_role(line)
        _check_texts(line)
    _refuse_known_people(lines)
    _name_accounts(lines)
    return lines


@transaction.atomic
@sensitive_variables("slips", "password")
def make_accounts(lines: list[Line]) -> list[Slip]:
    """All accounts of lines without errors, or none, with their passwords in clear."""
    slips = []
    for line in lines:
        user = User(username=line.username, full_name=line.full_name, position=line.position)
        password = give_password(user)
        user.save()
        Assignment.objects.create(user=user, role=line.role, unit=line.unit)
        slips.append(Slip(user, line.unit.full_name, password))
    return slips


def take_turns() -> None:
    """Inside a transaction: a list sent twice is read the second time when the first is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(3, 0)")


def _split(number: int, row: str) -> Line:
    """Cells copied from Excel stand between tabs; typed by hand, between semicolons."""
    cells = [clean_text(cell) for cell in row.split("\t" if "\t" in row else ";")]
    values = dict(zip(("unit_text", "role_text", *COLUMNS[2:]), cells, strict=False))
    line = Line(number, **values)
    if any(cells[len(COLUMNS) :]):
        line.errors.append(f"Dòng có {len(cells)} cột, chỉ nhận {len(COLUMNS)} cột.")
    return line


def _is_heading(row: str) -> bool:
    cells = [bare(cell) for cell in row.split("\t")]
    return cells[0] == "don vi" and cells[1:2] == ["vai tro"]


def _places(province: AdministrativeUnit) -> dict[str, list[AdministrativeUnit]]:
    """The units of today in a province by every way of writing their names."""
    today = localdate()
    inside = AdministrativeUnit.objects.under([province], day=today)
    units = AdministrativeUnit.objects.filter(
        Q(pk__in=inside.values("pk")) | Q(parent=province, level=Level.GROUP)
    )
    found: dict[str, list] = {}
    for unit in units.exclude(level=Level.PART).valid_on(today).with_place():
        name = bare(unit.name)
        short = re.sub(f"^({'|'.join(KINDS)}) ", "", name)
        for key in {name, short, bare(unit.full_name.replace(",", " "))}:
            found.setdefault(key, []).append(unit)
    return found


def _find_unit(line: Line, places: dict, province: AdministrativeUnit) -> None:
    key = bare(spelled_out(line.unit_text))
    found = places.get(key, [])
    if len(found) == 1:
        line.unit = found[0]
    elif not key:
        line.errors.append("Thiếu đơn vị.")
    elif found:
        names = ", ".join(unit.name for unit in found)
        line.errors.append(f"“{line.unit_text}” có thể là: {names}. Ghi cả loại đơn vị.")
    else:
        line.errors.append(f"{province} không có đơn vị “{line.unit_text[:60]}” hiện nay.")


def _find_role(line: Line) -> None:
    line.role = ROLE_BY_NAME.get(bare(line.role_text))
    if line.role is None:
        known = ", ".join(names.split("|")[0] for names in ROLES.values())
        line.errors.append(f"Vai trò “{line.role_text[:60]}” không có. Nhập một trong: {known}.")
    elif line.unit and LEVEL_OF.get(line.role, line.unit.level) != line.unit.level:
        level = LEVEL_OF[line.role].label
        line.errors.append(f"Vai trò “{line.role.label}” chỉ giao ở {level}.")


def _check_texts(line: Line) -> None:
    for name in ("full_name", "position"):
        model_field = User._meta.get_field(name)
        if len(getattr(line, name)) > model_field.max_length:
            label = model_field.verbose_name.capitalize()
            line.errors.append(f"{label} dài quá {model_field.max_length} ký tự.")


def _refuse_known_people(lines: list[Line]) -> None:
    """The same person in the same role and unit has an account: the list was sent before."""
    lines = [line for line in lines if line.unit and line.role]
    units = {line.unit.pk for line in lines}
    held = Assignment.objects.filter(unit__in=units, user__is_demo=False)
    held = held.valid_on(localdate()).select_related("user")
    known = {(row.unit_id, row.role, bare(row.user.full_name)): row.user.username for row in held}
    seen = {}
    for line in lines:
        if line.person in known:
            line.errors.append(f"Đã có tài khoản: {known[line.person]}.")
        elif line.person in seen:
            line.errors.append(f"Trùng với dòng {seen[line.person]}.")
        seen.setdefault(line.person, line.number)


def _name_accounts(lines: list[Line]) -> None:
    """Check the names that were given, then propose the others; each name once."""
    taken = set(User.objects.values_list("username", flat=True))
    for line in lines:
        if line.username:
            _check_username(line, taken)
            taken.add(line.username)
    for line in lines:
        if not line.username and line.unit and line.role:
            line.username = _free(_proposal(line), taken)
            taken.add(line.username)


def _check_username(line: Line, taken: set[str]) -> None:
    line.username = User.normalize_username(line.username)
    try:
        ASCIIUsernameValidator()(line.username)
    except ValidationError:
        line.errors.append("Tên đăng nhập chỉ gồm chữ không dấu, chữ số và . - _ @ +, viết liền.")
    if len(line.username) > LONGEST_PART:
        line.errors.append(f"Tên đăng nhập dài quá {LONGEST_PART} ký tự.")
    if line.username in taken:
        line.errors.append(f"Tên đăng nhập “{line.username[:60]}” đã có. Chọn tên khác.")


def _proposal(line: Line) -> str:
    """Xã Ia Dreh → "xa.ia-dreh"; its leader "xa.ia-dreh.lanh-dao"."""
    name = bare(line.unit.name)
    kind = next((kind for kind in KINDS if name.startswith(f"{kind} ")), "")
    parts = [kind, name.removeprefix(f"{kind} ")] if kind else [name]
    slugs = (re.sub(r"[^a-z0-9]+", "-", part).strip("-") for part in parts)
    return ".".join(slugs)[:LONGEST_PART] + SUFFIX.get(line.role, "")


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name}.{number}"
    return free
