"""The files of a production site fit the code. No container engine runs them here, so a parser reads them."""

import importlib
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "detour"}
ONCE = {"migrate", "region"}
STAGES = re.findall(r"^FROM \S+(?: AS (\w+))?", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def instructions(last_stage_only: bool = False) -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, rest), continued lines joined."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    if last_stage_only:
        text = text[text.rindex("\nFROM") :]
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def modules_run_by(command: list[str]) -> None:
    """Fail unless what `command` starts is there."""
    match command:
        case ["uvicorn", application, *_]:
            module, name = application.split(":")
            assert getattr(importlib.import_module(module), name)
        case ["python", "-m", module, *_]:
            assert find_spec(module), module
        case ["python", "manage.py", verb, *_]:
            assert verb in get_commands()
        case _:
            pytest.fail(f"Nobody knows what {command} runs.")


def test_all_parts_of_a_production_site_are_there():
    assert set(SERVICES) == {"postgres", "redis", "migrate", "web", "socket", "worker", "proxy", "region"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_what_is_there(name):
    modules_run_by(OURS[name]["command"])


def test_a_command_that_is_not_there_is_noticed():
    with pytest.raises(AssertionError):
        modules_run_by(["python", "manage.py", "migrat"])


def test_there_are_at_least_two_processes_for_pages_and_others_for_sockets():
    assert "--workers=2" in SERVICES["web"]["command"]
    assert "config.socket_server" in SERVICES["socket"]["command"]
    routes = (ROOT / "deploy" / "Caddyfile").read_text()
    assert re.search(r"@socket path /ws/\*\s+reverse_proxy @socket socket:8000", routes)
    assert "reverse_proxy web:8000" in routes


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONCE))
def test_a_service_that_stays_up_is_asked_how_it_is(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_who_depends_on_whom_is_there():
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            condition = "service_completed_successfully" if other in ONCE else "service_healthy"
            assert how["condition"] == condition, f"{name} on {other}"


def test_every_named_volume_is_declared():
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert {volume for volume in used if not volume.startswith(".")} == set(COMPOSE["volumes"])


@pytest.mark.parametrize("secret", ["SECRET_KEY", "POSTGRES_PASSWORD", "EMAIL_URL"])
def test_a_secret_comes_from_the_environment_and_has_no_default(secret):
    text = (ROOT / "docker-compose.yml").read_text()
    uses = re.findall(rf"\$\{{{secret}([^}}]*)\}}", text)
    assert uses
    assert all(use.startswith(":?") for use in uses)
    example = (ROOT / ".env.example").read_text()
    assert re.search(rf"^{secret}=$", example, re.MULTILINE)


def test_every_variable_that_the_site_is_given_is_one_that_it_reads():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    for name, service in OURS.items():
        assert set(service["environment"]) <= read, name
    documented = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read <= documented


def test_every_variable_of_the_composition_is_in_the_example():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked <= set(re.findall(r"^([A-Z_]+)=$", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_the_image_runs_as_a_user_who_is_not_root():
    last = instructions(last_stage_only=True)
    (user,) = [rest for instruction, rest in last if instruction == "USER"]
    assert any(instruction == "RUN" and re.search(rf"useradd .*\b{user}\b", rest) for instruction, rest in last)
    assert user not in ("root", "0")
    after = last[last.index(("USER", user)) :]
    assert not {"RUN", "COPY", "ADD"} & {instruction for instruction, _ in after}


def test_the_image_keeps_no_secret():
    for instruction, rest in instructions():
        assert instruction != "ARG"
        assert not (instruction == "ENV" and re.search("SECRET|PASSWORD|KEY", rest))
    assert ".env" in (ROOT / ".dockerignore").read_text().split()


def test_what_the_image_copies_is_there():
    for instruction, rest in instructions():
        *sources, _ = [word for word in rest.split() if not word.startswith("--")]
        if stage := re.match(r"--from=(\w+)", rest):
            assert stage[1] in STAGES
        elif instruction == "COPY":
            assert all((ROOT / source).exists() for source in sources), rest


def test_the_image_starts_the_site():
    (command,) = [rest for instruction, rest in instructions() if instruction == "CMD"]
    modules_run_by(yaml.safe_load(command))
