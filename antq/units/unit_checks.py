"""What a CSV of administrative units would do, and everything that is wrong with it."""

import re
from collections import defaultdict
from datetime import date, timedelta

from antq.core.dates import DayError, parse_day, vn_date
from antq.units.choices import Kind, Level
from antq.units.models import AdministrativeUnit, UnitSuccession
from antq.units.models.units import RANK
from antq.units.tables import Fault, Line, choice, read_lines
from antq.units.unit_csv import COLUMNS, KINDS, UnitPlan, UnitRow

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9@_/-]{0,59}")
LEVELS = [(level.value, level.label) for level in KINDS]
NAMES = {"code": "mã", "name": "tên", "level": "cấp", "kind": "loại", "valid_from": "từ ngày"}


def check_units(text: str) -> UnitPlan:
    """What a file would do, and all its faults at once."""
    return _Check(read_lines(text, COLUMNS)).plan


class _Check:
    """One pass over the lines by themselves, one over what they say of each other."""

    def __init__(self, lines: list[Line]):
        self.plan = UnitPlan()
        # Every unit there is, and as the file would leave it.
        self.units = {unit.key: unit for unit in AdministrativeUnit.objects.all()}
        self.keys = {unit.pk: unit.key for unit in self.units.values()}
        self.stored_ends = {key: unit.valid_to for key, unit in self.units.items()}
        self.lines: dict[str, int] = {}
        for line in lines:
            self._read(line)
        self.parents = {key: self.keys.get(u.parent_id, "") for key, u in self.units.items()}
        self.parents |= {row.unit.key: row.parent for row in self.plan.new}
        for row in self.plan.rows:
            self._check_parent(row)
        self._check_children()
        self._check_codes()
        self._pair_up()

    def _say(self, line: int, column: str, message: str) -> None:
        self.plan.faults.append(Fault(line, column, message))

    def _read(self, line: Line) -> None:
        key, before = line.values["key"], len(self.plan.faults)
        if not _KEY.fullmatch(key):
            self._say(line.number, "key", "Ghi khóa: chữ không dấu, số, @ _ / -, dài đến 60.")
            return
        if key in self.lines:
            self._say(line.number, "key", f"Khóa này đã ghi ở dòng {self.lines[key]}.")
            return
        self.lines[key] = line.number
        given = self._given(line)
        if len(self.plan.faults) > before:
            return
        known = self.units.get(key)
        parent = line.values["parent"]
        lists = [_keys(line.values[name]) for name in ("predecessors", "partly_from")]
        if known is None:
            self._add(line, UnitRow(line.number, AdministrativeUnit(**given), parent, *lists))
        else:
            self._meet(line, UnitRow(line.number, known, parent, *lists), given)

    def _given(self, line: Line) -> dict:
        """The values of the line, in their types; what is wrong is said."""
        values, say = line.values, lambda *fault: self._say(line.number, *fault)
        given = {"key": values["key"], "code": values["code"], "name": values["name"]}
        if len(given["name"]) > 200 or "\n" in given["name"]:
            say("name", "Tên quá 200 ký tự hoặc có xuống dòng.")
        if given["code"] and not re.fullmatch(r"[0-9]{1,5}", given["code"]):
            say("code", "Mã gồm 1 đến 5 chữ số.")
        for name, choices in (("level", LEVELS), ("kind", Kind.choices)):
            given[name] = choice(values[name], choices)
            if values[name] and not given[name]:
                say(name, f"Không có {NAMES[name]} “{values[name][:40]}”.")
        if given["level"] and given["kind"] and given["kind"] not in KINDS[given["level"]]:
            say("kind", f"{Kind(given['kind']).label} không phải {Level(given['level']).label}.")
        for name in ("valid_from", "valid_to"):
            try:
                given[name] = parse_day(values[name]) if values[name] else None
            except DayError as error:
                say(name, str(error))
        begun, ended = given.get("valid_from"), given.get("valid_to")
        if begun and ended and ended < begun:
            say("valid_to", "Ngày hết hiệu lực không được trước ngày có hiệu lực.")
        for name, most in (("latitude", 90), ("longitude", 180)):
            given[name] = _degrees(values[name], most)
            if values[name] and given[name] is None:
                say(name, f"Ghi số từ -{most} đến {most}, ví dụ 13.35.")
        given["aliases"] = "\n".join(each.strip() for each in values["aliases"].split("|"))[:2000]
        return given

    def _add(self, line: Line, row: UnitRow) -> None:
        needed = ("name", "level", "kind", "parent")
        for name in needed:
            if not line.values[name]:
                self._say(line.number, name, "Đơn vị mới phải có ô này.")
        if all(line.values[name] for name in needed):
            self.units[row.unit.key] = row.unit
            self.plan.rows.append(row)

    def _meet(self, line: Line, row: UnitRow, given: dict) -> None:
        """A unit that is there: only its end may be new; an empty cell says nothing."""
        stored = {name: getattr(row.unit, name) for name in NAMES}
        stored["parent"] = self.keys.get(row.unit.parent_id, "")
        for name, value in (given | {"parent": row.parent}).items():
            if name in stored and value and value != stored[name]:
                shown = vn_date(stored[name]) if name == "valid_from" else stored[name]
                self._say(
                    line.number,
                    name,
                    f"Đơn vị đã có với giá trị khác ({shown}). Để trống ô này; muốn sửa thì vào "
                    "trang quản trị.",
                )
        end = self.stored_ends[row.unit.key]
        row.parent, row.state = stored["parent"], "there"
        if given["valid_to"] and end is None:
            if row.unit.valid_from and given["valid_to"] < row.unit.valid_from:
                begun = vn_date(row.unit.valid_from)
                self._say(line.number, "valid_to", f"Không được trước ngày có hiệu lực ({begun}).")
            row.unit.valid_to, row.state = given["valid_to"], "closing"
        elif given["valid_to"] and given["valid_to"] != end:
            self._say(line.number, "valid_to", f"Đơn vị đã hết hiệu lực ngày {vn_date(end)}.")
        self.plan.rows.append(row)

    def _check_parent(self, row: UnitRow) -> None:
        if row.state != "new":
            return
        unit, parent = row.unit, self.units.get(row.parent)
        if parent is None:
            self._say(row.line, "parent", f"Không có đơn vị nào có khóa “{row.parent[:60]}”.")
            return
        if RANK[parent.level] <= RANK[unit.level]:
            self._say(row.line, "parent", f"{parent} không ở cấp cao hơn.")
        if parent.valid_to and (not unit.valid_to or unit.valid_to > parent.valid_to):
            end = vn_date(parent.valid_to)
            self._say(row.line, "parent", f"{parent} chỉ có hiệu lực đến hết ngày {end}.")

    def _check_children(self) -> None:
        """Nobody may outlive the unit that it belongs to."""
        closing = {row.unit.key: row for row in self.plan.closing}
        left, new = defaultdict(list), {row.unit.key for row in self.plan.new}
        for key, parent in self.parents.items():
            if parent not in closing or key in new:  # a new one was checked by itself
                continue
            child, end = self.units[key], closing[parent].unit.valid_to
            if child.valid_to is None or child.valid_to > end:
                left[parent].append(child.name)
        for key, names in left.items():
            shown = ", ".join(sorted(names)[:5]) + (" …" if len(names) > 5 else "")
            self._say(
                closing[key].line,
                "valid_to",
                f"Còn {len(names)} đơn vị trực thuộc còn hiệu lực: {shown}. Thêm dòng cho chúng.",
            )

    def _check_codes(self) -> None:
        """No two units of one level have one code on one day."""
        holders = defaultdict(list)
        for unit in self.units.values():
            if unit.code:
                holders[(unit.level, unit.code)].append(unit)
        for row in self.plan.new:
            for other in holders.get((row.unit.level, row.unit.code), ()):
                if other is not row.unit and _overlap(row.unit, other):
                    self._say(
                        row.line,
                        "code",
                        f"Mã này đang là của {other} (khóa {other.key}) trong cùng thời gian. "
                        "Đóng đơn vị đó (valid_to), hoặc xem lại mã, ngày.",
                    )
                    break

    def _pair_up(self) -> None:
        steps = UnitSuccession.objects.values_list("predecessor", "successor", "is_primary")
        known = {(self.keys[old], self.keys[new]): primary for old, new, primary in steps}
        heirs = {old: new for (old, new), primary in known.items() if primary}
        for row in self.plan.rows:
            for column in ("predecessors", "partly_from"):
                for old in getattr(row, column):
                    self._pair(row, column, old, known, heirs)
        closing = [row.unit for row in self.plan.closing]
        self.plan.without_heir = [unit for unit in closing if unit.key not in heirs]

    def _pair(self, row: UnitRow, column: str, old: str, known: dict, heirs: dict) -> None:
        unit, before, primary = row.unit, self.units.get(old), column == "predecessors"
        wrong = ""
        if before is None or before is unit:
            wrong = f"Không có đơn vị cũ nào có khóa “{old[:60]}”."
        elif known.get((old, unit.key)) == primary:
            return
        elif (old, unit.key) in known:
            wrong = f"{before} → {unit} đã ghi khác về nơi nhận hồ sơ. Sửa ở trang quản trị."
        elif unit.valid_from is None:
            wrong = "Có đơn vị cũ thì phải ghi valid_from."
        elif primary and (before.valid_to is None or before.valid_to >= unit.valid_from):
            last = vn_date(unit.valid_from - timedelta(days=1))
            wrong = f"{before} ({old}) còn hiệu lực. Thêm một dòng đóng đơn vị đó: valid_to {last}."
        elif primary and heirs.setdefault(old, unit.key) != unit.key:
            wrong = f"Hồ sơ của {before} ({old}) đã chuyển về {heirs[old]}. Ghi ở cột partly_from."
        if wrong:
            self._say(row.line, column, wrong)
            return
        known[(old, unit.key)] = primary
        self.plan.pairs.append((old, unit.key, unit.valid_from, primary))


def _keys(text: str) -> list[str]:
    return list(dict.fromkeys(key for key in re.split(r"[|\s]+", text) if key))


def _degrees(text: str, most: int) -> float | None:
    if not re.fullmatch(r"-?[0-9]{1,3}([.,][0-9]+)?", text):
        return None
    value = float(text.replace(",", "."))
    return value if abs(value) <= most else None


def _overlap(one, other) -> bool:
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one.valid_to or date.max, other.valid_to or date.max)
