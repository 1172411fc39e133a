from antq.review.models.events import ReviewEvent
from antq.review.models.records import Record, RegisterRecord
from antq.review.models.returns import ReturnedItem, ReturnRecord, ReviewLine
from antq.review.models.routes import Route, RouteStep
from antq.review.models.sources import Source

__all__ = [
    "Record",
    "RegisterRecord",
    "ReturnRecord",
    "ReturnedItem",
    "ReviewEvent",
    "ReviewLine",
    "Route",
    "RouteStep",
    "Source",
]
