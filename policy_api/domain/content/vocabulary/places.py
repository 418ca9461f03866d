"""Countries and regions, and what data protection law says of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

COUNTRIES: Final = frozenset(
    {
        "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX",
        "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ",
        "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK",
        "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM",
        "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR",
        "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS",
        "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN",
        "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN",
        "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV",
        "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ",
        "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI",
        "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM",
        "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC",
        "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV",
        "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR",
        "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
        "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
    }
)  # fmt: skip
"""ISO 3166-1 alpha-2."""

EEA: Final = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
"""The 27 states of the European Union with Iceland, Liechtenstein and Norway."""

EEA_TERRITORIES: Final = frozenset({"AX", "GF", "GP", "MF", "MQ", "RE", "YT"})
"""Parts of a member state that have a country code of their own and where the GDPR applies."""

REGIONS: Final[Mapping[str, str]] = {
    "001": "World",
    "002": "Africa",
    "003": "North America",
    "005": "South America",
    "009": "Oceania",
    "011": "Western Africa",
    "013": "Central America",
    "014": "Eastern Africa",
    "015": "Northern Africa",
    "017": "Middle Africa",
    "018": "Southern Africa",
    "019": "Americas",
    "021": "Northern America",
    "029": "Caribbean",
    "030": "Eastern Asia",
    "034": "Southern Asia",
    "035": "Southeast Asia",
    "039": "Southern Europe",
    "053": "Australasia",
    "054": "Melanesia",
    "057": "Micronesia",
    "061": "Polynesia",
    "142": "Asia",
    "143": "Central Asia",
    "145": "Western Asia",
    "150": "Europe",
    "151": "Eastern Europe",
    "154": "Northern Europe",
    "155": "Western Europe",
    "202": "Sub-Saharan Africa",
    "419": "Latin America and the Caribbean",
}
"""UN M.49, wider than a country. English for messages; readers get CLDR's names."""

ADEQUACY_AS_OF: Final = date(2026, 1, 28)
"""The day the newest decision of `ADEQUACY` was published; a later one needs a new release."""

ADEQUACY: Final[Mapping[str, str]] = {
    "AD": "Decision 2010/625/EU of 19 October 2010",
    "AR": "Decision 2003/490/EC of 30 June 2003",
    "BR": "Decision (EU) 2026/179 of 26 January 2026",
    "CA": "Decision 2002/2/EC of 20 December 2001, for commercial organizations only",
    "CH": "Decision 2000/518/EC of 26 July 2000",
    "FO": "Decision 2010/146/EU of 5 March 2010",
    "GB": "Decision (EU) 2021/1772 of 28 June 2021, since renewed until 27 December 2031",
    "GG": "Decision 2003/821/EC of 21 November 2003",
    "IL": "Decision 2011/61/EU of 31 January 2011",
    "IM": "Decision 2004/411/EC of 28 April 2004",
    "JE": "Decision 2008/393/EC of 8 May 2008",
    "JP": "Decision (EU) 2019/419 of 23 January 2019",
    "KR": "Decision (EU) 2022/254 of 17 December 2021",
    "NZ": "Decision 2013/65/EU of 19 December 2012",
    "US": "Decision (EU) 2023/1795 of 10 July 2023, for participants of the Data Privacy Framework",
    "UY": "Decision 2012/484/EU of 21 August 2012",
}
"""Countries whose level of protection the Commission found adequate (Art. 45), and by what."""

PARTIAL_ADEQUACY: Final = frozenset({"CA", "US"})
"""Countries where the decision covers only some recipients; the policy must say this one is."""


def in_eea(country: str) -> bool:
    """Tell whether data in that country has not left the European Economic Area."""
    return country in EEA or country in EEA_TERRITORIES
