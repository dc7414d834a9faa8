"""Dockerfile, compose file and command line agree with each other and with the project."""

import re
import tomllib
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from flexprice_emulator.cli.main import whole
from flexprice_emulator.webhooks.targets import VARIABLE
from tests.docker.files import ROOT, Stage, compose, context_files, is_ignored, stages

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
BUILD, FINAL = stages()
SERVICES: dict[str, Any] = compose()["services"]
OURS = ("emulator", "emulator-postgres")


def options_of(command: list[str]) -> dict[str, Any]:
    """What `serve` makes of its words. Fails on an option that it does not have, or a value that it does not take."""
    group = typer.main.get_command(whole())
    assert isinstance(group, TyperGroup)
    return dict(group.commands[command[0]].make_context(command[0], list(command[1:])).params)


def the_port(stage: Stage) -> int:
    return int(stage.one("EXPOSE").words[0])


def test_both_stages_stand_on_one_exact_version_that_the_project_supports() -> None:
    assert BUILD.image == FINAL.image
    found = re.fullmatch(r"python:3\.(\d+)\.\d+-slim-bookworm", BUILD.image)
    assert found is not None
    assert PYPROJECT["project"]["requires-python"] == ">=3.11"
    assert int(found[1]) >= 11
    assert BUILD.name == "build"


def test_uv_is_the_one_of_the_makefile() -> None:
    (version,) = re.findall(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert f"uv=={version}" in BUILD.all("RUN")[0].words


def test_the_locked_dependencies_are_installed_without_those_of_development() -> None:
    syncs = [item.words for item in BUILD.all("RUN") if "sync" in item.words]
    assert len(syncs) == 2
    for words in syncs:
        assert {"--frozen", "--no-dev", "--no-editable"} <= set(words)
        assert words[words.index("--extra") + 1] in PYPROJECT["project"]["optional-dependencies"]


def test_what_is_copied_exists_and_nothing_of_it_is_ignored() -> None:
    for item in BUILD.all("COPY"):
        for source in item.words[:-1]:
            assert (ROOT / source).exists(), source
            assert not is_ignored(source), source


def test_only_what_is_copied_is_sent_to_the_engine() -> None:
    sources = {source for item in BUILD.all("COPY") for source in item.words[:-1]}
    strays = [name for name in context_files() if name.split("/")[0] not in sources]
    assert strays == []
    for secret in (".git/config", ".venv/pyvenv.cfg", "client/x/__pycache__/a.pyc", ".env", "tests/conftest.py"):
        assert is_ignored(secret), secret


@pytest.mark.parametrize(
    ("path", "ignored"),
    [("a", True), ("kept", False), ("kept/b", False), ("kept/x/__pycache__/c", True), ("kept/d.pyc", True), ("other/kept", True)],
)
def test_the_rules_of_an_ignore_file(path: str, ignored: bool) -> None:
    assert is_ignored(path, ["*", "!kept", "**/__pycache__", "**/*.pyc"]) is ignored


def test_the_environment_is_taken_over_where_the_build_made_it_and_nothing_else() -> None:
    (copy,) = FINAL.all("COPY")
    made = BUILD.environment()["UV_PROJECT_ENVIRONMENT"]
    assert (copy.flags, copy.words) == ({"from": BUILD.name}, [made, made])
    assert FINAL.environment()["PATH"] == f"{made}/bin:$PATH"


def test_it_does_not_run_as_root() -> None:
    user = FINAL.one("USER").words[0]
    assert user == "10001:10001"
    made = FINAL.one("RUN").text
    assert "--uid 10001 --gid 10001" in made
    assert f"--owner 10001 --group 10001 {FINAL.one('VOLUME').words[0]}" in made
    order = [item.name for item in FINAL.instructions]
    assert order.index("RUN") < order.index("USER") < order.index("ENTRYPOINT")


def test_the_command_is_one_of_ours_with_options_that_exist() -> None:
    (program,) = FINAL.one("ENTRYPOINT").words
    assert program in PYPROJECT["project"]["scripts"]
    options = options_of(FINAL.one("CMD").words)
    assert options["host"] == "0.0.0.0"
    assert options["port"] == the_port(FINAL)
    assert str(options["data"]) == FINAL.one("VOLUME").words[0]


def test_an_option_that_does_not_exist_would_be_seen() -> None:
    with pytest.raises(Exception, match="No such option"):
        options_of(["serve", "--nowhere", "x"])


def test_the_health_check_asks_the_served_port_for_an_address_that_answers(api: Any) -> None:
    check = FINAL.one("HEALTHCHECK")
    (url,) = re.findall(r"http://127\.0\.0\.1:(\d+)(/[a-z]*)", check.words[-1])
    assert int(url[0]) == the_port(FINAL)
    assert api.send("GET", f"/{url[1]}").status_code == 200
    assert check.words[:2] == ["python", "-c"]
    assert {"interval", "timeout", "start-period", "retries"} <= set(check.flags)


def test_it_stops_on_the_signal_that_the_server_handles() -> None:
    assert FINAL.one("STOPSIGNAL").words == ["SIGTERM"]


@pytest.mark.parametrize("name", OURS)
def test_each_service_of_ours_is_built_from_the_dockerfile(name: str) -> None:
    service = SERVICES[name]
    assert (ROOT / "docker" / service["build"]["context"]).resolve() == ROOT
    assert (ROOT / service["build"]["dockerfile"]).is_file()
    options = options_of(service.get("command") or FINAL.one("CMD").words)
    assert (options["host"], options["port"]) == ("0.0.0.0", the_port(FINAL))


@pytest.mark.parametrize("name", OURS)
def test_each_is_reached_from_this_machine_only(name: str) -> None:
    (published,) = SERVICES[name]["ports"]
    found = re.fullmatch(r"127\.0\.0\.1:\$\{[A-Z_]+:-(\d+)\}:(\d+)", published)
    assert found is not None, published
    assert int(found[2]) == the_port(FINAL)


def test_the_two_can_run_side_by_side() -> None:
    assert len({SERVICES[name]["ports"][0].split(":-")[1] for name in OURS}) == 2


def test_without_a_profile_only_the_emulator_starts_on_a_database_of_its_own() -> None:
    assert [name for name, service in SERVICES.items() if not service.get("profiles")] == ["emulator"]
    assert "command" not in SERVICES["emulator"]
    (volume,) = SERVICES["emulator"]["volumes"]
    assert volume.split(":")[1] == FINAL.one("VOLUME").words[0]


def test_the_profile_brings_a_database_that_the_emulator_waits_for_and_can_open() -> None:
    assert [name for name, service in SERVICES.items() if service.get("profiles") == ["postgres"]] == ["emulator-postgres", "postgres"]
    assert SERVICES["emulator-postgres"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    database = SERVICES["postgres"]
    given = database["environment"]
    url = options_of(SERVICES["emulator-postgres"]["command"])["database_url"]
    user, password, name = (given[f"POSTGRES_{what}"] for what in ("USER", "PASSWORD", "DB"))
    assert url == f"postgresql+psycopg://{user}:{password}@postgres:5432/{name}"
    assert any(needed.startswith("psycopg") for needed in PYPROJECT["project"]["optional-dependencies"]["postgres"])
    assert re.fullmatch(r"postgres:\d+-bookworm", database["image"])
    assert database["healthcheck"]["test"] == ["CMD", "pg_isready", "--username", user, "--dbname", name]
    assert "ports" not in database


def test_every_volume_has_a_name_of_its_own() -> None:
    used = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    assert sorted(used) == sorted(compose()["volumes"])
    assert not any(name.startswith((".", "/")) for name in used)


@pytest.mark.parametrize("name", OURS)
def test_settings_are_those_that_the_emulator_reads(name: str) -> None:
    assert set(SERVICES[name]["environment"]) == {VARIABLE}


@pytest.mark.parametrize("name", OURS)
def test_nothing_of_the_image_can_be_changed_while_it_runs(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"], service["tmpfs"]) == (True, ["ALL"], ["/tmp"])
    assert service["security_opt"] == ["no-new-privileges:true"]
