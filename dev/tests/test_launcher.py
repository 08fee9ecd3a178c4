"""The launcher as a user meets it, with stand-ins for the services."""

import os
import shutil
import signal
import socket
import time
from pathlib import Path

import psycopg
import pytest
import requests

from dev.processes import wait_until
from dev.services import SERVICES

from .support.launcher_process import Launcher

# Two servers, the fork server, a gunicorn and its worker for each service and for the gateway, and
# the one worker that the stand-ins have.
PROCESSES = 2 + 1 + 2 * len(SERVICES) + 2 + 1


def test_everything_answers_and_the_addresses_are_written_down(running: Launcher) -> None:
    assert f"Lyceum runs on http://127.0.0.1:{running.port}" in running.output
    for service in SERVICES:
        url = running.variable(f"{service.variable}_URL")
        assert requests.get(f"{url}/guests", timeout=5).json() == ["ruth"]
    assert requests.get(f"{running.variable('GATEWAY_URL')}/readyz", timeout=5).ok
    assert len(running.descendants()) >= PROCESSES


def test_logs_and_emails_are_for_the_owner_of_the_folder_alone(running: Launcher) -> None:
    assert running.state.stat().st_mode & 0o777 == 0o700


def test_flask_commands_of_a_service_have_its_settings(running: Launcher) -> None:
    command = Launcher(running.state, running.packages).start("flask", "tutoring", "db", "current")
    output, _ = command.process.communicate(timeout=20)
    assert "0001 (head)" in output


def test_a_second_launcher_on_the_same_state_is_refused(running: Launcher) -> None:
    second = Launcher(running.state, running.packages).start()
    output, _ = second.process.communicate(timeout=10)
    assert f"already runs on {running.state}, as process {running.process.pid}" in output
    assert second.process.returncode == 1


@pytest.mark.parametrize("name", ["tutoring-service", "tutoring-service-worker", "gateway"])
def test_a_process_that_dies_is_reported_and_started_again(running: Launcher, name: str) -> None:
    former = running.pid_of(name)
    os.kill(former, signal.SIGKILL)
    running.until(f"{name} ended with status -9")
    wait_until(lambda: running.pid_of(name) not in (former, None), lambda: None, name, timeout=15)


def test_a_second_start_keeps_the_data_and_does_not_load_the_demo_again(launcher: Launcher) -> None:
    launcher.run()
    with psycopg.connect(launcher.variable("TUTORING_SERVICE_DATABASE_URL")) as connection:
        connection.execute("UPDATE guests SET name = 'boaz'")
    family = launcher.descendants()
    assert launcher.end(signal.SIGINT) == 0
    assert launcher.survivors(family, within=0) == set()
    launcher.run()
    with psycopg.connect(launcher.variable("TUTORING_SERVICE_DATABASE_URL")) as connection:
        assert connection.execute("SELECT name FROM guests").fetchall() == [("boaz",)]


def test_no_process_is_left_when_the_launcher_is_killed(launcher: Launcher) -> None:
    launcher.run()
    family = launcher.descendants()
    launcher.process.kill()
    assert launcher.survivors(family) == set()


def test_no_process_is_left_when_the_launcher_is_killed_while_starting(launcher: Launcher) -> None:
    launcher.start()
    while len(launcher.descendants()) < 3:
        time.sleep(0.02)
    family = launcher.descendants()
    launcher.process.kill()
    assert launcher.survivors(family) == set()


def test_the_launcher_ends_when_the_fork_server_dies(launcher: Launcher) -> None:
    launcher.run()
    os.kill(launcher.pid_of("fork-server"), signal.SIGKILL)
    assert "fork-server ended with status -9" in launcher.until("fork-server ended")
    assert launcher.process.wait(20) == 1


def test_no_process_is_left_when_make_is_killed(launcher: Launcher) -> None:
    launcher.start("servers", under=("sh", "-c", '"$@"; :', "sh"), MAKELEVEL="1").until(
        "TEST_REDIS_URL"
    )
    family = launcher.descendants()
    launcher.process.kill()
    assert launcher.survivors(family) == set()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_ephemeral_servers_and_their_data_are_gone_after_the_launcher(
    launcher: Launcher, ending: signal.Signals
) -> None:
    output = launcher.start("servers").until("TEST_POSTGRES_URL")
    with psycopg.connect(output.split("=", 1)[1].strip()) as connection:
        [data] = connection.execute("SHOW data_directory").fetchone()
    family = launcher.descendants()
    assert launcher.end(ending) == 128 + signal.SIGINT
    assert launcher.survivors(family, within=0) == set()
    assert not Path(data).parent.exists()


def test_an_interruption_ends_a_launcher_in_the_background_of_a_script(launcher: Launcher) -> None:
    launcher.start("servers", under=("sh", "-c", 'trap "" INT; exec "$@"', "sh")).until(
        "TEST_REDIS_URL"
    )
    assert launcher.end(signal.SIGINT) == 128 + signal.SIGINT


def test_a_command_runs_next_to_ephemeral_servers_and_its_status_is_kept(
    launcher: Launcher,
) -> None:
    launcher.start("servers", "--", "sh", "-c", "echo $TEST_POSTGRES_URL $TEST_REDIS_URL; exit 7")
    output, _ = launcher.process.communicate(timeout=20)
    assert "postgresql://" in output
    assert "redis://" in output
    assert launcher.process.returncode == 7


def test_a_taken_port_of_the_gateway_is_an_error(launcher: Launcher) -> None:
    with socket.create_server(("127.0.0.1", launcher.port)):
        output, _ = launcher.start().process.communicate(timeout=20)
    assert f"Port {launcher.port} is taken" in output
    assert launcher.process.returncode == 1


def test_a_service_that_cannot_start_ends_the_launcher_and_shows_its_log(
    launcher: Launcher, stand_ins: Path, tmp_path: Path
) -> None:
    launcher.packages = tmp_path / "broken"
    shutil.copytree(stand_ins, launcher.packages)
    (launcher.packages / "havruta_service" / "app.py").write_text(
        "import a_module_that_is_not_there"
    )
    output, _ = launcher.start().process.communicate(timeout=30)
    assert "havruta-service" in output
    assert "No module named 'a_module_that_is_not_there'" in output
    assert launcher.process.returncode == 1
