"""Settings are read strictly and refused all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_api.settings import (
    DEVELOPMENT_SECRET,
    Profile,
    Settings,
    SettingsError,
    load_settings,
)

SECRET = "s" * 32


def refused(environ: dict[str, str], *, setting_up: bool = False) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, setting_up=setting_up)
    return dict(caught.value.problems)


def production(place: Path) -> dict[str, str]:
    (place / "signing-key.pem").write_text("a key")
    return {
        "POLICY_API_PROFILE": "production",
        "POLICY_API_DATA_DIR": str(place),
        "POLICY_API_SECRET_KEY": SECRET,
    }


def test_without_variables_the_defaults_hold() -> None:
    assert load_settings({}) == Settings()


def test_the_data_directory_moves_everything_that_lies_in_it() -> None:
    settings = load_settings({"POLICY_API_DATA_DIR": "/srv/policy"})

    assert settings.database_url == "sqlite:////srv/policy/policy-api.sqlite3"
    assert settings.signing_key_file == Path("/srv/policy/signing-key.pem")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_address_gets_its_driver(scheme: str) -> None:
    settings = load_settings({"POLICY_API_DATABASE_URL": f"{scheme}://u:p@db/policy"})

    assert settings.database_url == "postgresql+psycopg://u:p@db/policy"


def test_values_are_converted() -> None:
    settings = load_settings(
        {
            "POLICY_API_PROFILE": "testing",
            "POLICY_API_PLUGINS": "timeline, matrix,",
            "POLICY_API_TRUSTED_PROXIES": "1",
            "POLICY_API_TRUST_FORWARDED_HOST": "true",
            "POLICY_API_SECRET_KEY": "1" * 40,
        }
    )

    assert settings.profile is Profile.TESTING
    assert settings.plugins == ("timeline", "matrix")
    assert settings.trusted_proxies == 1
    assert settings.trust_forwarded_host
    assert settings.secret_key == "1" * 40


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load_settings({"POLICY_API_PORT": "", "POLICY_API_ORIGIN": ""}) == Settings()


def test_a_forwarded_host_needs_a_proxy_that_is_trusted() -> None:
    problems = refused({"POLICY_API_TRUST_FORWARDED_HOST": "1", "POLICY_API_SECRET_KEY": "short"})

    assert set(problems) == {"POLICY_API_TRUST_FORWARDED_HOST", "POLICY_API_SECRET_KEY"}


def test_every_wrong_variable_is_named() -> None:
    problems = refused(
        {
            "POLICY_API_PROFILE": "staging",
            "POLICY_API_PORT": "http",
            "POLICY_API_MAX_AGE": "301",
            "POLICY_API_ORIGIN": "example.org",
            "POLICY_API_LOG_LEVEL": "LOUD",
            "POLICY_API_DATBASE_URL": "sqlite://",
        }
    )

    assert set(problems) == {
        "POLICY_API_PROFILE",
        "POLICY_API_PORT",
        "POLICY_API_MAX_AGE",
        "POLICY_API_ORIGIN",
        "POLICY_API_LOG_LEVEL",
        "POLICY_API_DATBASE_URL",
    }


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://u:hunter2@db/policy",
        "hunter2",
        "postgresql://h:x/",
    ],
)
def test_an_address_of_no_usable_database_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match=r"POLICY_API_DATABASE_URL") as caught:
        load_settings({"POLICY_API_DATABASE_URL": url})

    assert "hunter2" not in str(caught.value)


def test_a_good_production_environment_is_accepted(tmp_path: Path) -> None:
    assert load_settings(production(tmp_path)).is_production


def test_production_names_every_unsafe_default_at_once() -> None:
    problems = refused(
        {
            "POLICY_API_PROFILE": "production",
            "POLICY_API_ORIGIN": "http://legal.example.org",
            "FLASK_DEBUG": "1",
        }
    )

    assert set(problems) == {
        "FLASK_DEBUG",
        "POLICY_API_DATA_DIR",
        "POLICY_API_DATABASE_URL",
        "POLICY_API_ORIGIN",
        "POLICY_API_SECRET_KEY",
        "POLICY_API_SIGNING_KEY_FILE",
    }


def test_setting_up_production_does_not_need_the_keys_it_creates(tmp_path: Path) -> None:
    environ = {"POLICY_API_PROFILE": "production", "POLICY_API_DATA_DIR": str(tmp_path)}

    settings = load_settings(environ, setting_up=True)

    assert settings.signing_key_file == tmp_path / "signing-key.pem"


def test_the_secret_key_may_be_a_mounted_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")

    settings = load_settings({"POLICY_API_SECRET_KEY_FILE": str(file)})

    assert settings.secret_key == SECRET


def test_a_secret_key_is_given_once(tmp_path: Path) -> None:
    problems = refused(
        {"POLICY_API_SECRET_KEY": SECRET, "POLICY_API_SECRET_KEY_FILE": str(tmp_path)}
    )

    assert "not both" in problems["POLICY_API_SECRET_KEY"]


def test_an_unreadable_secret_file_is_named(tmp_path: Path) -> None:
    problems = refused({"POLICY_API_SECRET_KEY_FILE": str(tmp_path / "absent")})

    assert problems == {"POLICY_API_SECRET_KEY_FILE": "Cannot be read: FileNotFoundError."}


@pytest.mark.parametrize("content", ["", "short"])
def test_a_short_or_empty_secret_file_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "secret"
    file.write_text(content)

    problems = refused({"POLICY_API_SECRET_KEY_FILE": str(file)})

    assert "32 bytes" in problems["POLICY_API_SECRET_KEY_FILE"]


def test_secrets_do_not_show_in_a_traceback() -> None:
    settings = load_settings(
        {
            "POLICY_API_SECRET_KEY": SECRET,
            "POLICY_API_DATABASE_URL": "postgresql://u:hunter2@db/policy",
        }
    )

    assert SECRET not in repr(settings)
    assert "hunter2" not in repr(settings)
    assert DEVELOPMENT_SECRET not in repr(Settings())
