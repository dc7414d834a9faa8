"""The control plane (`/_emulator`) of the emulator that the configuration names, as commands use it."""

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, TypeVar

import httpx
import typer

from flexprice_client.config import load_config
from flexprice_client.errors import ConfigError

BaseUrl = Annotated[str | None, typer.Option(help="Ends in /v1. Else FLEXPRICE_BASE_URL, a profile, or the local emulator.")]
ApiKey = Annotated[str | None, typer.Option(help="Names the workspace. Else FLEXPRICE_API_KEY or a profile.")]
EnvironmentId = Annotated[str | None, typer.Option("--environment", help="Environment id, for keys that are not bound to one.")]
Profile = Annotated[str | None, typer.Option(help="Profile of flexprice.toml.")]

_CONNECTION = {"base_url": BaseUrl, "api_key": ApiKey, "environment": EnvironmentId, "profile": Profile}
TargetT = TypeVar("TargetT")

# An advance answers when all of it is performed.
_TIMEOUT = httpx.Timeout(10.0, read=None)


class ControlPlane:
    """Calls to one emulator and workspace. `only`: what a service that is no emulator lacks, for the message."""

    def __init__(self, base_url: str | None, api_key: str | None, environment: str | None, profile: str | None, *, only: str) -> None:
        try:
            config = load_config(base_url=base_url, api_key=api_key, environment_id=environment, profile=profile)
        except ConfigError as error:
            raise failure(str(error)) from None
        if not config.is_local:
            raise failure(f"{config.base_url} is not an emulator: only an emulator {only}")
        self._url = config.base_url.removesuffix("/v1") + "/_emulator"
        self._headers = {"x-api-key": config.api_key}
        if config.environment_id:
            self._headers["X-Environment-ID"] = config.environment_id

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, *, content: bytes | None = None) -> dict[str, Any]:
        """The JSON answer to a JSON body, or to `content` as it is; exits with one line for anything else."""
        answer = self._ask(method, path, json=body, content=content)
        found = _json(answer)
        if answer.is_success and isinstance(found, dict):
            return found
        raise self._refused(answer, found)

    def fetch(self, path: str) -> bytes:
        """The answer as it is; exits with one line for a refusal."""
        answer = self._ask("GET", path)
        if answer.is_success:
            return answer.content
        raise self._refused(answer, _json(answer))

    def _ask(self, method: str, path: str, **body: Any) -> httpx.Response:
        try:
            return httpx.request(method, self._url + path, headers=self._headers, timeout=_TIMEOUT, **body)
        except httpx.HTTPError as error:
            raise failure(f"{self._url}: {error or type(error).__name__}; is `flexprice-emulator serve` running there?") from None

    def _refused(self, answer: httpx.Response, found: Any) -> typer.Exit:
        detail = found.get("detail") if isinstance(found, dict) else None
        if isinstance(detail, list):
            detail = "; ".join(map(_problem, detail))
        return failure(str(detail or f"{self._url}: status {answer.status_code}; is it an emulator?"))


def _problem(item: dict[str, Any]) -> str:
    place = ".".join(map(str, item["loc"][1:]))
    # What several fields together say has no place of its own, and what is missing has no value.
    if not place or item.get("type") == "missing":
        return f"{place}: {item['msg']}" if place else str(item["msg"])
    return f"{place}: {item['msg']} (got {item.get('input')!r})"


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return {}


def commands(
    app: typer.Typer, target: Callable[[ControlPlane], TargetT], *, only: str
) -> Callable[..., Callable[[Callable[..., None]], None]]:
    """A decorator of commands: each is given `target` of the control plane, and takes the options that name it after its own."""

    def command(name: str | None = None) -> Callable[[Callable[..., None]], None]:
        def register(act: Callable[..., None]) -> None:
            def run(**given: Any) -> None:
                named = [given.pop(option) for option in _CONNECTION]
                act(target(ControlPlane(*named, only=only)), **given)

            own = list(signature(act).parameters.values())[1:]
            options = [Parameter(option, Parameter.KEYWORD_ONLY, default=None, annotation=kind) for option, kind in _CONNECTION.items()]
            parameters = [*(parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in own), *options]
            run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
            run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
            run.__doc__ = act.__doc__
            app.command(name or act.__name__)(run)

        return register

    return command


def failure(message: str) -> typer.Exit:
    """Says it on stderr; to be raised."""
    typer.echo(message, err=True)
    return typer.Exit(1)
