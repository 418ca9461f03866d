"""The fixed words of pages, feeds and mails, in English and marked for translators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy_api.domain.content.vocabulary import N_

COLUMNS: Final[Mapping[str, str]] = {
    "recipient": N_("Recipient"),
    "used_on": N_("Used on"),
    "role": N_("Role"),
    "service": N_("Service"),
    "purpose": N_("Purpose"),
    "purposes": N_("Purposes"),
    "legal_basis": N_("Legal basis"),
    "special_basis": N_("Legal basis for sensitive data"),
    "legitimate_interest": N_("Legitimate interest"),
    "data_categories": N_("Personal data"),
    "locations": N_("Where data is processed"),
    "transfer": N_("Transfer outside the EEA"),
    "retention": N_("Storage period"),
    "required": N_("Whether it must be provided"),
    "source_of_data": N_("Source of the data"),
    "privacy_policy": N_("Privacy policy"),
}
"""Heads of a table of recipients, by the column's key."""

PROCESSING_COLUMNS: Final[Mapping[str, str]] = {
    "label": N_("Activity"),
}
"""Heads that a list of processing items has beyond `COLUMNS`."""

RETENTION_COLUMNS: Final[Mapping[str, str]] = {
    "applies_to": N_("Applies to"),
    "kind": N_("Kind"),
    "duration": N_("Duration"),
    "until": N_("Until"),
}
"""Heads of a list of retention rules."""

COOKIE_COLUMNS: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "provider": N_("Provider"),
    "purpose": N_("Purpose"),
    "duration": N_("Duration"),
    "type": N_("Type"),
    "third_party": N_("Third party"),
}
"""Heads of a list of cookies."""

COOKIE_TYPES: Final[Mapping[str, str]] = {
    "cookie": N_("Cookie"),
    "local_storage": N_("Local storage"),
    "session_storage": N_("Session storage"),
    "pixel": N_("Tracking pixel"),
}
"""What is stored on a device."""

CONTACT_FIELDS: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "represented_by": N_("Represented by"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "address": N_("Address"),
    "url": N_("Website"),
    "external": N_("External"),
}
"""What is told of a contact."""

CONTACT_ROLES: Final[Mapping[str, str]] = {
    "controller": N_("Controller"),
    "privacy": N_("Privacy contact"),
    "general": N_("General contact"),
    "eu_representative": N_("EU representative (Art. 27)"),
    "uk_representative": N_("UK representative"),
    "dpo": N_("Data protection officer"),
    "authority": N_("Supervisory authority"),
}
"""Whom a contact reaches."""

STATUSES: Final[Mapping[str, str]] = {
    "current": N_("In force"),
    "upcoming": N_("Announced"),
    "past": N_("No longer in force"),
    "withdrawn": N_("Withdrawn"),
}
"""Where a version stands."""

SIGNIFICANCE: Final[Mapping[str, str]] = {
    "material": N_("Important change"),
    "non_material": N_("Minor change"),
    "editorial": N_("Change of wording only"),
    "technical": N_("Technical change"),
}
"""How much a change matters."""

RELEASE_KINDS: Final[Mapping[str, str]] = {
    "change": N_("Change"),
    "correction": N_("Correction"),
    "withdrawal": N_("Withdrawal"),
}
"""What a release does."""

TRANSLATION_STATES: Final[Mapping[str, str]] = {
    "source": N_("Original text"),
    "current": N_("Translation is up to date"),
    "outdated": N_("Translation is older than the original"),
    "fallback": N_("Not translated yet"),
}
"""How a section stands to its source text."""

UNIT_STATES: Final[Mapping[str, str]] = {
    "draft": N_("Draft"),
    "translated": N_("Translated"),
    "approved": N_("Approved"),
}
"""How far a translator has come."""

CHANGE_TYPES: Final[Mapping[str, str]] = {
    "policy.retitled": N_("Title of the policy changed"),
    "section.added": N_("Section added"),
    "section.removed": N_("Section removed"),
    "section.moved": N_("Section moved"),
    "section.retitled": N_("Section renamed"),
    "section.changed": N_("Section text changed"),
    "recipient.added": N_("Recipient added"),
    "recipient.removed": N_("Recipient removed"),
    "recipient.moved": N_("Recipient moved in the table"),
    "recipient.renamed": N_("Recipient renamed"),
    "recipient.replaced": N_("Recipient replaced by another"),
    "recipient.purpose_changed": N_("Purpose of a disclosure changed"),
    "recipient.legal_basis_changed": N_("Legal basis of a disclosure changed"),
    "recipient.data_changed": N_("Disclosed data changed"),
    "recipient.location_changed": N_("Place where a recipient processes data changed"),
    "recipient.transfer_changed": N_("Transfer outside the EEA changed"),
    "recipient.retention_changed": N_("Storage period at a recipient changed"),
    "recipient.link_changed": N_("Link to the policy of a recipient changed"),
    "recipient.role_changed": N_("Role of a recipient changed"),
    "processing.added": N_("Processing activity added"),
    "processing.removed": N_("Processing activity removed"),
    "processing.moved": N_("Processing activity moved"),
    "processing.renamed": N_("Processing activity renamed"),
    "processing.purpose_changed": N_("Purpose of processing changed"),
    "processing.legal_basis_changed": N_("Legal basis of processing changed"),
    "processing.data_changed": N_("Processed data changed"),
    "processing.location_changed": N_("Place of processing changed"),
    "processing.transfer_changed": N_("Transfer outside the EEA changed"),
    "processing.retention_changed": N_("Storage period of processed data changed"),
    "processing.link_changed": N_("Link of a processing activity changed"),
    "contact.changed": N_("Contact details changed"),
    "right.added": N_("Right added"),
    "right.removed": N_("Right removed"),
    "retention.changed": N_("Storage periods changed"),
    "cookie.added": N_("Cookie added"),
    "cookie.removed": N_("Cookie removed"),
    "cookie.changed": N_("Details of a cookie changed"),
    "translation.added": N_("Translation added"),
    "translation.changed": N_("Translation changed"),
    "license.changed": N_("License changed"),
    "site.scope_changed": N_("Covered websites changed"),
}
"""What a change is, as the head of a line."""

NOT_STATED: Final = N_("not stated")
NONE: Final = N_("none")
AND_MORE: Final = N_("and more")
YES: Final = N_("Yes")
NO: Final = N_("No")
SESSION: Final = N_("End of the session")
NO_LIMIT: Final = N_("no limit")
AS_LONG_AS: Final = N_("as long as {condition}")
UNTIL_EVENT: Final = N_("until {event}")
WORLDWIDE: Final = N_("Worldwide")
PLACE_IN_COUNTRY: Final = N_("{place}, {country}")
OUTSIDE_EEA: Final = N_("Outside the EEA")
INSIDE_EEA: Final = N_("Inside the EEA")
SAFEGUARDS: Final = N_("Safeguards")
COPY_OF_SAFEGUARDS: Final = N_("Where to get a copy of the safeguards")
REPLACES: Final = N_("Replaces {recipient}")
VERSION: Final = N_("Version")
VERSION_NUMBER: Final = N_("Version {number}")
PUBLISHED: Final = N_("Published")
IN_FORCE_SINCE: Final = N_("In force since")
TAKES_EFFECT_ON: Final = N_("Takes effect on")
REPLACED_ON: Final = N_("Replaced on")
EARLIER_VERSIONS: Final = N_("Earlier versions")
UPCOMING_VERSION: Final = N_("Upcoming version")
CHANGES: Final = N_("Changes")
WHAT_CHANGED: Final = N_("What has changed")
NO_CHANGES: Final = N_("No changes so far")
COMPARE: Final = N_("Compare versions")
CHANGED_IN: Final = N_("Changed in version {number}")
NEW_TEXT: Final = N_("Added")
OLD_TEXT: Final = N_("Removed")
SHOWN_IN_SOURCE: Final = N_(
    "This section is not available in {language} yet; it is shown in {source}."
)
OLDER_TRANSLATION: Final = N_("This translation is older than the original")
OLD_TRANSLATION_LINK: Final = N_("Last translation (version {number})")
AUTHORITATIVE: Final = N_("The {language} text is authoritative.")
OTHER_LANGUAGES: Final = N_("Other languages")
CONTENTS: Final = N_("Contents")
COVERED_WEBSITES: Final = N_("Covered websites")
HOSTS: Final = N_("Addresses")
LICENSE: Final = N_("License")
ATTRIBUTION: Final = N_("Attribution")
ADAPTED_FROM: Final = N_("Adapted from")
OPT_OUT_CONTROL: Final = N_("Opt-out control")
OPEN_CONTROL: Final = N_("Open the control in a new tab")
RIGHT: Final = N_("Right")
HOW_TO_EXERCISE: Final = N_("To exercise these rights, contact")
AUTOMATED_DECISIONS: Final = N_("Automated decisions")
DECISIONS_ARE_AUTOMATED: Final = N_("Decisions are made by automated means alone.")
NO_AUTOMATED_DECISIONS: Final = N_("No decisions are made by automated means alone.")
INFO: Final = N_("Note")
PROMISE: Final = N_("Our promise")
WARNING: Final = N_("Important")
SKIP_TO_CONTENT: Final = N_("Skip to content")
BACK_TO_TOP: Final = N_("Back to top")
LAST_UPDATED: Final = N_("Last updated")
DATES_IN_UTC: Final = N_("Dates are in UTC.")
DETAILS: Final = N_("Details")
CURRENT_VERSION: Final = N_("See the version in force")
PAST_NOTICE: Final = N_("This version is no longer in force.")
UPCOMING_NOTICE: Final = N_("This version takes effect on {date}.")
WITHDRAWN_NOTICE: Final = N_("This version was withdrawn and will not take effect.")
NEXT_VERSION_NOTICE: Final = N_("A new version takes effect on {date}.")
POLICY_CHANGED: Final = N_("The policy has changed")
OTHER_CHANGE: Final = N_("Other change")
