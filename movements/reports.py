"""The forms of the register. Codes and headings: T01–T15, our synthesis of what is asked for."""

from antq.reports.definitions import Column, Group, Report
from antq.reports.tables import Table
from movements import listings, measures

PAGE = 100


def _places_with(table: Table) -> str:
    having = sum(1 for row in table.rows if row.cells[0].quantity.value)
    return f"Số địa phương có mô hình: {having}/{len(table.rows)}."


list_of_schemes = Report(
    code="T01",
    title="Danh sách mô hình trong phong trào Toàn dân bảo vệ an ninh Tổ quốc",
    about="Mỗi mô hình tại mỗi xã một dòng: nơi áp dụng, quyết định, quy mô, kinh phí, xếp loại.",
    unit_note="Kinh phí: triệu đồng",
    row_head="Tên mô hình",
    make=listings.schemes_of_communes,
    page_size=PAGE,
    columns=[
        listings.kind("Loại hình"),
        listings.where("Địa bàn, cơ quan áp dụng"),
        listings.built_by("Cấp xây dựng"),
        listings.decision("Quyết định thành lập (số, ngày)"),
        listings.launched("Ngày ra mắt"),
        listings.count("Số điểm", measures.active_points),
        listings.figure("Số tổ", "teams", measures.scheme_teams),
        listings.figure("Số thành viên", "members", measures.scheme_members),
        listings.figure("Số hộ tham gia", "households", measures.scheme_households),
        Group(
            "Kinh phí",
            [
                listings.state_funding("Ngân sách", measures.state_funding),
                listings.social_funding("Xã hội hóa", measures.social_funding),
            ],
        ),
        listings.achievement("Kết quả nổi bật"),
        listings.grade("Xếp loại năm"),
        listings.note("Ghi chú"),
    ],
    notes=["Không gồm lực lượng nòng cốt (đội dân phòng, tổ bảo vệ an ninh, trật tự …)."],
)

schemes_by_type = Report(
    code="T02",
    title="Thống kê mô hình theo loại hình",
    about="Biến động số điểm trong kỳ, quy mô và xếp loại, theo loại hình và theo tên mô hình.",
    is_period=True,
    row_head="Loại hình, tên mô hình",
    make=listings.types_and_schemes,
    columns=[
        Column("Đầu kỳ (số điểm)", measures.points_at_start),
        Column("Xây dựng mới", measures.points_built),
        Column("Nhân rộng", measures.points_replicated),
        Column("Củng cố, kiện toàn", measures.points_consolidated),
        Column("Giải thể, thanh loại", measures.points_gone),
        Column("Cuối kỳ (số điểm)", measures.points_at_end),
        Column("Trong đó tạm dừng", measures.points_suspended),
        Column("Số tổ", measures.scheme_teams),
        Column("Số thành viên", measures.scheme_members),
        Group(
            "Xếp loại",
            [
                Column("Tốt", measures.graded_good),
                Column("Khá", measures.graded_fair),
                Column("Trung bình", measures.graded_average),
                Column("Yếu", measures.graded_weak),
                Column("Không phân loại", measures.graded_none),
            ],
        ),
        Column("Ghi chú"),
    ],
    notes=[
        "Xây dựng mới gồm cả điểm chưa rõ ngày ra mắt, được ghi nhận lần đầu trong kỳ. "
        "Giải thể gồm cả điểm gộp vào điểm khác.",
        "Đầu kỳ + xây dựng mới + nhân rộng – giải thể = cuối kỳ. Điểm tạm dừng còn trong sổ nên "
        "vẫn tính vào đầu kỳ, cuối kỳ; cuối kỳ trừ tạm dừng là số điểm đang hoạt động.",
        "Số tổ, số thành viên, xếp loại: của các điểm đang hoạt động; xếp loại: của năm có ngày "
        "cuối kỳ.",
    ],
)

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
            [
                Column("cấp xã", measures.examples_of_commune),
                Column("cấp tỉnh", measures.examples_of_province),
                Column("cấp Bộ", measures.examples_of_ministry),
            ],
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

cameras_by_unit = Report(
    code="T04",
    title="Mô hình camera an ninh",
    about="Số điểm, số mắt camera, nơi giám sát, thời gian lưu, kinh phí của từng đơn vị.",
    columns=[
        Column("Số điểm lắp đặt", measures.camera_points),
        Column("Số mắt camera", measures.camera_eyes),
        Group(
            "Trong đó",
            [
                Column("Công cộng", measures.eyes_public),
                Column("Hộ dân tích hợp", measures.eyes_integrated),
                Column("Hỏng", measures.eyes_broken),
            ],
        ),
        Column("Nơi giám sát", measures.monitoring_places),
        Column("Thời gian lưu (ngày)", measures.retention_days),
        Column("Kinh phí (triệu đồng)", measures.camera_funding),
        Column("Tỷ lệ XHH (%)", measures.social_share),
        Column("Số vụ việc khai thác phục vụ"),
        Column("Ghi chú"),
    ],
    notes=[
        _places_with,
        "Chỉ tính loại hình Camera an ninh. Thời gian lưu: ít nhất – nhiều nhất. XHH: xã hội hóa.",
    ],
)

cameras_by_point = Report(
    code="T04-DS",
    title="Danh sách điểm camera an ninh",
    about="Như T04, mỗi dòng là một điểm lắp đặt.",
    row_head="Tên mô hình",
    make=listings.cameras,
    page_size=PAGE,
    columns=[
        listings.where("Địa điểm lắp đặt"),
        listings.count("Số điểm", measures.camera_points),
        listings.attribute("Số mắt camera", "camera_eyes", measures.camera_eyes, is_expected=True),
        Group(
            "Trong đó",
            [
                listings.attribute("Công cộng", "eyes_public", measures.eyes_public),
                listings.attribute(
                    "Hộ dân tích hợp", "eyes_household_integrated", measures.eyes_integrated
                ),
                listings.attribute("Hỏng", "eyes_broken", measures.eyes_broken),
            ],
        ),
        listings.monitoring("Nơi giám sát"),
        listings.days("Thời gian lưu (ngày)", measures.retention_days),
        listings.all_funding("Kinh phí (triệu đồng)", measures.camera_funding),
        listings.social_share("Tỷ lệ XHH (%)", measures.social_share),
        listings.note("Ghi chú"),
    ],
)

fire_safety_by_unit = Report(
    code="T05",
    title="Tổ liên gia an toàn phòng cháy, chữa cháy và Điểm chữa cháy công cộng",
    about="Tổ liên gia, điểm chữa cháy công cộng, phương tiện và đội dân phòng của từng đơn vị.",
    columns=[
        Group(
            "Tổ liên gia an toàn PCCC",
            [
                Column("Số tổ", measures.fire_teams),
                Column("Số hộ", measures.fire_households),
                Column("Chuông báo cháy", measures.fire_bells),
                Column("Nút ấn báo cháy", measures.fire_buttons),
                Column("Bình chữa cháy", measures.fire_extinguishers),
                Column("Dụng cụ phá dỡ", measures.fire_tools),
            ],
        ),
        Group(
            "Điểm chữa cháy công cộng",
            [
                Column("Số điểm", measures.public_points),
                Column("Bình chữa cháy", measures.public_extinguishers),
                Column("Xà beng, búa, kìm", measures.public_tools),
            ],
        ),
        Column("Số lần diễn tập"),
        Column("Số vụ cháy dập tắt kịp thời"),
        Group(
            "Đội dân phòng",
            [
                Column("Số đội", measures.defence_teams),
                Column("Số người", measures.defence_members),
            ],
        ),
    ],
    notes=["Số lần diễn tập, số vụ cháy là số liệu trong kỳ: lấy từ báo cáo định kỳ."],
)
