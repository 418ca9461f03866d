"""Technologies, and the terms of our own where DPV has no close one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy_api.domain.content.vocabulary.term import N_

TECHNOLOGIES: Final[Mapping[str, str]] = {
    "tech:Cookie": N_("Cookie"),
    "tech:LocalStorage": N_("Local storage"),
    "tech:CloudService": N_("Cloud service"),
    "tech:CloudStorage": N_("Cloud storage"),
    "tech:Database": N_("Database"),
    "tech:SmartphoneApplication": N_("Smartphone app"),
    "tech:WebScraper": N_("Web scraper"),
}
"""How data is kept; a cookie also counts as a category of data."""

LOCAL_CATEGORIES: Final[Mapping[str, str]] = {
    "x:Keystrokes": N_("Keystrokes"),
    "x:OrganisationDetails": N_("Details of an organization the person belongs to"),
    "x:PointerMovement": N_("Mouse movements"),
    "x:ScreenResolution": N_("Screen resolution"),
    "x:UserContent": N_("Posts and other contributions"),
    "x:VisitTime": N_("Date and duration of the visit"),
}
"""Categories of data without a DPV term."""
