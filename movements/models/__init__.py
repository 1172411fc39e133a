from movements.models.catalogue import LeadOrganization, Scheme
from movements.models.figures import Figure
from movements.models.indicators import FormRow, Indicator, ProvinceTiming, ReportForm
from movements.models.judging import Grade, GradingScale, Recognition, SchemeEvaluation
from movements.models.life import Document, LifecycleEvent, ReturnedLine, Team
from movements.models.periodic import Period, PeriodUnit, UnitReport
from movements.models.points import PointArea, SchemePoint
from movements.models.states import PointState
from movements.models.types import DocumentKind, SchemeAttribute, SchemeType, TypeChecklist

__all__ = [
    "Document",
    "DocumentKind",
    "Figure",
    "FormRow",
    "Grade",
    "GradingScale",
    "Indicator",
    "LeadOrganization",
    "LifecycleEvent",
    "Period",
    "PeriodUnit",
    "PointArea",
    "PointState",
    "ProvinceTiming",
    "Recognition",
    "ReportForm",
    "ReturnedLine",
    "Scheme",
    "SchemeAttribute",
    "SchemeEvaluation",
    "SchemePoint",
    "SchemeType",
    "Team",
    "TypeChecklist",
    "UnitReport",
]
