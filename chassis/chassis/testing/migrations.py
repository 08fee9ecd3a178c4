"""Whether the migrations of a service make what its models say, and take it back."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CheckConstraint

from chassis.testing.servers import empty_database
from chassis.testing.services import application, close

CHECKS = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
LEFT_OVERS = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'p')
UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e' ORDER BY 1
"""


def check_migrations(package: str) -> None:
    """Upgrade from nothing, find the models and the schema equal, downgrade to nothing, upgrade again."""
    with empty_database(package) as url:
        app = application(package, url)
        with app.app_context():
            db: SQLAlchemy = app.extensions["sqlalchemy"]
            upgrade()
            with db.engine.connect() as connection:
                options = {"compare_type": True, "compare_server_default": True}
                found = compare_metadata(
                    MigrationContext.configure(connection, opts=options), db.metadata
                )
                named = set(connection.exec_driver_sql(CHECKS).scalars())
            assert found == [], found
            assert check_names(db) <= named, check_names(db) - named
            downgrade(revision="base")
            with db.engine.connect() as connection:
                left = connection.exec_driver_sql(LEFT_OVERS).scalars().all()
            assert left == ["alembic_version"], left
            upgrade()
        close(app)


def check_names(db: SQLAlchemy) -> set[str]:
    """The CHECK constraints of the models by name; alembic does not compare them."""
    preparer = db.engine.dialect.identifier_preparer
    checks = (
        c
        for table in db.metadata.tables.values()
        for c in table.constraints
        if isinstance(c, CheckConstraint)
    )
    return {str(preparer.format_constraint(check)).strip('"') for check in checks}
