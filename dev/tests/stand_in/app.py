"""A program with a database, a migration, demo data and a worker, and nothing else."""

import os
import time
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

db = SQLAlchemy()


def create_app() -> Flask:
    app = Flask(__name__)
    if "DATABASE_URL" in os.environ:
        app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
        db.init_app(app)
        Migrate(app, db, directory=str(Path(__file__).with_name("migrations")))

    @app.get("/readyz")
    def ready() -> str:
        return "ready"

    @app.get("/guests")
    def guests() -> list[str]:
        return list(db.session.scalars(text("SELECT name FROM guests")))

    @app.cli.command()
    def demo() -> None:
        db.session.execute(text("INSERT INTO guests VALUES ('ruth')"))
        db.session.commit()

    if app.import_name == "tutoring_service.app":

        @app.cli.command(with_appcontext=False)
        def worker() -> None:
            time.sleep(3600)

    return app
