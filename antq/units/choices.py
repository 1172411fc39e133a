from django.db.models import TextChoices


class Level(TextChoices):
    COUNTRY = "country", "cả nước"
    PROVINCE = "province", "cấp tỉnh"
    DISTRICT = "district", "cấp huyện (đến 30/6/2025)"
    COMMUNE = "commune", "cấp xã"
    PART = "part", "phần của xã đã chia"
    GROUP = "group", "cụm, khu vực"


class Kind(TextChoices):
    COUNTRY = "quoc_gia", "quốc gia"
    PROVINCE = "tinh", "tỉnh"
    CENTRAL_CITY = "thanh_pho_tw", "thành phố trực thuộc trung ương"
    RURAL_DISTRICT = "huyen", "huyện"
    URBAN_DISTRICT = "quan", "quận"
    TOWN = "thi_xa", "thị xã"
    CITY = "thanh_pho", "thành phố"
    COMMUNE = "xa", "xã"
    WARD = "phuong", "phường"
    TOWNSHIP = "thi_tran", "thị trấn"
    SPECIAL_ZONE = "dac_khu", "đặc khu"
    CLUSTER = "cum", "cụm"
    AREA = "khu_vuc", "khu vực"


class OrganizationKind(TextChoices):
    COMMITTEE = "committee", "ban chỉ đạo"
    POLICE = "police", "công an"
    PARTY = "party", "cấp ủy, chính quyền"
    FRONT = "front", "Mặt trận, đoàn thể"
    AGENCY = "agency", "cơ quan, sở, ban, ngành"
    SCHOOL = "school", "cơ sở giáo dục"
    ENTERPRISE = "enterprise", "doanh nghiệp"
    RELIGIOUS = "religious", "cơ sở tôn giáo"
    OTHER = "other", "tổ chức khác"
