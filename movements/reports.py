"""The forms of the register. Codes and headings: T01–T15, our synthesis of what is asked for."""

from antq.reports.definitions import Column, Group, Report
from movements import measures

schemes_by_unit = Report(
    code="T03",
    title="Thống kê mô hình theo đơn vị",
    about="Số mô hình, điểm, tổ, thành viên của từng đơn vị; số điểm theo khối.",
    columns=[
        Column("Tổng số mô hình (tên)", measures.distinct_schemes),
        Column("Tổng số điểm", measures.active_points),
        Column("Tổng số tổ", measures.teams),
        Column("Tổng số thành viên", measures.members),
        Group(
            "Số điểm theo khối",
            [
                Column("Khu dân cư", measures.residential_points),
                Column("Xã", measures.commune_points),
                Column("Cơ quan", measures.agency_points),
                Column("Doanh nghiệp", measures.enterprise_points),
                Column("CSGD", measures.school_points),
                Column("Tôn giáo", measures.religious_points),
            ],
        ),
        Group(
            "Điển hình tiên tiến",
            [Column("cấp xã"), Column("cấp tỉnh"), Column("cấp Bộ")],
        ),
        Column("Số báo cáo trước đây"),
        Column("Chênh lệch"),
    ],
    notes=[
        "Tổng số mô hình đếm theo tên, không cộng dồn giữa các đơn vị. "
        "Số tổ, số thành viên gồm cả lực lượng nòng cốt.",
        "CSGD: cơ sở giáo dục. Điểm liên địa bàn tính vào tổng số điểm, không có cột riêng.",
    ],
)
