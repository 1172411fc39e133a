"""What can be permitted. Which role permits what is in `antq.accounts.roles`."""

from enum import Enum, auto


class Permission(Enum):
    RECORD_VIEW = auto()  # see records, numbers, exports
    RECORD_EDIT = auto()  # enter and change records of the register
    RECORD_CONFIRM = auto()  # confirm a new point, its end; void a confirmed record
    RETURN_REVIEW = auto()  # receive returns: accept them, send them back, open them again
    COMMITTEE_REVIEW = auto()  # review returns as a committee, where their route says so
    CONFIGURE = auto()  # types, attributes, the catalogue of a province
    ADMINISTER = auto()  # accounts and every table, in the admin
