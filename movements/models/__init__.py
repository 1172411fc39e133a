from movements.models.catalogue import Scheme, SchemeAttribute, SchemeType
from movements.models.points import PointState, SchemePoint

__all__ = ["PointState", "Scheme", "SchemeAttribute", "SchemePoint", "SchemeType"]
