"""What the five newspaper pieces state about schemes and forces: a table, no code.

None is "the text does not say". The fourth piece states totals of a province and no point, so
it has no rows here. Units are those of the day of the text.
"""

from dataclasses import dataclass
from datetime import date

from antq.core.dates import Precision
from antq.units.choices import OrganizationKind
from movements.choices import Block


@dataclass(frozen=True)
class Body:
    """An organization of the unit in which the fact is stated."""

    name: str
    kind: str


@dataclass(frozen=True)
class Fact:
    type: str
    scheme: str
    unit: str
    count: int | None = None
    teams: int | None = None
    block: str = Block.RESIDENTIAL
    host: Body | None = None
    leads: tuple[Body, ...] = ()
    aliases: tuple[str, ...] = ()  # how the text writes the name of the scheme


@dataclass(frozen=True)
class Document:
    """`seen_on`: a day on which, going by the text, what it lists was running."""

    title: str
    issued_on: date
    seen_on: date
    facts: tuple[Fact, ...]
    issued_precision: str = Precision.DAY
    publisher: str = ""
    author: str = ""


IA_RMOK = "W24103@2025-06-30"
RUNG_THONG = "W16378@2024-12-31"
KIM_QUAN = "W02476@2025-06-30"  # the one in Tuyên Quang; Hà Nội has another
DAK_LAK = "P66@2025-06-30"
TAN_LOI = "W24136@2025-06-30"
HOA_HIEP = "W24562@2025-06-30"

TOWN_POLICE = Body("Công an thị trấn Rừng Thông", OrganizationKind.POLICE)
TOWN_VETERANS = Body("Hội Cựu chiến binh thị trấn Rừng Thông", OrganizationKind.FRONT)
TOWN_YOUTH = Body("Đoàn Thanh niên thị trấn Rừng Thông", OrganizationKind.FRONT)
KIM_PHAT = Body("Giáo xứ Kim Phát", OrganizationKind.RELIGIOUS)
KO_TAM = Body(
    "Khu du lịch sinh thái văn hóa cộng đồng Ko Tam",
    OrganizationKind.ENTERPRISE,
)

# One name for what is one scheme, though the pieces shorten it differently. "Camera ANTT",
# "Camera an ninh" and "Camera giám sát an ninh, trật tự" stay three names of one type: nothing
# says that the three provinces copied one original.
CAMERA = "Camera giám sát an ninh, trật tự"
FIRE_GROUPS = "Tổ liên gia an toàn PCCC"

DOCUMENTS = (
    Document(
        "Ngày hội toàn dân bảo vệ an ninh Tổ quốc năm 2024 tại xã Ia Rmok, huyện Krông Pa",
        publisher="Báo Gia Lai",
        author="GLO",
        issued_on=date(2024, 8, 16),
        seen_on=date(2024, 8, 16),
        facts=(
            Fact("to-tu-quan", "Tổ tự quản về an ninh, trật tự", IA_RMOK, count=5, teams=5),
            Fact(
                "to-lien-gia-pccc",
                FIRE_GROUPS,
                IA_RMOK,
                count=5,
                teams=5,
                aliases=("Tổ liên gia phòng cháy chữa cháy",),
            ),
            # Five "mô hình" as declared; by the counting rule one scheme at five points.
            Fact("giao-nop-vu-khi", "Vận động giao nộp vũ khí, vật liệu nổ", IA_RMOK, count=5),
            Fact(  # how many eyes is not said
                "camera",
                CAMERA,
                IA_RMOK,
                count=1,
                aliases=("Camera giám sát an ninh trật tự",),
            ),
            Fact("doi-dan-phong", "Tổ dân phòng phòng cháy, chữa cháy", IA_RMOK, count=5, teams=5),
        ),
    ),
    Document(
        "Ngày hội toàn dân bảo vệ an ninh Tổ quốc năm 2023 tại thị trấn Rừng Thông, huyện Đông Sơn",
        author="Quốc Hương",
        issued_on=date(2023, 8, 3),
        seen_on=date(2023, 8, 3),
        facts=(
            Fact(
                "cam-hoa",
                "Công an với Cựu chiến binh phối hợp giáo dục, cảm hóa người lầm lỗi",
                RUNG_THONG,
                leads=(TOWN_POLICE, TOWN_VETERANS),
            ),
            Fact(
                "cong-truong",
                "Cổng trường an toàn giao thông",
                RUNG_THONG,
                block=Block.SCHOOL,
                leads=(TOWN_YOUTH, TOWN_POLICE),
            ),
            Fact("camera", "Camera ANTT", RUNG_THONG),
        ),
    ),
    Document(
        "Ngày hội toàn dân bảo vệ an ninh Tổ quốc năm 2024 tại xã Kim Quan, huyện Yên Sơn",
        author="Thế Vinh",
        issued_on=date(2024, 1, 1),
        issued_precision=Precision.YEAR,
        seen_on=date(2024, 6, 30),  # the text sums up the first six months of 2024
        facts=(
            Fact("khac", "2 quản, 2 tích cực về an ninh trật tự", KIM_QUAN),
            Fact("cum-lien-ket", "Liên kết về an ninh trật tự", KIM_QUAN),
            Fact("camera", "Camera an ninh", KIM_QUAN),
            Fact("hom-thu", "Hòm thư góp ý và tố giác tội phạm", KIM_QUAN),
            Fact("to-lien-gia-pccc", FIRE_GROUPS, KIM_QUAN),
        ),
    ),
    Document(
        "Ngày hội toàn dân bảo vệ an ninh Tổ quốc năm 2024 tại tỉnh Đắk Lắk",
        publisher="kienthuc.net.vn",
        issued_on=date(2024, 8, 1),
        issued_precision=Precision.MONTH,
        seen_on=date(2024, 8, 7),  # the evening of the festival
        facts=(
            Fact("mang-xa-hoi", "Kết nối mạng xã hội, bình yên cho mỗi gia đình", DAK_LAK),
            Fact("camera", CAMERA, TAN_LOI, count=1),
            Fact(
                "ton-giao-binh-yen",
                "3 an toàn về an ninh, trật tự",
                HOA_HIEP,
                count=1,
                block=Block.RELIGIOUS,
                host=KIM_PHAT,
            ),
            # The text names the site and no commune: it stands at the province.
            Fact(
                "khu-du-lich",
                "Khu du lịch sinh thái văn hóa cộng đồng Kotam, điểm đến an toàn, "
                "thân thiện với khách du lịch",
                DAK_LAK,
                count=1,
                block=Block.ENTERPRISE,
                host=KO_TAM,
            ),
        ),
    ),
)
