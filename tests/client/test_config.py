from pathlib import Path

import pytest

from flexprice_client.config import DEFAULT_BASE_URL, LOCAL_API_KEY, Config, load_config
from flexprice_client.errors import ConfigError

PROFILES = """
default_profile = "staging"

[profiles.staging]
base_url = "https://staging.example.com/v1/"
api_key = "sk_staging_1"
timeout = 3

[profiles.other]
api_key = "sk_other_1"
max_retries = 0
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def test_without_anything_it_is_the_local_emulator(project: Path, home: Path) -> None:
    config = load_config(environ={}, directory=project, home=home)
    assert config == Config(base_url=DEFAULT_BASE_URL, api_key=LOCAL_API_KEY, environment_id=None, timeout=30.0, max_retries=2)
    assert config.is_local
    assert set(config.sources.values()) == {"default"}


def test_argument_beats_variable_beats_profile_beats_default(project: Path, home: Path) -> None:
    (project / "flexprice.toml").write_text(PROFILES)
    environ = {"FLEXPRICE_TIMEOUT": "4", "FLEXPRICE_API_KEY": "sk_env_1"}
    config = load_config(api_key="sk_arg_1", environ=environ, directory=project, home=home)
    assert (config.api_key, config.timeout, config.base_url, config.max_retries) == ("sk_arg_1", 4.0, "https://staging.example.com/v1", 2)
    assert config.sources["api_key"] == "argument api_key"
    assert config.sources["timeout"] == "environment variable FLEXPRICE_TIMEOUT"
    assert config.sources["base_url"].endswith("flexprice.toml: profiles.staging.base_url")
    assert config.sources["max_retries"] == "default"


def test_a_profile_by_argument_variable_and_default_name(project: Path, home: Path) -> None:
    file = project / "flexprice.toml"
    file.write_text(PROFILES + '[profiles.default]\napi_key = "sk_default_1"\n')
    both = {"FLEXPRICE_PROFILE": "other"}
    assert load_config(environ=both, directory=project, home=home).api_key == "sk_other_1"
    assert load_config(profile="staging", environ=both, directory=project, home=home).api_key == "sk_staging_1"
    file.write_text(file.read_text().replace('default_profile = "staging"', ""))
    assert load_config(environ={}, directory=project, home=home).api_key == "sk_default_1"


def test_the_project_file_is_asked_before_the_one_at_home(project: Path, home: Path) -> None:
    (home / ".config/flexprice").mkdir(parents=True)
    (home / ".config/flexprice/config.toml").write_text('[profiles.mine]\napi_key = "sk_home_1"\n[profiles.other]\napi_key = "sk_home_2"\n')
    (project / "flexprice.toml").write_text(PROFILES)
    assert load_config(profile="mine", environ={}, directory=project, home=home).api_key == "sk_home_1"
    assert load_config(profile="other", environ={}, directory=project, home=home).api_key == "sk_other_1"


def test_a_named_file_is_the_only_one_read(project: Path, home: Path, tmp_path: Path) -> None:
    (project / "flexprice.toml").write_text(PROFILES)
    named = tmp_path / "named.toml"
    named.write_text('[profiles.default]\napi_key = "sk_named_1"\n')
    config = load_config(environ={"FLEXPRICE_CONFIG": str(named)}, directory=project, home=home)
    assert config.api_key == "sk_named_1"
    with pytest.raises(ConfigError, match="no profile 'staging'"):
        load_config(config_file=named, profile="staging", environ={}, directory=project, home=home)


def test_empty_variables_count_as_unset(project: Path, home: Path) -> None:
    environ = {"FLEXPRICE_BASE_URL": "", "FLEXPRICE_API_KEY": "", "FLEXPRICE_PROFILE": "", "FLEXPRICE_CONFIG": ""}
    assert load_config(environ=environ, directory=project, home=home).base_url == DEFAULT_BASE_URL


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/", "https://host/prefix/v1", "http://[::1]:9/v1"])
def test_base_urls_that_end_in_v1_lose_one_slash(url: str) -> None:
    assert load_config(base_url=url, environ={}, home=Path("/nonexistent")).base_url == url.removesuffix("/")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:8080", "did you mean http://127.0.0.1:8080/v1?"),
        ("http://127.0.0.1:8080/v1//", "does not end in /v1"),
        ("http://127.0.0.1:8080/v2", "does not end in /v1"),
        ("127.0.0.1:8080/v1", "not usable"),
        ("ftp://host/v1", "not usable"),
        ("http:///v1", "not usable"),
        ("http://host/v1?x=1", "not usable"),
        ("http://host:port/v1", "not a URL"),
        ("http://user:hunter2@host/v1", "user name or password"),
    ],
)
def test_other_base_urls_are_refused_with_place_and_reason(url: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(environ={"FLEXPRICE_BASE_URL": url}, home=Path("/nonexistent"))
    assert str(caught.value).startswith("environment variable FLEXPRICE_BASE_URL: ")
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"FLEXPRICE_TIMEOUT": "fast"}, "FLEXPRICE_TIMEOUT: 'fast'; allowed are seconds above 0, up to 3600"),
        ({"FLEXPRICE_TIMEOUT": "0"}, "seconds above 0"),
        ({"FLEXPRICE_TIMEOUT": "nan"}, "seconds above 0"),
        ({"FLEXPRICE_TIMEOUT": "inf"}, "seconds above 0"),
        ({"FLEXPRICE_MAX_RETRIES": "-1"}, "whole number from 0 to 10"),
        ({"FLEXPRICE_MAX_RETRIES": "2.5"}, "whole number from 0 to 10"),
        ({"FLEXPRICE_MAX_RETRIES": "11"}, "whole number from 0 to 10"),
        ({"FLEXPRICE_API_KEY": "   "}, "empty or not text"),
        ({"FLEXPRICE_API_KEY": "sk a"}, "no HTTP header can carry"),
        ({"FLEXPRICE_ENVIRONMENT_ID": "env\n"}, "environment id"),
        ({"FLEXPRICE_PROFILE": "cloud"}, "no profile 'cloud'"),
        ({"FLEXPRICE_CONFIG": "/nonexistent.toml"}, "no file '/nonexistent.toml'"),
    ],
)
def test_values_that_are_not_allowed(environ: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(environ=environ, directory=Path("/nonexistent"), home=Path("/nonexistent"))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profiles = [", "not TOML"),
        ("profile = 1", "unknown key 'profile'; allowed: default_profile, profiles (did you mean 'profiles'?)"),
        ("profiles = 1", "tables only"),
        ('[profiles.default]\nbase-url = "x"', "profiles.default.base-url: unknown setting"),
        ('[profiles.default]\nbase-url = "x"', "did you mean 'base_url'?"),
        ("[profiles.default]\nbase_url = 1", "profiles.default.base_url: 1 is not text"),
        ("[profiles.default]\napi_key = 1", "profiles.default.api_key: empty or not text"),
        ("[profiles.default]\ntimeout = true", "profiles.default.timeout: True"),
        ("[profiles.default]\nmax_retries = 1.5", "profiles.default.max_retries: 1.5"),
        ("[profiles.default]\nenvironment_id = 5", "profiles.default.environment_id: 5"),
        ('default_profile = "cloud"\n[profiles.clouds]', "default_profile: no profile 'cloud'; allowed: clouds (did you mean 'clouds'?)"),
    ],
)
def test_files_that_are_not_allowed(project: Path, home: Path, text: str, words: str) -> None:
    (project / "flexprice.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(environ={}, directory=project, home=home)
    assert words in str(caught.value)


def test_the_cloud_needs_a_key_of_its_own() -> None:
    with pytest.raises(ConfigError, match=r"us\.api\.flexprice\.io; give api_key"):
        load_config(base_url="https://us.api.flexprice.io/v1", environ={}, home=Path("/nonexistent"))
    config = load_config(base_url="https://us.api.flexprice.io/v1", api_key="sk_live_1", environ={}, home=Path("/nonexistent"))
    assert not config.is_local


@pytest.mark.parametrize(
    ("url", "key", "local"),
    [
        ("http://localhost:1/v1", "sk_x_1", True),
        ("http://127.1.2.3/v1", "sk_x_1", True),
        ("http://emulator:8080/v1", LOCAL_API_KEY, True),
        ("http://emulator:8080/v1", "sk_ws_a", True),
        ("http://emulator:8080/v1", "sk_x_1", False),
        ("https://localhost.example.com/v1", "sk_x_1", False),
    ],
)
def test_what_counts_as_local(url: str, key: str, local: bool) -> None:
    assert load_config(base_url=url, api_key=key, environ={}, home=Path("/nonexistent")).is_local is local


def test_the_key_is_in_no_repr() -> None:
    config = load_config(api_key="sk_live_secret", environ={}, home=Path("/nonexistent"))
    assert "secret" not in repr(config)
