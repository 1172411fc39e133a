from antq.units.models.links import UnitLink
from antq.units.models.places import Organization, ResidentialArea, UnitProfile
from antq.units.models.units import AdministrativeUnit, GroupMember, UnitSuccession

__all__ = [
    "AdministrativeUnit",
    "GroupMember",
    "Organization",
    "ResidentialArea",
    "UnitLink",
    "UnitProfile",
    "UnitSuccession",
]
