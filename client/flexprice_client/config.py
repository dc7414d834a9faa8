"""One configuration, from four places. Earlier wins:

1. arguments
2. environment variables FLEXPRICE_BASE_URL, FLEXPRICE_API_KEY, FLEXPRICE_ENVIRONMENT_ID, FLEXPRICE_TIMEOUT, FLEXPRICE_MAX_RETRIES
3. a profile of a TOML file: the file FLEXPRICE_CONFIG names, else ./flexprice.toml, then ~/.config/flexprice/config.toml
4. defaults: the local emulator

    default_profile = "local"                 # used where neither argument nor FLEXPRICE_PROFILE names one

    [profiles.cloud]
    base_url = "https://us.api.flexprice.io/v1"
    api_key = "sk_…"
    environment_id = "env_…"                  # only keys that are not bound to an environment need it (wire.md §2)
    timeout = 30                              # seconds
    max_retries = 2

Invariants: each setting comes from exactly one place, which `Config.sources` names; the key is in no `repr`.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flexprice_client.errors import ConfigError
from flexprice_client.redaction import redact

DEFAULT_BASE_URL: Final = "http://127.0.0.1:8080/v1"
LOCAL_API_KEY: Final = "sk_local_flexprice_test_key"
WORKSPACE_KEY_PREFIX: Final = "sk_ws_"
CLOUD_DOMAIN: Final = "flexprice.io"
SETTINGS: Final = ("base_url", "api_key", "environment_id", "timeout", "max_retries")
FILE_IN_PROJECT: Final = Path("flexprice.toml")
FILE_IN_HOME: Final = Path(".config/flexprice/config.toml")
MAX_RETRIES_LIMIT: Final = 10

_DEFAULTS: Final[Mapping[str, Any]] = {"base_url": DEFAULT_BASE_URL, "timeout": 30.0, "max_retries": 2, "environment_id": None}
_VARIABLES: Final = {name: f"FLEXPRICE_{name.upper()}" for name in SETTINGS}


@dataclass(frozen=True)
class Config:
    """Settings of a client.

    base_url        ends in `/v1`, no trailing slash
    api_key         sent as `x-api-key`
    environment_id  sent as `X-Environment-ID` where given
    timeout         seconds a call may take, each try by itself
    max_retries     further tries after the first
    sources         setting -> where its value was found
    """

    base_url: str = DEFAULT_BASE_URL
    api_key: str = field(default=LOCAL_API_KEY, repr=False)
    environment_id: str | None = None
    timeout: float = 30.0
    max_retries: int = 2
    sources: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_local(self) -> bool:
        """True where nothing real can be billed: this machine, or a key only an emulator accepts."""
        return _is_loopback(self.base_url) or self.api_key == LOCAL_API_KEY or self.api_key.startswith(WORKSPACE_KEY_PREFIX)


@dataclass(frozen=True)
class _Found:
    value: Any
    place: str


def load_config(
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    environment_id: str | None = None,
    timeout: float | None = None,
    max_retries: int | None = None,
    profile: str | None = None,
    config_file: str | Path | None = None,
    environ: Mapping[str, str] | None = None,
    directory: Path | None = None,
    home: Path | None = None,
) -> Config:
    """The configuration from arguments, environment, profile and defaults, in this order.

    environ, directory and home stand for the process's own (tests give others). An empty environment variable counts as unset.
    Raises ConfigError, naming place, value and what is allowed.
    """
    environ = os.environ if environ is None else environ
    arguments = {"base_url": base_url, "api_key": api_key, "environment_id": environment_id, "timeout": timeout, "max_retries": max_retries}
    in_profile = _read_profile(profile, config_file, environ, directory or Path(), home)
    found: dict[str, _Found] = {}
    for name in SETTINGS:
        variable = _VARIABLES[name]
        if arguments[name] is not None:
            found[name] = _Found(arguments[name], f"argument {name}")
        elif environ.get(variable):
            found[name] = _Found(environ[variable], f"environment variable {variable}")
        elif name in in_profile:
            found[name] = in_profile[name]
        elif name in _DEFAULTS:
            found[name] = _Found(_DEFAULTS[name], "default")
    checked_url = check_base_url(found["base_url"].value, found["base_url"].place)
    key = found.get("api_key") or _default_key(checked_url, found["base_url"].place)
    return Config(
        base_url=checked_url,
        api_key=_check_key(key),
        environment_id=_check_environment(found["environment_id"]),
        timeout=_check_timeout(found["timeout"]),
        max_retries=_check_retries(found["max_retries"]),
        sources={name: item.place for name, item in {**found, "api_key": key}.items()},
    )


def check_base_url(value: Any, place: str = "base_url") -> str:
    """`value` without one trailing slash; an http(s) URL that ends in /v1. Raises ConfigError."""
    allowed = "allowed is an http or https URL that ends in /v1, for example http://127.0.0.1:8080/v1"
    if not isinstance(value, str):
        raise ConfigError(f"{place}: {value!r} is not text; {allowed}")
    url = value.strip().removesuffix("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"{place}: {redact(value)!r} is not a URL ({error}); {allowed}") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigError(f"{place}: the URL holds a user name or password; give the key as api_key; {allowed}")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise ConfigError(f"{place}: {redact(value)!r} is not usable; {allowed}")
    if not parts.path.endswith("/v1"):
        raise ConfigError(f"{place}: {redact(value)!r} does not end in /v1; did you mean {redact(url.rstrip('/'))}/v1? {allowed}")
    return url


def _read_profile(
    profile: str | None, config_file: str | Path | None, environ: Mapping[str, str], directory: Path, home: Path | None
) -> dict[str, _Found]:
    named = config_file or environ.get("FLEXPRICE_CONFIG")
    if named:
        path = Path(named)
        if not path.is_file():
            raise ConfigError(
                f"{'argument config_file' if config_file else 'environment variable FLEXPRICE_CONFIG'}: no file {str(path)!r}"
            )
        files = [path]
    else:
        files = [path for path in (directory / FILE_IN_PROJECT, _home(home, environ) / FILE_IN_HOME) if path.is_file()]
    wanted = profile or environ.get("FLEXPRICE_PROFILE") or None
    place = "argument profile" if profile else "environment variable FLEXPRICE_PROFILE"
    known: list[str] = []
    for path in files:
        document = _parse(path)
        profiles = _profiles(path, document)
        name = wanted
        if name is None and "default_profile" in document:
            name, place = document["default_profile"], f"{path}: default_profile"
            if not isinstance(name, str) or name not in profiles:
                raise ConfigError(f"{place}: no profile {name!r}; {_choices(name, list(profiles))}")
        if name is None and "default" in profiles:
            name = "default"
        if name is not None and name in profiles:
            return _settings(path, name, profiles[name])
        known += profiles
    if wanted is not None:
        if not files:
            raise ConfigError(f"{place}: no profile {wanted!r}: there is neither {FILE_IN_PROJECT} here nor ~/{FILE_IN_HOME}")
        raise ConfigError(f"{place}: no profile {wanted!r} in {', '.join(map(str, files))}; {_choices(wanted, known)}")
    return {}


def _home(home: Path | None, environ: Mapping[str, str]) -> Path:
    return home or Path(environ.get("HOME") or "~").expanduser()


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None


def _profiles(path: Path, document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    for key in document:
        if key not in ("profiles", "default_profile"):
            raise ConfigError(f"{path}: unknown key {key!r}; {_choices(key, ['profiles', 'default_profile'])}")
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(item, dict) for item in profiles.values()):
        raise ConfigError(f"{path}: profiles holds tables only, as in [profiles.local]")
    return profiles


def _settings(path: Path, profile: str, table: Mapping[str, Any]) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for key, value in table.items():
        place = f"{path}: profiles.{profile}.{key}"
        if key not in SETTINGS:
            raise ConfigError(f"{place}: unknown setting; {_choices(key, list(SETTINGS))}")
        found[key] = _Found(value, place)
    return found


def _choices(word: object, allowed: list[str]) -> str:
    close = difflib.get_close_matches(str(word), allowed, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return f"allowed: {', '.join(sorted(allowed)) or 'none, the file has no profiles'}{hint}"


def _default_key(base_url: str, place: str) -> _Found:
    host = urlsplit(base_url).hostname or ""
    if host == CLOUD_DOMAIN or host.endswith("." + CLOUD_DOMAIN):
        # The local key would only earn a 401 that names no cause.
        raise ConfigError(f"api_key: missing, and {place} points to {host}; give api_key, FLEXPRICE_API_KEY or a profile with api_key")
    return _Found(LOCAL_API_KEY, "default")


def _check_key(found: _Found) -> str:
    # The value itself is a secret: the message only says what is wrong with it.
    if not isinstance(found.value, str) or not found.value.strip():
        raise ConfigError(f"{found.place}: empty or not text; allowed is an API key such as sk_…")
    key = found.value.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError(f"{found.place}: holds blanks or characters no HTTP header can carry; allowed is an API key such as sk_…")
    return key


def _check_environment(found: _Found) -> str | None:
    if found.value is None:
        return None
    if not isinstance(found.value, str) or not found.value.isascii() or not found.value.isprintable() or not found.value.strip():
        raise ConfigError(f"{found.place}: {found.value!r}; allowed is an environment id such as env_01H…")
    return found.value.strip()


def _check_timeout(found: _Found) -> float:
    try:
        seconds = float(found.value) if not isinstance(found.value, bool) else -1.0
    except (TypeError, ValueError):
        seconds = -1.0
    if not 0 < seconds <= 3600:
        raise ConfigError(f"{found.place}: {found.value!r}; allowed are seconds above 0, up to 3600")
    return seconds


def _check_retries(found: _Found) -> int:
    text = str(found.value).strip() if isinstance(found.value, int | str) and not isinstance(found.value, bool) else ""
    if not (text.isascii() and text.isdigit()) or len(text) > 4 or int(text) > MAX_RETRIES_LIMIT:
        raise ConfigError(f"{found.place}: {found.value!r}; allowed is a whole number from 0 to {MAX_RETRIES_LIMIT}")
    return int(text)


def _is_loopback(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
