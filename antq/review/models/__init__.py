from antq.review.models.events import ReviewEvent
from antq.review.models.records import Record, RegisterRecord
from antq.review.models.sources import Source

__all__ = ["Record", "RegisterRecord", "ReviewEvent", "Source"]
