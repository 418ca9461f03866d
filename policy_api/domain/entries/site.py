"""A site: one set of hosts with its own variant of the policies."""

from __future__ import annotations

from policy_api.domain.content.fields import Flag, Key, Line, Locale, LocalizedName, Whole
from policy_api.domain.content.limits import HOSTS, ITEMS, LOCALES, NOTICE_DAYS
from policy_api.domain.content.list_fields import Named, Several, Variables
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.web_fields import Host, SitePath
from policy_api.domain.entries.kind import EntryKind


class Pages(Named):
    """Policy → path of the page that shows it on the site."""

    def accepted_value(self, value: object) -> str:
        """Return a path on the site."""
        return SitePath().accepted(value)


class SiteSchema(ContentSchema):
    """Hosts, languages and what the site derives from."""

    name = LocalizedName(required=True)
    hosts = Several(Host(), most=HOSTS, required=True)
    base = Key()
    umbrella = Flag()
    locales = Several(Locale(), most=LOCALES, fewest=1, required=True)
    policies = Several(Key(), most=ITEMS)
    notice_period_days = Whole(0, NOTICE_DAYS)
    purpose = Line()
    pages = Pages()
    vars = Variables("site")


SITE = EntryKind(name="site", template="sites/{site}", schema=SiteSchema)
