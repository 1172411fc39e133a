"""Roles and what they permit: code. The database holds only who, where and when."""

from django.db.models import TextChoices

from antq.core.permissions import Permission


class Role(TextChoices):
    COMMUNE_OFFICER = "commune_officer", "cán bộ Công an xã"
    COMMUNE_LEADER = "commune_leader", "lãnh đạo Công an xã"
    COMMITTEE = "committee", "thành viên Ban Chỉ đạo"
    PROVINCE_STAFF = "province_staff", "cán bộ PV05 (cấp tỉnh)"
    VIEWER = "viewer", "theo dõi"
    ADMIN = "admin", "quản trị hệ thống"


PERMITS: dict[str, frozenset[Permission]] = {
    Role.COMMUNE_OFFICER: frozenset({Permission.RECORD_VIEW, Permission.RECORD_EDIT}),
    Role.COMMUNE_LEADER: frozenset(
        {Permission.RECORD_VIEW, Permission.RECORD_EDIT, Permission.RECORD_CONFIRM}
    ),
    # A committee reviews only where a route has its step switched on.
    Role.COMMITTEE: frozenset({Permission.RECORD_VIEW, Permission.COMMITTEE_REVIEW}),
    Role.PROVINCE_STAFF: frozenset(
        {
            Permission.RECORD_VIEW,
            Permission.RECORD_EDIT,  # on behalf of a commune
            Permission.RECORD_CONFIRM,
            Permission.RETURN_REVIEW,
            Permission.COMMITTEE_REVIEW,  # in place of a committee that does not act
            Permission.CONFIGURE,
        }
    ),
    Role.VIEWER: frozenset({Permission.RECORD_VIEW}),
    Role.ADMIN: frozenset(Permission),
}
