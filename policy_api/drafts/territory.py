"""Which entries belong to a site, and which a draft of some sites may touch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_api.access.refusals import NotAllowed
from policy_api.access.scopes import Bases, is_within
from policy_api.domain.content.source import Source
from policy_api.errors import NotFound

Entry = Mapping[str, Any]


def site_of(path: str) -> str | None:
    """Return the site that an entry belongs to, or None for what all sites share."""
    match path.split("/"):
        case ["sites", site]:
            return site
        case ["policies", _, "overlays", site]:
            return site
        case ["policies", _, "locales", _, "overlays", site]:
            return site
    return None


def is_translation(path: str) -> bool:
    """Tell whether an entry only says in another language what others say."""
    match path.split("/"):
        case ["policies", _, "locales", *_]:
            return True
    return False


def no_entry(path: str) -> str:
    """Return what is said of an entry that is not there, or not there for whoever asks."""
    return f"There is no entry {path} in the draft."


class Territory:
    """What a draft may touch.

    Which site derives from which is read from the release it edits: a draft that moves a site
    does not gain power over it. Only sites that are new in the draft are asked for their own base.
    """

    def __init__(self, root: str | None, *, base: Source, source: Source) -> None:
        self.root = root
        self._bases: Bases = {**_bases(source), **_bases(base)}

    def has(self, path: str) -> bool:
        """Tell whether an entry is there for whoever works on the draft: shared, or its own."""
        site = site_of(path)
        return site is None or self.owns(site)

    def owns(self, site: str) -> bool:
        """Tell whether a site belongs to the draft."""
        return is_within(site, self.root, self._bases)

    def check(self, path: str, entry: Entry | None) -> None:
        """Refuse an edit that reaches beyond the draft's sites.

        :raises NotFound: For the entry of another site.
        :raises NotAllowed: For an entry that all sites share, or a base elsewhere.
        """
        if self.root is None:
            return
        site = site_of(path)
        if site is None:
            raise NotAllowed("All sites share this entry; edit it in a draft of all sites.")
        derived = (entry or {}).get("base") if path.startswith("sites/") else None
        is_new = site not in self._bases
        if not (self.owns(site) or (is_new and derived is not None and self.owns(derived))):
            raise NotFound(no_entry(path))
        if derived is not None and not self.owns(derived) and derived != self._bases.get(site):
            raise NotAllowed("The base belongs to other sites.")


def _bases(source: Source) -> Bases:
    return {site: source.entries[f"sites/{site}"].get("base") for site in source.sites()}
