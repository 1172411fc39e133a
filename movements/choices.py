from django.db.models import TextChoices


class Programme(TextChoices):
    MOVEMENT = "movement", "phong trào TDBVANTQ"
    MASS_MOBILISATION = "mass_mobilisation", "Dân vận khéo"
    FIRE_SAFETY = "fire_safety", "phòng cháy, chữa cháy"
    OTHER = "other", "chương trình khác"


class Block(TextChoices):
    """Khối: the surroundings in which a point works."""

    RESIDENTIAL = "residential", "khu dân cư"
    COMMUNE = "commune", "xã"
    AGENCY = "agency", "cơ quan"
    ENTERPRISE = "enterprise", "doanh nghiệp"
    SCHOOL = "school", "cơ sở giáo dục"
    RELIGIOUS = "religious", "tôn giáo"
    CROSS_AREA = "cross_area", "liên địa bàn"


class DataType(TextChoices):
    INTEGER = "integer", "số nguyên"
    DECIMAL = "decimal", "số thập phân"
    BOOLEAN = "boolean", "có/không"
    CHOICE = "choice", "chọn một"
    TEXT = "text", "chữ"
    DATE = "date", "ngày"


class AddsUp(TextChoices):
    """How an attribute is summarised over many points."""

    SUM = "sum", "cộng dồn"
    MAX = "max", "lấy lớn nhất"
    SHARE = "share", "tỷ lệ có"
    LIST = "list", "liệt kê"
    NONE = "none", "không tổng hợp"


class CatalogueStatus(TextChoices):
    """A name typed by a commune waits until the province takes it into the catalogue."""

    PROPOSED = "proposed", "tên mới, chờ tỉnh xem"
    ACCEPTED = "accepted", "trong danh mục"


class Stage(TextChoices):
    """Where a point is in its life; its end is `ended_on`."""

    SURVEY = "survey", "khảo sát"
    PROPOSED = "proposed", "đề xuất"
    BUILDING = "building", "đang xây dựng"
    RUNNING = "running", "đang hoạt động"
    SUSPENDED = "suspended", "tạm dừng"


PREPARING = (Stage.SURVEY, Stage.PROPOSED, Stage.BUILDING)


class EventKind(TextChoices):
    """Việc trong vòng đời of a point. Which may follow on which: `services.stages.STEPS`."""

    SURVEY = "survey", "khảo sát, đánh giá"
    PROPOSAL = "proposal", "đề xuất xây dựng"
    BUILDING = "building", "xây dựng"
    LAUNCH = "launch", "ra mắt"
    REVIEW = "review", "sơ kết, tổng kết"
    CONSOLIDATION = "consolidation", "kiện toàn, củng cố"
    SUSPENSION = "suspension", "tạm dừng"
    RESUMPTION = "resumption", "hoạt động trở lại"
    DISSOLUTION = "dissolution", "giải thể, thanh loại"
    TRANSFER = "transfer", "chuyển giao"


class RecognitionLevel(TextChoices):
    COMMUNE = "commune", "cấp xã"
    DISTRICT = "district", "cấp huyện (đến 30/6/2025)"
    PROVINCE = "province", "cấp tỉnh"
    MINISTRY = "ministry", "cấp Bộ"


class RecognitionKind(TextChoices):
    EXAMPLE = "example", "điển hình tiên tiến"
    REPLICATION = "replication", "được chọn nhân rộng"
    PRAISE = "praise", "biểu dương"
    ACKNOWLEDGEMENT = "acknowledgement", "ghi nhận"


class IndicatorKind(TextChoices):
    """How an indicator behaves over time."""

    FLOW = "flow", "phát sinh trong kỳ (cộng dồn)"
    STOCK = "stock", "có đến cuối kỳ"
    RATIO = "ratio", "tỷ lệ (tử số/mẫu số)"


class IndicatorSource(TextChoices):
    ENTERED = "entered", "đơn vị nhập"
    COMPUTED = "computed", "đếm từ sổ theo dõi"
