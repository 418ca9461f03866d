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
    """Name as it stands in texts."""

    hosts = Several(Host(), most=HOSTS, required=True)
    """Its host names; no two sites share one. `[]`: it is reached by its key only, as an app is."""

    base = Key()
    """Site that it derives from, at most two steps from the root. Absent: it derives from none."""

    umbrella = Flag()
    """Whether its tables show the rows of all sites, with the sites that each is for."""

    locales = Several(Locale(), most=LOCALES, fewest=1, required=True)
    """Locales in which it is published; the source locale is one of them."""

    policies = Several(Key(), most=ITEMS)
    """Policies that it has. Absent: all; `[]`: none."""

    notice_period_days = Whole(0, NOTICE_DAYS)
    """Days between publication and effect of a material change. Absent: as its base, in the end
    30."""

    purpose = Line()
    """What the site is for."""

    pages = Pages()
    """Policy → path of the page on the site that shows it."""

    vars = Variables("site")
    """Values of `{site.…}` placeholders, also for sites that derive from it."""


SITE = EntryKind(name="site", template="sites/{site}", schema=SiteSchema)
