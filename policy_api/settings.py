"""Settings from the environment, checked all at once before anything starts."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from environs import Env, EnvValidationError, validate

from policy_api.setting_values import (
    check_address,
    check_database_url,
    check_doorbell_url,
    check_hub,
    check_mail_from,
    check_mount,
    check_networks,
    check_origin,
    check_pauses,
    check_smtp_url,
    members,
    with_driver,
)

PREFIX = "POLICY_API_"
MIN_SECRET_BYTES = 32
DEVELOPMENT_SECRET = "development-only-and-known-to-everybody"  # noqa: S105 -- refused in production


class Profile(StrEnum):
    """What the program is run for."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"
    TESTING = "testing"


class PurgeForm(StrEnum):
    """How a cache in front wants to be told what to forget."""

    FASTLY = "fastly"
    CLOUDFLARE = "cloudflare"
    VARNISH = "varnish"


class SettingsError(Exception):
    """Settings that cannot be used; names every variable that is wrong, not only the first."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems: tuple[tuple[str, str], ...] = tuple(problems)
        super().__init__("\n".join(f"{name}: {problem}" for name, problem in self.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can choose; ``some_name`` is read from ``POLICY_API_SOME_NAME``."""

    profile: Profile = Profile.DEVELOPMENT
    """What the program is run for: `development`, `testing`, or `production`, which refuses every
    unsafe default."""

    data_dir: Path = Path("var")
    """Directory for everything the program writes itself. Absolute in production."""

    database_url: str = field(default="sqlite:///var/policy-api.sqlite3", repr=False)
    """SQLAlchemy address of the database. Default: `policy-api.sqlite3` in the data directory."""

    signing_key_file: Path = Path("var/signing-key.pem")
    """Ed25519 key that signs releases. Default: `signing-key.pem` in the data directory. Must exist
    before production serves."""

    secret_key: str = field(default=DEVELOPMENT_SECRET, repr=False)
    """Secret of at least 32 bytes for cursors and links in mails. Required in production, here or
    as a file."""

    secret_key_file: Path | None = None
    """File that holds the secret key, for secrets that are mounted. Excludes `secret_key`."""

    origin: str = ""
    """Scheme and host, such as `https://legal.example.org`, where an address must be absolute, as
    in feeds and mails. Empty: taken from the request. Must be https in production."""

    mount: str = ""
    """Prefix below which the program is mounted in another site, such as `/legal`. Requests tell it
    by themselves; the worker needs it for the names of feeds that it tells a WebSub hub."""

    trusted_hosts: tuple[str, ...] = ()
    """Host names that are answered, separated by commas. Empty: any, and the table of sites decides
    whose text is served."""

    trusted_proxies: int = 0
    """Number of proxies in front whose forwarded headers count. 0 ignores such headers."""

    trust_forwarded_host: bool = False
    """Whether `X-Forwarded-Host` says which site is meant, for proxies that do not pass `Host` on.
    Needs `trusted_proxies`; the proxies must replace what a stranger sends."""

    max_age: int = 60
    """Longest time in seconds (0 to 300) a cache may keep an answer that can change."""

    answer_cache_mib: int = 32
    """Memory in MiB in which each web process keeps finished public answers, so that a repeat needs
    no work. They are dropped as soon as something is published. 0 keeps none."""

    pack_bodies: bool = True
    """Whether a worker compresses the texts in force at full strength after each release. They take
    about half the room of their JSON; without, each web process compresses by itself, faster and
    less."""

    fast_worker: bool = True
    """Whether gunicorn runs with this program's own worker, which answers repeats before a thread
    is needed. False takes gunicorn's threaded worker as it is."""

    pin_workers: bool = True
    """Whether each of gunicorn's workers stays on a core of its own, where there is a worker for
    each core. False where other programs on the machine need them as much."""

    rate_limit_storage: str = "memory://"
    """Where requests are counted: in each process, or a `valkey://` or `redis://` address shared by
    all of them."""

    plugins: tuple[str, ...] = ()
    """Names of the installed plugins to load, separated by commas. An installed plugin that is not
    named stays off."""

    webhook_allowed_networks: tuple[str, ...] = ()
    """Networks of your own, such as `10.20.0.0/16`, that webhooks may be sent to, separated by
    commas. Whatever else is not the open Internet is off limits."""

    webhook_denied_networks: tuple[str, ...] = ()
    """Networks that webhooks must not be sent to though they are part of the open Internet, such as
    those of your own servers, separated by commas."""

    require_review: bool = False
    """Whether nothing is published that somebody else has not approved. Without it only a draft
    that was handed in waits for its approval."""

    webhook_allow_http: bool = False
    """Whether webhooks may be sent without encryption, to `http://` addresses."""

    retry_pauses: tuple[int, ...] = ()
    """Seconds between the attempts of a delivery, separated by commas. Empty: 5 seconds, 5 and 30
    minutes, 2, 5, 10, 14 and 20 hours, and five times a day: 14 attempts over a week."""

    doorbell_url: str = field(default="", repr=False)
    """Broker over which workers are woken too, where the database cannot do that alone: a
    `redis://`, `rediss://`, `amqp://` or `amqps://` address. Needs the extra `doorbell`."""

    websub_hub: str = ""
    """WebSub hub that is told which feeds changed, such as `https://hub.example.org/`. Needs
    `origin`. Empty: none."""

    cdn_purge_url: str = ""
    """Address that a cache in front takes purges at. The worker sends it the tags of everything
    that a release, an effective instant or a withdrawal outdates. Empty: nothing is purged."""

    cdn_purge_form: PurgeForm = PurgeForm.FASTLY
    """How the cache is asked: `fastly` and those like it take a list in `Surrogate-Key`,
    `cloudflare` takes JSON with `tags`, `varnish` takes `PURGE` with `xkey-purge`."""

    cdn_purge_token: str = field(default="", repr=False)
    """What the cache knows us by: its `Fastly-Key`, or the bearer token of the others."""

    smtp_url: str = field(default="", repr=False)
    """Server that takes mails: `smtp://user:password@mail.example.org:587`, which must offer
    STARTTLS, `smtps://…` for TLS from the start, or `smtp://localhost:25?tls=no` for a server of
    your own that nobody can listen to. Empty: mails go to `spool` in the data directory."""

    mail_from: str = ""
    """Sender of mails, such as `Example <privacy@example.org>`. Required with a mail server."""

    bind: str = "127.0.0.1"
    """Address to listen on."""

    port: int = 8000
    """Port to listen on."""

    web_concurrency: int = 2
    """Number of web processes."""

    log_level: str = "INFO"
    """Least important level that is logged: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`."""

    @property
    def is_production(self) -> bool:
        """Tell whether unsafe choices must be refused."""
        return self.profile is Profile.PRODUCTION


def load_settings(
    environ: Mapping[str, str] | None = None, *, setting_up: bool = False
) -> Settings:
    """Read and check the settings.

    :param environ: Variables to read instead of the process environment.
    :param setting_up: True for commands that create what production demands, such as its keys.
    :raises SettingsError: With every problem there is.
    """
    given = os.environ if environ is None else environ
    reader = _Reader(given)
    values = {
        **_read_places(reader),
        **_read_web(reader),
        **_read_webhooks(reader),
        **_read_cdn(reader),
        **_read_mail(reader),
        **_read_process(reader),
    }
    problems = [*reader.problems(), *_unknown_names(given)]
    if not problems:
        problems.extend(_contradictory(values))
        values["secret_key"], secret_problems = _secret_key(values)
        problems.extend(secret_problems)
    if problems:
        raise SettingsError(problems)
    settings = Settings(**values)
    if settings.is_production:
        problems.extend(_unsafe(settings, given))
        problems.extend(() if setting_up else _missing_keys(settings))
    if problems:
        raise SettingsError(problems)
    return settings


class _Reader(Env):
    """An environs reader over a mapping of the caller's, collecting its errors."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(eager=False, prefix=PREFIX)
        self._given = given

    def _get_value(self, env_key: str, default: object) -> Any:  # noqa: ANN401 -- as its base
        # Variables that are set but empty (compose files do that) count as not set.
        return self._given.get(env_key) or default

    def names(
        self, name: str, *, validate: Callable[[str], None] = lambda _: None
    ) -> tuple[str, ...]:
        """Read a comma-separated list, forgiving spaces and empty members."""
        return members(self.str(name, default="", validate=validate) or "")

    def problems(self) -> Iterator[tuple[str, str]]:
        """Close the reader and return what it could not understand."""
        try:
            self.seal()
        except EnvValidationError as error:
            for name, messages in cast("Mapping[str, list[str]]", error.error_messages).items():
                yield name, " ".join(messages)


def _read_places(reader: _Reader) -> dict[str, Any]:
    data_dir = reader.path("DATA_DIR", default=Path("var"))
    database = f"sqlite:///{data_dir}/policy-api.sqlite3"
    return {
        "data_dir": data_dir,
        # A refused one is None until the reader is sealed.
        "database_url": with_driver(
            reader.str("DATABASE_URL", default=database, validate=check_database_url) or database
        ),
        "signing_key_file": reader.path("SIGNING_KEY_FILE", default=data_dir / "signing-key.pem"),
        "secret_key": reader.str("SECRET_KEY", default=""),
        "secret_key_file": reader.path("SECRET_KEY_FILE", default=None),
    }


def _read_web(reader: _Reader) -> dict[str, Any]:
    ages, hops, sizes = validate.Range(0, 300), validate.Range(0, 10), validate.Range(0, 4096)
    return {
        "origin": reader.str("ORIGIN", default="", validate=check_origin),
        "mount": reader.str("MOUNT", default="", validate=check_mount),
        "trusted_hosts": reader.names("TRUSTED_HOSTS"),
        "trusted_proxies": reader.int("TRUSTED_PROXIES", default=0, validate=hops),
        "trust_forwarded_host": reader.bool("TRUST_FORWARDED_HOST", default=False),
        "max_age": reader.int("MAX_AGE", default=60, validate=ages),
        "answer_cache_mib": reader.int("ANSWER_CACHE_MIB", default=32, validate=sizes),
        "pack_bodies": reader.bool("PACK_BODIES", default=True),
        "fast_worker": reader.bool("FAST_WORKER", default=True),
        "pin_workers": reader.bool("PIN_WORKERS", default=True),
        "rate_limit_storage": reader.str("RATE_LIMIT_STORAGE", default="memory://"),
    }


def _read_webhooks(reader: _Reader) -> dict[str, Any]:
    allowed = reader.names("WEBHOOK_ALLOWED_NETWORKS", validate=check_networks)
    denied = reader.names("WEBHOOK_DENIED_NETWORKS", validate=check_networks)
    pauses = reader.names("RETRY_PAUSES", validate=check_pauses)
    return {
        "webhook_allowed_networks": allowed,
        "webhook_denied_networks": denied,
        "webhook_allow_http": reader.bool("WEBHOOK_ALLOW_HTTP", default=False),
        "websub_hub": reader.str("WEBSUB_HUB", default="", validate=check_hub),
        "retry_pauses": tuple(int(pause) for pause in pauses if pause.isdecimal()),
        "doorbell_url": reader.str("DOORBELL_URL", default="", validate=check_doorbell_url),
    }


def _read_cdn(reader: _Reader) -> dict[str, Any]:
    default = PurgeForm.FASTLY
    return {
        "cdn_purge_url": reader.str("CDN_PURGE_URL", default="", validate=check_address),
        "cdn_purge_form": reader.enum(
            "CDN_PURGE_FORM", default=default, enum=PurgeForm, by_value=True
        ),
        "cdn_purge_token": reader.str("CDN_PURGE_TOKEN", default=""),
    }


def _read_mail(reader: _Reader) -> dict[str, Any]:
    return {
        "smtp_url": reader.str("SMTP_URL", default="", validate=check_smtp_url),
        "mail_from": reader.str("MAIL_FROM", default="", validate=check_mail_from),
    }


def _read_process(reader: _Reader) -> dict[str, Any]:
    ports, processes = validate.Range(1, 65535), validate.Range(1)
    levels = validate.OneOf([name for name in logging.getLevelNamesMapping() if name != "NOTSET"])
    return {
        "profile": reader.enum("PROFILE", default=Profile.DEVELOPMENT, enum=Profile, by_value=True),
        "plugins": reader.names("PLUGINS"),
        "bind": reader.str("BIND", default="127.0.0.1"),
        "port": reader.int("PORT", default=8000, validate=ports),
        "web_concurrency": reader.int("WEB_CONCURRENCY", default=2, validate=processes),
        "log_level": reader.str("LOG_LEVEL", default="INFO", validate=levels),
    }


def _unknown_names(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Find misspelt variables: a setting that is silently ignored is worse than a refused start."""
    known = {PREFIX + name.upper() for name in Settings.__dataclass_fields__}
    for name in sorted(given):
        is_ours = name.startswith(PREFIX) and not name.startswith(f"{PREFIX}TEST_")
        if is_ours and name not in known:
            yield name, "There is no such setting."


def _contradictory(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Find choices that make no sense without another one."""
    if values["trust_forwarded_host"] and not values["trusted_proxies"]:
        yield f"{PREFIX}TRUST_FORWARDED_HOST", "Needs TRUSTED_PROXIES to say how many there are."
    if values["websub_hub"] and not values["origin"]:
        yield f"{PREFIX}ORIGIN", "A hub must know where the feeds are."
    if values["cdn_purge_token"] and not values["cdn_purge_url"]:
        yield f"{PREFIX}CDN_PURGE_URL", "A token alone says not where the cache is."
    if values["smtp_url"] and not values["mail_from"]:
        yield f"{PREFIX}MAIL_FROM", "A mail server needs to know who writes."


def _secret_key(values: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """Return the secret key from the variable or its file, with what is wrong about it."""
    key, file = values["secret_key"], values["secret_key_file"]
    name = f"{PREFIX}SECRET_KEY"
    if key and file:
        return "", [(name, "Set either this or SECRET_KEY_FILE, not both.")]
    if file:
        name = f"{PREFIX}SECRET_KEY_FILE"
        try:
            key = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            return "", [(name, f"Cannot be read: {type(error).__name__}.")]
    if not key and not file:
        return DEVELOPMENT_SECRET, []
    if len(key.encode()) < MIN_SECRET_BYTES:
        return "", [(name, f"Must have at least {MIN_SECRET_BYTES} bytes.")]
    return key, []


def _unsafe(settings: Settings, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Find choices that production must not start with."""
    if given.get("FLASK_DEBUG", "").lower() not in {"", "0", "false", "no"}:
        yield "FLASK_DEBUG", "Production does not run in debug mode."
    if not settings.data_dir.is_absolute():
        yield f"{PREFIX}DATA_DIR", "Must be an absolute path in production."
    if re.match(r"sqlite:///(?!/)", settings.database_url):
        yield f"{PREFIX}DATABASE_URL", "Must be an absolute path in production: sqlite:////..."
    if settings.origin and urlsplit(settings.origin).scheme != "https":
        yield f"{PREFIX}ORIGIN", "Must be https in production."
    if settings.smtp_url and not settings.origin:
        yield f"{PREFIX}ORIGIN", "The links in mails need it."


def _missing_keys(settings: Settings) -> Iterator[tuple[str, str]]:
    """Find keys that production needs before it serves."""
    if settings.secret_key == DEVELOPMENT_SECRET:
        yield f"{PREFIX}SECRET_KEY", "Production needs a secret key of its own."
    if not settings.signing_key_file.is_file():
        yield f"{PREFIX}SIGNING_KEY_FILE", "There is no such file; `policy-api init` creates it."
