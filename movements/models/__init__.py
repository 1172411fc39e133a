from movements.models.catalogue import (
    DocumentKind,
    LeadOrganization,
    Scheme,
    SchemeAttribute,
    SchemeType,
    TypeChecklist,
)
from movements.models.life import (
    Document,
    Grade,
    GradingScale,
    LifecycleEvent,
    Recognition,
    ReturnedLine,
    SchemeEvaluation,
    Team,
)
from movements.models.points import PointArea, PointState, SchemePoint

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
