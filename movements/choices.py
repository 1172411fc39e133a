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
