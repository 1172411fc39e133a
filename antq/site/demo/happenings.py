"""What happened to the made-up points before the province looked: new ones, steps, teams, grades,
honours, papers.
"""

from datetime import date
from random import Random
from uuid import NAMESPACE_URL, uuid5

from antq.accounts.demo import CLUSTER_MEMBERS, IA_DREH
from antq.core.dates import PartialDay
from antq.core.text import lower_first
from antq.site.demo.papers import pdf, picture
from antq.site.demo.rows import organization, scheme_named
from antq.site.demo.story import Story, running
from antq.units.models import AdministrativeUnit, UnitProfile
from movements.choices import EventKind, RecognitionKind, RecognitionLevel
from movements.models import (
    DocumentKind,
    Recognition,
    Scheme,
    SchemePoint,
    SchemeType,
    Team,
)
from movements.services.dossier import add_papers
from movements.services.entry import Entry, enter_point
from movements.services.judging import evaluate, proposed, save_recognition, scale_for
from movements.services.lifecycle import Decision, prepare_point, record_event
from movements.services.places import home_of
from movements.services.teams import save_team

COMMITTEE, POLICE = "UBND xã Ia Dreh", "Công an tỉnh Gia Lai"
NEW_NAMES = {  # one scheme as three communes write it
    "W24076@2025-07-01": "Ánh sáng an ninh buôn làng",
    "W24109@2025-07-01": "Thắp sáng an ninh buôn làng",
    IA_DREH: "Ánh sáng ANTT buôn làng",
}
OLD_UNITS = {  # what closed communes left; the last of them was divided
    "W24106@2025-06-30": "Tiếng kẻng an ninh",
    "W24094@2025-06-30": "Tổ tự quản về an ninh, trật tự",
    "W24079@2025-06-30": "Zalo kết nối bình yên",
    "W22000@2025-06-30": "Tổ tự quản về an ninh, trật tự",
}
PROFILES = {  # areas, households, people of the communes in which the documents' points count
    "W02545@2025-07-01": (24, 3150, 13200),
    "W16378@2025-07-01": (38, 9400, 36800),
    "W24133@2025-07-01": (84, 38500, 152000),
    "W24561@2025-07-01": (27, 6900, 29300),
}


def profiles(story: Story) -> None:
    UnitProfile.objects.bulk_create(
        [
            UnitProfile(
                unit=AdministrativeUnit.objects.get(key=key),
                year=year,
                residential_areas=areas,
                households=households,
                population=people,
                is_demo=True,
            )
            for key, (areas, households, people) in PROFILES.items()
            for year in (story.today.year - 1, story.today.year)
        ],
        ignore_conflicts=True,
    )


def new_points(story: Story) -> None:
    _names(story)
    _left_behind(story)
    _prepared(story)
    if cameras := story.of_type("camera"):
        first = cameras[0]
        point = SchemePoint(
            unit=story.home,
            launched_on=story.ago(45),
            replicated_from=first,
            decision_number="152/QĐ-UBND",
            decision_on=story.ago(50),
            decision_by=COMMITTEE,
            leader="Rơ Ô H’Bliă",
            location="Cạnh nhà văn hóa",
        )
        attributes = {"camera_eyes": 8, "eyes_household_integrated": 8}
        entry = _entry(story, point, first.scheme, ["Buôn Tang"], attributes=attributes)
        enter_point(point, entry, by=story.leader)


def _names(story: Story) -> None:
    """New names: the first two are confirmed, and wait for the province as names only."""
    kind = SchemeType.objects.get(code="tieng-keng-anh-sang")
    for days, (key, name) in enumerate(NEW_NAMES.items(), start=12):
        home = AdministrativeUnit.objects.get(key=key)
        by = story.leader if home == story.home else story.staff
        point = SchemePoint(unit=home, launched_on=story.ago(days), leader="Siu H’Bia")
        entry = Entry(
            home,
            kind,
            story.today,
            scheme_name=name,
            source=story.source.title,
            figures=_figures(members=5),
        )
        enter_point(point, entry, by=by)


def _left_behind(story: Story) -> None:
    """Points from before July 2025 in communes that are no more."""
    for key, name in OLD_UNITS.items():
        unit = AdministrativeUnit.objects.get(key=key)
        scheme = Scheme.objects.select_related("type").get(name=name, merged_into=None)
        point = SchemePoint(unit=unit, launched_on=date(2025, 3, 14), leader="Ksor Nhơn")
        entry = _entry(story, point, scheme, [], members=9)
        enter_point(point, entry, by=story.staff)


def _prepared(story: Story) -> None:
    scheme = scheme_named("Cổng trường bình yên", type_code="cong-truong")
    school = organization("Trường Tiểu học Ia Dreh", kind="school", unit=story.home)
    point = SchemePoint(
        unit=story.home,
        block="school",
        decision_number="31/KH-UBND",
        decision_on=story.ago(18),
        decision_by=COMMITTEE,
    )
    entry = _entry(story, point, scheme, [], host=school.name)
    prepare_point(
        point, entry, kind=EventKind.BUILDING, on=PartialDay(story.ago(15)), by=story.officer
    )


def _entry(story: Story, point: SchemePoint, scheme: Scheme, areas: list, host="", **figures):
    return Entry(
        home_of(point.unit) or point.unit,
        scheme.type,
        story.today,
        scheme=scheme,
        areas=areas,
        host=host,
        source=story.source.title,
        figures=_figures(**figures),
    )


def _figures(**given) -> dict:
    empty = {"teams": None, "members": None, "households": None, "attributes": {}, "qualifiers": {}}
    return empty | given


def steps(story: Story) -> None:
    """The two oldest stopped for a while, one stands still now, two were renewed or reviewed."""
    paper = Decision("47/QĐ-UBND", story.ago(96), COMMITTEE)
    steps = [
        (0, EventKind.CONSOLIDATION, 95, paper, "Thay tổ trưởng, bổ sung 2 thành viên."),
        (1, EventKind.SUSPENSION, 90, None, "Thiết bị hỏng, chờ sửa chữa."),
        (1, EventKind.RESUMPTION, 34, None, "Đã sửa xong thiết bị."),
        (2, EventKind.SUSPENSION, 20, None, "Người phụ trách chuyển công tác, chưa có người thay."),
        (3, EventKind.REVIEW, 60, None, "Sơ kết 6 tháng, nhân dân đồng tình."),
    ]
    for number, kind, days, decision, words in steps:
        for point in story.mine[number : number + 1]:
            on = PartialDay(story.ago(days))
            record_event(point, kind, on, by=story.officer, decision=decision, note_text=words)


def teams(story: Story) -> None:
    for point in story.of_type("to-tu-quan", "to-lien-gia-pccc")[:3]:
        area = point.areas.first()
        parts = [point.members] if point.members is None else _halves(point.members)
        for number, members in enumerate(parts, start=1):
            team = Team(point=point, name=f"Tổ số {number}", area=area, members=members)
            team.leader = ("Nay Soan", "Ksor H’Ngăm")[number % 2]
            team.founded_on = point.launched_on
            save_team(team, by=story.officer)


def _halves(members: int) -> list[int]:
    return [members] if members < 10 else [members // 2, members - members // 2]


def grades(story: Story) -> None:
    """Last year's, of the cluster; of each commune the newest point has none yet."""
    year = story.today.year - 1
    paper = {
        "decision_number": "12/QĐ-UBND",
        "decision_on": min(date(year + 1, 1, 15), story.today),
    }
    for unit in AdministrativeUnit.objects.filter(key__in=CLUSTER_MEMBERS).order_by("key"):
        random, scale = Random(f"grades {unit.key}"), scale_for(unit, year)
        by = story.officer if unit == story.home else story.staff
        old = [point for point in running(unit) if point.launched_on.year <= year]
        for point in old[:-1]:
            score = random.choice([95, 92, 91, 88, 84, 79, 75, 66])
            grade = proposed(scale, score)
            if grade:
                evaluate(
                    point,
                    year=year,
                    score=score,
                    grade=grade,
                    by=by,
                    decision_by=f"UBND {lower_first(unit.name)}",
                    **paper,
                )


def honours(story: Story) -> None:
    level, kind = RecognitionLevel, RecognitionKind
    best = story.mine[5:6]
    rows = [
        Recognition(point=point, level=level.COMMUNE, kind=kind.EXAMPLE, by=COMMITTEE)
        for point in best
    ]
    rows += [
        Recognition(point=point, level=level.PROVINCE, kind=kind.EXAMPLE, by=POLICE)
        for point in best
    ]
    rows += [
        Recognition(scheme=point.scheme, level=level.PROVINCE, kind=kind.REPLICATION, by=POLICE)
        for point in story.of_type("camera")[:1]
    ]
    rows.append(Recognition(level=level.PROVINCE, kind=kind.PRAISE, by=POLICE))
    for number, row in enumerate(rows):
        row.unit, row.on, row.is_demo = story.home, story.ago(40 + 20 * number), True
        row.number = f"{118 + 27 * number}/QĐ-{'UBND' if row.by == COMMITTEE else 'CAT'}"
        save_recognition(row, by=story.officer)


def papers(story: Story) -> None:
    kinds = {kind.code: kind for kind in DocumentKind.objects.all()}
    no_use = ["", "Không dùng cho công tác."]
    for number, point in enumerate(story.mine[:3]):
        decision = point.decision_number or "152/QĐ-UBND"
        lines = [COMMITTEE, decision.replace("Đ", "Ð"), *no_use]
        on = point.decision_on or point.launched_on
        found = [
            ("quyet-dinh-thanh-lap", decision, on, pdf("Quyết định thành lập.pdf", lines)),
            ("danh-sach-thanh-vien", "", on, pdf("Danh sách thành viên.pdf", lines)),
            ("bien-ban-ra-mat", "", point.launched_on, picture("Ảnh lễ ra mắt.jpg")),
        ]
        for code, paper, day, file in found[: 3 - number]:
            add_papers(
                point,
                values={"kind": kinds[code], "number": paper, "issued_on": day},
                files=[file],
                uuid=uuid5(NAMESPACE_URL, f"antq demo {number} {code}"),
                by=story.officer,
            )
