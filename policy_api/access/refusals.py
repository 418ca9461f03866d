"""What a door says to those it does not let in."""

from __future__ import annotations

from policy_api.errors import N_, PolicyError


class NotAuthenticated(PolicyError):
    """The request carries no token that is valid now."""

    slug, title, status = "not-authenticated", N_("A valid token is required"), 401


class TooManyGuesses(PolicyError):
    """Many tokens that are no good came from one place."""

    slug, title, status = "too-many-guesses", N_("Too many tokens were refused"), 429


class NotAllowed(PolicyError):
    """The token is valid, but not good for this."""

    slug, title, status = "not-allowed", N_("The token does not allow this"), 403


class TokenInAddress(PolicyError):
    """A token was sent in the address, where logs and histories keep it."""

    slug, title, status = "token-in-address", N_("Tokens do not belong in addresses"), 400


class KeyReused(PolicyError):
    """An idempotency key came again with another request."""

    slug, title, status = "idempotency-key-reused", N_("The idempotency key was used already"), 422
