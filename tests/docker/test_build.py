"""The build stage's own steps in an empty folder that stands for the image's root, and the result started as the image starts it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.files import ROOT, Instruction, context_files, stages

BUILD, FINAL = stages()
# Folders of the image that our files name; they are looked for below the folder that stands for the root.
PLACED = re.compile(r"(?<![\w.:/$-])/(?=(?:opt|app|build|data)\b)")
USER = 10001


class Image:
    """A folder that stands for a root, and the instructions carried out there."""

    def __init__(self, root: Path, python: str) -> None:
        self.root, self.here = root, root
        tools = root / "usr/local/bin"
        tools.mkdir(parents=True)
        for name in ("python", "python3"):
            (tools / name).symlink_to(python)
        outer = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "UV_PROJECT"))}
        self.environment = {**outer, "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin", "HOME": os.environ.get("HOME", str(root))}
        # As in the Makefile: behind a proxy with a certificate of its own, the system's certificates are the ones to trust.
        self.environment.setdefault("UV_SYSTEM_CERTS", "1")

    def place(self, text: str) -> str:
        return PLACED.sub(f"{self.root}/", text)

    def set(self, variables: dict[str, str]) -> None:
        for name, value in variables.items():
            self.environment[name] = self.place(value).replace("$PATH", self.environment["PATH"])

    def copy(self, item: Instruction) -> None:
        *sources, target = item.words
        into = self.here / target
        for source in sources:
            files = [name for name in context_files() if name == source or name.startswith(f"{source}/")]
            assert files, f"nothing to copy of {source}"
            for name in files:
                inner = name.removeprefix(source).lstrip("/") or (Path(name).name if target.endswith("/") else "")
                to = into / inner if inner else into
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, to)

    def run(self, item: Instruction) -> None:
        done = subprocess.run(
            ["/bin/sh", "-c", self.place(item.text)], cwd=self.here, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{item.text}\n{done.stdout}\n{done.stderr}"

    def workdir(self, item: Instruction) -> None:
        self.here = Path(self.place(item.words[0]))
        self.here.mkdir(parents=True, exist_ok=True)


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that others may enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory(prefix="image-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _python(user: int | None) -> str:
    """An interpreter that the user of the image can run."""
    for candidate in (os.path.realpath(sys.executable), "/usr/local/bin/python3", "/usr/bin/python3"):
        script = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"
        try:
            found = subprocess.run([candidate, "-c", script], user=user, capture_output=True, check=False, cwd="/")
        except OSError:
            continue
        if found.returncode == 0:
            return candidate
    raise AssertionError("no interpreter that another user than root may run")


def _free_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port: int = holder.getsockname()[1]
        return port


def test_the_build_steps_make_a_server_that_gets_healthy_and_stops_when_told(root: Path) -> None:
    user = USER if os.getuid() == 0 else None
    image = Image(root, _python(user))
    for item in BUILD.instructions:
        match item.name:
            case "RUN":
                image.run(item)
            case "COPY":
                image.copy(item)
            case "WORKDIR":
                image.workdir(item)
            case "ENV":
                image.set(dict(word.split("=", 1) for word in item.words))
    # Only the environment goes on into the final stage.
    environment = Path(image.place(FINAL.one("COPY").words[-1]))
    for folder in (root / "build", root / "opt"):
        shutil.rmtree(folder)
    image.set(FINAL.environment())
    data = Path(image.place(FINAL.one("VOLUME").words[0]))
    data.mkdir()
    if user is not None:
        os.chown(data, user, user)
    port = str(_free_port())

    def as_served(words: list[str]) -> list[str]:
        return [image.place(word).replace(FINAL.one("EXPOSE").words[0], port) for word in words]

    (program,) = FINAL.one("ENTRYPOINT").words
    command = [str(environment / "bin" / program), *as_served(FINAL.one("CMD").words)]
    settings = {**image.environment, "HOME": str(data)}
    check = as_served(FINAL.one("HEALTHCHECK").words)
    server = subprocess.Popen(
        command, env=settings, cwd=data, user=user, group=user, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert not _is_healthy(check, image, settings) or server.poll() is None
        until = time.monotonic() + 30
        while not _is_healthy(check, image, settings):
            assert server.poll() is None, server.communicate()[0]
            assert time.monotonic() < until, "not healthy in 30 seconds"
            time.sleep(0.1)
        assert (data / "root.db").stat().st_uid == (user if user is not None else os.getuid())
        server.send_signal(getattr(signal, FINAL.one("STOPSIGNAL").words[0]))
        said, _ = server.communicate(timeout=20)
        assert server.returncode == 0, said
    finally:
        server.kill()
        server.communicate()
    assert not _is_healthy(check, image, settings)


def _is_healthy(check: list[str], image: Image, settings: dict[str, str]) -> bool:
    program = shutil.which(check[0], path=image.environment["PATH"])
    assert program is not None
    return subprocess.run([program, *check[1:]], env=settings, capture_output=True, timeout=10, check=False).returncode == 0
