"""The programs that the fork server runs in its forks.

They import libraries when they run: the launcher imports this module without them.
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

NO_SUCH_COMMAND = 69  # the exit status of a worker that its service does not have


def serve(*arguments: str) -> None:
    """Run gunicorn."""
    sys.argv = ["gunicorn", *arguments]
    import_module("gunicorn.app.wsgiapp").run()


def prepare(package: str, *extras: str) -> None:
    """Migrate a service's database and, with `demo` among the extras, load its demo data."""
    app = _create_app(package)
    with app.app_context():
        import_module("flask_migrate").upgrade()
    if "demo" in extras and "demo" in app.cli.commands:
        _run_command(app, "demo")


def work(package: str) -> None:
    """Run a service's worker, if it has one."""
    app = _create_app(package)
    if "worker" not in app.cli.commands:
        sys.exit(NO_SUCH_COMMAND)
    _run_command(app, "worker")


def locate(package: str) -> None:
    """Print which files the chassis and a service are imported from."""
    for name in ("chassis", f"{package}.app"):
        print(import_module(name).__file__)


def rehearse(package: str) -> None:
    """Migrate up, compare the result with the models, migrate down to nothing and up again."""
    migrate = import_module("flask_migrate")
    with _create_app(package).app_context():
        migrate.upgrade()
        migrate.check()
        migrate.downgrade(revision="base")
        migrate.upgrade()


def revise(package: str, message: str) -> None:
    """Write the next migration, as far as the models determine it."""
    migrate = import_module("flask_migrate")
    scripts = import_module("alembic.script")
    app = _create_app(package)
    with app.app_context():
        migrate.upgrade()
        directory = scripts.ScriptDirectory(app.extensions["migrate"].directory)
        number = int(directory.get_current_head() or 0) + 1
        migrate.revision(message=message, autogenerate=True, rev_id=f"{number:04}")


PROGRAMS: Mapping[str, Callable[..., None]] = {
    "gunicorn": serve,
    "prepare": prepare,
    "worker": work,
    "locate": locate,
    "rehearse": rehearse,
    "revise": revise,
}


def _create_app(package: str) -> Any:
    return import_module(f"{package}.app").create_app()


def _run_command(app: Any, name: str) -> None:
    script = import_module("flask.cli").ScriptInfo(create_app=lambda: app)
    app.cli.main([name], prog_name="flask", obj=script, standalone_mode=False)
