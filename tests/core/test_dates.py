from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq.core.dates import DayError, PartialDay, parse_day, parse_partial_day, vn_date


@pytest.mark.parametrize(
    ("text", "day", "shown"),
    [
        ("03/02/2026", date(2026, 2, 3), "03/02/2026"),
        ("3-2-2026", date(2026, 2, 3), "03/02/2026"),
        ("2026-02-03", date(2026, 2, 3), "03/02/2026"),
        ("02/2026", date(2026, 2, 1), "02/2026"),
        (" 2026 ", date(2026, 1, 1), "2026"),
    ],
)
def test_a_day_is_the_day_first(text, day, shown):
    found = parse_partial_day(text)
    assert (found.day, str(found)) == (day, shown)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31/02/2026", "Tháng 2 năm 2026 chỉ có 28 ngày"),
        ("29/02/2023", "chỉ có 28 ngày"),
        ("01/13/2026", "Không có tháng 13"),
        ("3/2/26", "năm gồm bốn chữ số"),
        ("hôm qua", "Nhập ngày/tháng/năm"),
        ("00/01/2026", "chỉ có 31 ngày"),
        ("01/01/0001", "Năm 1 không hợp lệ"),
        ("01/01/9999", "Năm 9999 không hợp lệ"),
        ("٠١/٠١/٢٠٢٦", "không hợp lệ|Nhập ngày"),
    ],
)
def test_what_is_no_day_is_refused_and_says_why(text, why):
    with pytest.raises(DayError, match=why):
        parse_partial_day(text)


def test_a_whole_day_needs_its_day():
    with pytest.raises(DayError, match="đủ ngày/tháng/năm"):
        parse_day("2/2026")


@given(st.dates(date(1945, 1, 1), date(2100, 12, 31)))
def test_what_is_written_is_read_again(day):
    assert parse_partial_day(vn_date(day)) == PartialDay(day)


def test_no_day_is_unknown():
    assert vn_date(None) == "chưa rõ"
