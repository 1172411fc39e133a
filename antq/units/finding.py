"""Which commune a text in a table means: a name, with its place or not, a code or a key."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from antq.core.db import VnKey, vn_keys
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit, UnitLink
from antq.units.querysets import spelled_out

SHOWN, LONGEST = 5, 150
MOST_SEARCHED = 200  # a file of nothing but strange names must not hold up a worker
UNKNOWN = "Không có xã, phường, đặc khu nào như vậy trong phạm vi của tài khoản."


class Communes:
    """Finds communes within a scope; what is in doubt is said with its candidates.

    texts: all that will be asked for. Whole names and codes then cost no query.
    """

    def __init__(self, scope, *, day: date, texts: Iterable[str]):
        self.day = day
        self.all = scope.filter(level=Level.COMMUNE)
        self.scope = self.all.valid_on(day).with_place()
        self._found: dict[str, tuple[AdministrativeUnit | None, str]] = {}
        texts = {text for text in texts if len(text) <= LONGEST}
        self._keys = vn_keys(spelled_out(text) for text in texts)
        self._searched = 0
        self._named: dict[str, list[AdministrativeUnit]] = {}
        self._coded: dict[str, AdministrativeUnit] = {}
        for unit in self.scope.in_name_order():
            for name in _names(unit):
                self._named.setdefault(name, []).append(unit)
            self._coded |= {unit.key: unit, **({unit.code: unit} if unit.code else {})}

    def find(self, text: str) -> tuple[AdministrativeUnit | None, str]:
        """(the commune, '') or (None, what is wrong and what to do)."""
        if text not in self._found:
            self._found[text] = self._look(text)
        return self._found[text]

    def _look(self, text: str):
        if not text:
            return None, "Ghi tên hoặc mã xã, phường, đặc khu."
        if len(text) > LONGEST:
            return None, f"Tên đơn vị dài quá {LONGEST} ký tự."
        code = text.zfill(5) if text.isdecimal() else text  # Excel takes the zeros away
        if unit := self._coded.get(text) or self._coded.get(code):
            return unit, ""
        found = self._named.get(self._keys[spelled_out(text)])
        if not found:
            self._searched += 1
            if self._searched > MOST_SEARCHED:
                return None, UNKNOWN
            found = list(_exact(self.scope, text)[: SHOWN + 1])
        if len(found) == 1:
            return found[0], ""
        if found:
            return None, f"Nhiều đơn vị cùng tên: {_listed(found)}. Ghi thêm tỉnh, hoặc ghi mã."
        return None, self._doubt(text)

    def _doubt(self, text: str) -> str:
        past = _exact(self.all.exclude(pk__in=self.scope).with_place(), text).first()
        if past:
            links = UnitLink.objects.valid_on(self.day).filter(descendant=past)
            now = self.scope.filter(downlinks__in=links)
            became = f" Nay hồ sơ tính vào: {_listed(list(now[:SHOWN]))}." if now else ""
            return f"{past.full_name} không phải đơn vị ngày này.{became} Ghi tên đơn vị ngày này."
        near = list(self.scope.search(text)[: SHOWN + 1])
        if near:
            return f"Không rõ đơn vị nào, gần giống: {_listed(near)}. Ghi đủ tên, hoặc ghi mã."
        return UNKNOWN


def _names(unit: AdministrativeUnit) -> set[str]:
    """With and without its kind, alone and with the unit above behind it."""
    own, above = {unit.name_key, unit.bare_key}, {unit.parent.name_key, unit.parent.bare_key}
    return own | {f"{name} {place}" for name in own for place in above}


def _exact(units, text: str):
    """Those whose whole name this is, with or without its kind and the place behind it."""
    needle = VnKey(Value(spelled_out(text)))
    own = Q(name_key=F("sought")) | Q(bare_key=F("sought"))
    behind = Q(sought__startswith=Concat("name_key", Value(" ")))
    behind |= Q(sought__startswith=Concat("bare_key", Value(" ")))
    found = units.search(text).alias(sought=needle)
    whole = found.filter(own)
    return whole if whole.exists() else found.filter(behind)


def _listed(units: list) -> str:
    more = " …" if len(units) > SHOWN else ""
    return "; ".join(f"{unit.full_name} ({unit.code})" for unit in units[:SHOWN]) + more
