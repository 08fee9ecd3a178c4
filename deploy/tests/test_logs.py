"""The example for rsyslog keeps the platform's lines, and those of the security log apart."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "deploy/logs"
PATIENCE = 30

FORWARDED = 'action(type="omfile" file="FOLDER/forwarded.log" template="LyceumAnonymous")'

REQUEST = {"service": "gateway", "message": "request", "user_id": "u", "path": 'a "quoted" נ'}
SECURITY = {"service": "user-service", "stream": "security", "action": "sign_in.begun"}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    """The folder of a running rsyslog, with everything that the example names below it."""
    if shutil.which("rsyslogd") is None:
        pytest.skip("needs Debian's rsyslog: apt-get install rsyslog")
    example = (EXAMPLES / "rsyslog.conf").read_text().replace('"/var/', f'"{tmp_path}/var/')
    # As it is changed to send lines to another machine, but into a file.
    example = re.sub(r"# (unset )", r"\1", example)
    example, forwarded = re.subn(r'# action\(type="omfwd"(.*\n *#.*){2}\)', FORWARDED, example)
    assert forwarded
    example = example.replace("FOLDER", str(tmp_path))
    configuration = tmp_path / "rsyslog.conf"
    configuration.write_text(f'global(workDirectory="{tmp_path}")\n{example}')
    for folder in ("var/lib/docker/containers/a", "var/log/lyceum/programs"):
        (tmp_path / folder).mkdir(parents=True)
    command = ["rsyslogd", "-n", "-f", str(configuration), "-i", str(tmp_path / "pid")]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    yield tmp_path
    running.terminate()
    running.wait(PATIENCE)


def test_lines_are_kept_as_they_were_written_and_security_lines_apart(kept: Path) -> None:
    docker = kept / "var/lib/docker/containers/a/a-json.log"
    programs = kept / "var/log/lyceum/programs/tutoring-service.log"
    others = ['{"service": "shop", "message": "request"}', "LOG:  checkpoint starting: time"]
    wrapped = [
        json.dumps({"log": f"{line}\n", "stream": "stderr", "time": "2026-11-30T08:00:00Z"})
        for line in (*others, json.dumps(REQUEST, ensure_ascii=False), json.dumps(SECURITY))
    ]
    docker.write_text("\n".join(wrapped) + "\n")
    plain = {**REQUEST, "service": "tutoring-service"}
    programs.write_text(json.dumps(plain) + "\n")

    folder = kept / "var/log/lyceum"
    assert lines(folder / "platform.log", 2) == [REQUEST, plain]
    assert lines(folder / "security.log", 1) == [SECURITY]
    anonymous = {name: value for name, value in REQUEST.items() if name != "user_id"}
    assert lines(kept / "forwarded.log", 2) == [
        anonymous,
        {**anonymous, "service": "tutoring-service"},
    ]


def test_logrotate_accepts_the_example(tmp_path: Path) -> None:
    if shutil.which("logrotate") is None:
        pytest.skip("needs Debian's rsyslog and logrotate: apt-get install logrotate")
    command = ["logrotate", "--debug", "--state", str(tmp_path / "state")]
    done = subprocess.run(
        [*command, str(EXAMPLES / "logrotate.conf")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "error" in done.stderr) == (0, False), done.stderr


def lines(path: Path, count: int) -> list[dict[str, str]]:
    """The lines of a file, once there are so many, by the name of the program."""
    eventually(lambda: path.exists() and path.read_text().count("\n") >= count)
    found = [json.loads(line) for line in path.read_text().splitlines()]
    return sorted(found, key=lambda line: line["service"])


def eventually(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.05)
