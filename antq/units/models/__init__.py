from antq.units.models.links import UnitLink
from antq.units.models.places import AreaSuccession, Organization, ResidentialArea, UnitProfile
from antq.units.models.units import AdministrativeUnit, GroupMember, UnitSuccession

__all__ = [
    "AdministrativeUnit",
    "AreaSuccession",
    "GroupMember",
    "Organization",
    "ResidentialArea",
    "UnitLink",
    "UnitProfile",
    "UnitSuccession",
]
