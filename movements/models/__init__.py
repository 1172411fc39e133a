from movements.models.catalogue import LeadOrganization, Scheme
from movements.models.judging import Grade, GradingScale, Recognition, SchemeEvaluation
from movements.models.life import Document, LifecycleEvent, ReturnedLine, Team
from movements.models.points import PointArea, SchemePoint
from movements.models.states import PointState
from movements.models.types import DocumentKind, SchemeAttribute, SchemeType, TypeChecklist

__all__ = [
    "Document",
    "DocumentKind",
    "Grade",
    "GradingScale",
    "LeadOrganization",
    "LifecycleEvent",
    "PointArea",
    "PointState",
    "Recognition",
    "ReturnedLine",
    "Scheme",
    "SchemeAttribute",
    "SchemeEvaluation",
    "SchemePoint",
    "SchemeType",
    "Team",
    "TypeChecklist",
]
