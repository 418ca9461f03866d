"""What a request says it starts from: nobody writes over what they have not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from flask import request
from typing_extensions import override
from werkzeug.datastructures import ETags

from policy_api.errors import PreconditionFailed, PreconditionRequired


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """``If-Match`` and ``If-None-Match`` of a request."""

    match: ETags
    none_match: ETags

    @classmethod
    def of_request(cls) -> Self:
        """Return what the present request says."""
        return cls(match=request.if_match, none_match=request.if_none_match)

    def check(self, present: str | None) -> None:
        """Refuse a write that does not say what it starts from, or starts from something else.

        :param present: Entity tag of what is there, quoted; None for nothing.
        :raises PreconditionRequired: If the request does not say.
        :raises PreconditionFailed: If something else is there.
        """
        if not (self.match or self.match.star_tag or self.none_match.star_tag):
            raise PreconditionRequired(
                "Send the ETag you have read in If-Match, or If-None-Match: * for something new."
            )
        self.check_stated(present)

    def check_stated(self, present: str | None) -> None:
        """Refuse a request that starts from something else, if it says what it starts from.

        :raises PreconditionFailed: If something else is there.
        """
        is_stated = bool(self.match) or self.match.star_tag
        fits = present is not None and (
            self.match.star_tag or self.match.contains(present.strip('"'))
        )
        if (is_stated and not fits) or (self.none_match.star_tag and present is not None):
            raise PreconditionFailed("Somebody changed it meanwhile; read it again.")


class _Unconditional(Precondition):
    """Starts from whatever is there."""

    @override
    def check(self, present: str | None) -> None:
        return


WHATEVER_IS_THERE: Final = _Unconditional(match=ETags(), none_match=ETags())
"""For writers that have read what is there in the transaction in which they write."""
