"""The compose file and its images: nothing open to the outside, nobody root, all pinned. Needs no daemon."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import slangrag


@pytest.fixture(scope="module")
def services(root: Path) -> dict[str, dict[str, Any]]:
    composed = yaml.safe_load((root / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = composed["services"]
    return found


@pytest.fixture(scope="module")
def stages(root: Path) -> dict[str, list[str]]:
    """The lines of each stage of the Containerfile, by its name; continued lines are one."""
    text = (root / "deploy" / "Containerfile").read_text(encoding="utf-8").replace("\\\n", "")
    found: dict[str, list[str]] = {"": []}
    name = ""
    for line in text.splitlines():
        if line.startswith("FROM "):
            name = line.rpartition(" AS ")[2]
            found[name] = []
        found[name].append(line)
    return found


def test_only_the_page_has_a_port_and_it_is_on_loopback(services: dict[str, dict[str, Any]]) -> None:
    """Ollama has no password, and a published port goes past most firewalls."""
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert list(published) == ["slangrag"]
    assert all(str(port).startswith("127.0.0.1:") for port in published["slangrag"])


def test_every_service_is_another_user_than_root_and_can_become_nobody_else(
    services: dict[str, dict[str, Any]], stages: dict[str, list[str]]
) -> None:
    for service in services.values():
        assert int(service["user"].partition(":")[0]) > 0
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["read_only"] is True
        user = services["slangrag"]["user"]
        assert f"USER {user}" in stages[service["build"]["target"]]


def test_images_are_pinned_by_version(
    services: dict[str, dict[str, Any]], stages: dict[str, list[str]]
) -> None:
    versions = dict(line.removeprefix("ARG ").split("=") for line in stages[""] if line.startswith("ARG "))
    bases = [
        line.split()[1]
        for name, lines in stages.items()
        if name
        for line in lines
        if line.startswith("FROM ")
    ]
    bases = [re.sub(r"\$\{(\w+)\}", lambda found: versions[found[1]], base) for base in bases]
    for image in [*bases, *(service["image"] for service in services.values())]:
        assert re.search(r":\d+\.\d+\.\d+(-[\w.-]+)?$", image), image
    assert services["slangrag"]["image"] == f"slangrag:{slangrag.__version__}"
    assert (
        services["ollama"]["image"] == f"slangrag-ollama:{versions['OLLAMA']}" == services["models"]["image"]
    )


def test_what_is_copied_into_an_image_is_there(root: Path, stages: dict[str, list[str]]) -> None:
    """With nothing else of the checkout in it, the package must build: it takes the sample along."""
    copied = [
        source
        for lines in stages.values()
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for source in line.removeprefix("COPY ").split()[:-1]
        if not source.startswith("--")
    ]
    assert all((root / source).exists() for source in copied), copied
    assert {"src", "data/sample_slang.csv", "constraints.txt"} <= set(copied)


def test_what_runs_waits_for_what_it_needs(services: dict[str, dict[str, Any]]) -> None:
    assert services["models"]["depends_on"]["ollama"]["condition"] == "service_healthy"
    assert services["slangrag"]["depends_on"]["models"]["condition"] == "service_completed_successfully"
    assert {"ollama", "slangrag"} == {name for name, service in services.items() if "healthcheck" in service}


def test_every_setting_of_the_compose_file_is_in_the_example(root: Path) -> None:
    composed = (root / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    example = (root / "deploy" / "env.example").read_text(encoding="utf-8")
    used = set(re.findall(r"\$\{(\w+):-([^}]*)\}", composed))
    assert used == set(re.findall(r"^#(\w+)=(.*)$", example, re.M))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_reads_the_unit(root: Path, tmp_path: Path) -> None:
    unit = (root / "deploy" / "slangrag.service").read_text(encoding="utf-8")
    assert "ExecStart=%h/.local/bin/slangrag serve" in unit
    (tmp_path / "slangrag.service").write_text(
        unit.replace("%h/.local/bin/slangrag", sys.executable), encoding="utf-8"
    )
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", tmp_path / "slangrag.service"],
        env={"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "slangrag.service" in line]
    assert (done.returncode, ours) == (0, [])
