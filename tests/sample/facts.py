"""What the sample must say: the facts of the model page as compact tables."""

from __future__ import annotations

from tests.sample.states import Entry

HOSTS = {
    "main": "matomo.org",
    "demo": "demo.matomo.cloud",
    "forum": "forum.matomo.org",
    "developer": "developer.matomo.org",
    "shop": "shop.matomo.org",
    "plugins": "plugins.matomo.org",
    "ios": "ios.matomo.org",
    "issues": "issues.matomo.org",
    "glossary": "glossary.matomo.org",
}

RECIPIENTS = {
    "alwaysdata": ("AlwaysData", "dpv:DataProcessor"),
    "matomo-cloud": ("Matomo Cloud", "dpv:DataProcessor"),
    "google-recaptcha": ("Google reCAPTCHA", "dpv:ThirdParty"),
    "youtube": ("YouTube", "dpv:ThirdParty"),
    "userlike": ("Userlike", "dpv:DataProcessor"),
    "madmimi": ("MadMimi", "dpv:DataProcessor"),
    "discourse-hosting": ("Discourse Hosting", "dpv:DataProcessor"),
    "marketplace-shop": ("Matomo Marketplace shop", None),
    "helpscout": ("HelpScout", "dpv:DataProcessor"),
    "aws": ("Amazon AWS", "dpv:DataProcessor"),
    "paypal-braintree": ("PayPal and Braintree", "dpv:DataController"),
}

BY_INTEREST, BY_CONSENT, BY_CONTRACT = "eu-gdpr:A6-1-f", "eu-gdpr:A6-1-a", "eu-gdpr:A6-1-b"
PARIS, FRANKFURT = ("FR", "150", "Paris"), ("DE", "150", "Frankfurt")
GERMANY, FRANCE = ("DE", "150", None), ("FR", "150", None)
AMERICA, WORLD = ("US", None, None), (None, "001", None)

Row = tuple[str, str, str | None, tuple[str | None, ...], str | None, bool, bool]

ROWS: dict[str, Row] = {
    # recipient, purposes, legal basis, place, data ("…": open list), leaves the EEA, table 1
    "hosting": ("alwaysdata", "TechnicalServiceProvision", None, PARIS, None, False, True),
    "web-analytics": (
        "matomo-cloud",
        "ServiceUsageAnalytics MisusePreventionAndDetection",
        BY_INTEREST,
        FRANKFURT,
        "ip-anon pages browser device mouse keys …",
        False,
        False,
    ),
    "spam-protection": (
        "google-recaptcha",
        "MisusePreventionAndDetection",
        BY_INTEREST,
        AMERICA,
        "ip cookie",
        True,
        False,
    ),
    "video-playback": (
        "youtube",
        "RequestedServiceProvision",
        BY_INTEREST,
        AMERICA,
        "ip",
        True,
        False,
    ),
    "live-chat": (
        "userlike",
        "CommunicationForCustomerCare",
        BY_INTEREST,
        GERMANY,
        "message name email …",
        False,
        False,
    ),
    "newsletter": ("madmimi", "DirectMarketing", BY_CONSENT, AMERICA, "email", True, False),
    "forum-account": (
        "discourse-hosting",
        "AccountManagement ServiceRegistration",
        BY_CONTRACT,
        GERMANY,
        "email username name password posts",
        False,
        False,
    ),
    "shop-account": (
        "marketplace-shop",
        "AccountManagement CustomerOrderManagement",
        BY_CONTRACT,
        FRANCE,
        "username password name email payment phone address",
        False,
        False,
    ),
    "support-mail": (
        "helpscout",
        "CommunicationForCustomerCare",
        BY_INTEREST,
        AMERICA,
        "ip message name email …",
        True,
        False,
    ),
    "static-files": ("aws", "TechnicalServiceProvision", BY_INTEREST, WORLD, "", True, False),
    "payments": (
        "paypal-braintree",
        "PaymentManagement",
        BY_INTEREST,
        AMERICA,
        "payment-tx name payment ip …",
        True,
        False,
    ),
}

ROWS_BY_SITE = {
    "main": "hosting web-analytics spam-protection video-playback live-chat newsletter "
    "support-mail static-files",
    "demo": "web-analytics",
    "forum": "web-analytics video-playback forum-account",
    "developer": "hosting web-analytics",
    "shop": "hosting web-analytics spam-protection shop-account support-mail payments",
    "plugins": "hosting web-analytics video-playback shop-account support-mail static-files "
    "payments",
    "ios": "hosting web-analytics",
    "issues": "hosting web-analytics",
    "glossary": "hosting web-analytics",
}

COLUMNS = {
    "processors": "recipient used_on locations service",
    "third-party-services": "recipient used_on purpose legal_basis locations data_categories "
    "privacy_policy",
}

CATEGORIES = {
    "ip": "pd:IPAddress",
    "ip-anon": "pd:IPAddress",
    "pages": "pd:BrowsingBehaviour",
    "referrer": "pd:BrowsingReferral",
    "visit-time": "x:VisitTime",
    "browser": "pd:UserAgent",
    "device": "pd:DeviceBased",
    "device-type": "pd:DeviceBased",
    "os": "pd:DeviceOperatingSystem",
    "screen": "x:ScreenResolution",
    "lang": "pd:Language",
    "country": "pd:Country",
    "mouse": "x:PointerMovement",
    "keys": "x:Keystrokes",
    "cookie": "tech:Cookie",
    "message": "pd:Communication",
    "name": "pd:Name",
    "email": "pd:EmailAddress",
    "username": "pd:Username",
    "password": "pd:Password",
    "posts": "x:UserContent",
    "payment": "pd:Financial",
    "payment-tx": "pd:Transactional",
    "phone": "pd:TelephoneNumber",
    "address": "pd:PhysicalAddress",
    "org": "x:OrganisationDetails",
}

HAMBURG = {
    "street": "Große Bleichen 21",
    "postal_code": "20354",
    "locality": "Hamburg",
    "country": "DE",
}
CONTACTS: dict[str, Entry] = {
    "privacy-team": {"role": "privacy", "email": "privacy@matomo.org"},
    "contact-form": {"role": "general", "url": "https://matomo.org/contact"},
    "controller": {
        "role": "controller",
        "represented_by": "Matthieu Aubry",
        "email": "privacy@matomo.org",
    },
    "eu-representative": {"role": "eu_representative", "address": HAMBURG},
    "dpo": {
        "role": "dpo",
        "represented_by": "Prof. Dr. Christoph Bauer",
        "address": HAMBURG,
        "external": True,
    },
    "supervisory-authority": {"role": "authority"},
}

PROCESSING = {
    "email-contact": ("CommunicationForCustomerCare", "name email message …"),
    "usage-data": (
        "ServiceUsageAnalytics ImproveExistingProductsAndServices MisusePreventionAndDetection",
        "referrer pages visit-time ip-anon device-type os screen lang country browser …",
    ),
    "cookies": ("RecordManagement ServiceOptimisation", "cookie"),
    "accounts": ("AccountManagement RequestedServiceProvision", "name email org …"),
}

RETENTION = {
    "account-data": "dpv:UntilEventDuration",
    "legal-needs": "dpv:IndeterminateDuration",
    "aggregates": "dpv:EndlessDuration",
}

SECTIONS = (
    "introduction scope matomo-cloud controller data-we-collect analytics-opt-out your-rights "
    "processors third-party-services retention policy-changes contact eu-representative "
    "data-protection-officer reuse"
)
