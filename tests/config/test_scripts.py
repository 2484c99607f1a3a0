"""Who lacks something reads one sentence that says what to install; CI runs every step and fails when one does."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The folder of programs of a bare machine, on which we are no administrator."""
    programs = tmp_path / "programs"
    programs.mkdir()
    install(programs, "id", "echo 1000")
    return programs


def install(programs: Path, name: str, script: str) -> None:
    (programs / name).write_text(f"#!/bin/sh\n{script}\n")
    (programs / name).chmod(0o755)


def run(programs: Path, script: str, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", ROOT / "scripts" / script, *arguments],
        env={"PATH": str(programs), **variables},
        capture_output=True,
        text=True,
    )


def test_without_python_a_sentence_says_what_is_missing(machine, tmp_path):
    done = run(machine, "make-venv", tmp_path / "venv")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_python_that_is_too_old_is_not_taken(machine, tmp_path):
    install(machine, "python3", "exit 1")  # the answer of an old one to the question for its version
    assert run(machine, "make-venv", tmp_path / "venv").returncode == 1


def test_debians_python_without_venv_is_explained(machine, tmp_path):
    install(machine, "python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    done = run(machine, "make-venv", tmp_path / "venv")
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr


@pytest.mark.parametrize("node", [None, "v18.20.4"])
def test_without_a_new_node_a_sentence_says_so(machine, node):
    if node:
        install(machine, "npm", "")
        install(machine, "node", f'case "$1" in --version) echo {node};; *) exit 1;; esac')
    done = run(machine, "need-node")
    assert done.returncode == 1
    assert f"found: {node or 'none'}" in done.stderr


def test_a_new_node_is_enough(machine):
    install(machine, "npm", "")
    install(machine, "node", "")
    assert run(machine, "need-node").returncode == 0


def test_without_browser_and_redis_two_lines_say_what_to_install(machine):
    done = run(machine, "need-test-tools")
    assert done.returncode == 1
    assert "Chromium" in done.stderr
    assert "redis-server" in done.stderr


def test_an_administrator_of_a_debian_gets_them_installed(machine):
    install(machine, "id", "echo 0")
    install(
        machine,
        "apt-get",
        f"for word; do :; done; case $word in -*) ;; *) > {machine}/$word; /bin/chmod 755 {machine}/$word;; esac",
    )
    done = run(machine, "need-test-tools")
    assert done.returncode == 0, done.stderr
    assert {"chromium", "redis-server"} <= {program.name for program in machine.iterdir()}


@pytest.mark.parametrize("broken", ["", "check", "test", "test-long"])
def test_ci_runs_every_step_and_fails_when_one_fails(machine, broken):
    install(machine, "make", f'for word; do :; done; echo "ran $word"; test "$word" != "{broken}"')
    done = subprocess.run(
        ["bash", ROOT / ".ci" / "run"],
        env={"PATH": f"{machine}:{os.defpath}", "CI": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert [line for line in done.stdout.splitlines() if line.startswith("ran")] == [
        "ran check",
        "ran test",
        "ran test-long",
    ]
    assert done.returncode == (1 if broken else 0)
