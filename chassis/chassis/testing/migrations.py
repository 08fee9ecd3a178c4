"""Whether the migrations of a service make what its models say, and take it back."""

from collections.abc import Collection, Sequence

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, create_engine

from chassis.testing.servers import empty_database
from chassis.testing.services import application, close

EXTENSIONS = "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'"
# As PostgreSQL has understood them. Alembic compares neither the definitions of CHECK and exclusion
# constraints, nor the predicates, collations and operator classes of indexes, nor generated columns, nor
# the functions of indexes.
DEFINITIONS = """
SELECT 'constraint ' || conname AS name, conrelid::regclass || ': ' || pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n'
UNION ALL
SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'column ' || attrelid::regclass || '.' || attname,
    concat_ws(' ', format_type(atttypid, atttypmod), attcollation, attnotnull, attidentity, attgenerated,
        pg_get_expr(adbin, adrelid))
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attnum > 0 AND NOT attisdropped AND attrelid <> 'alembic_version'::regclass
UNION ALL
SELECT 'function ' || proname, pg_get_functiondef(oid)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""
LEFT_OVERS = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'p')
UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e' ORDER BY 1
"""


def check_migrations(package: str, *, apart: Collection[str] = ()) -> None:
    """Upgrade from nothing, find the models and the schema equal, downgrade to nothing, upgrade again.

    `apart` are the names of definitions in which they differ on purpose.
    """
    with empty_database(package) as url:
        app = application(package, url)
        with app.app_context():
            db: SQLAlchemy = app.extensions["sqlalchemy"]
            upgrade()
            with db.engine.connect() as connection:
                options = {"compare_type": True, "compare_server_default": True}
                context = MigrationContext.configure(connection, opts=options)
                found = compare_metadata(context, db.metadata)
                migrated = definitions(connection)
                extensions = connection.exec_driver_sql(EXTENSIONS).scalars().all()
            assert found == [], found
            compare(migrated, modelled(package, db, extensions), apart)
            downgrade(revision="base")
            with db.engine.connect() as connection:
                left = connection.exec_driver_sql(LEFT_OVERS).scalars().all()
            assert left == ["alembic_version"], left
            upgrade()
        close(app)


def definitions(connection: Connection) -> dict[str, str]:
    """Constraints, indexes and columns by name, each as PostgreSQL writes it."""
    rows = connection.exec_driver_sql(DEFINITIONS)
    return {row.name: row.definition for row in rows}


def modelled(package: str, db: SQLAlchemy, extensions: Sequence[str]) -> dict[str, str]:
    """The definitions in a database that was made of the models instead of by migrations."""
    with empty_database(package) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            # So that both databases have the table, which is in no model.
            connection.exec_driver_sql("CREATE TABLE alembic_version ()")
            for extension in extensions:
                connection.exec_driver_sql(f"CREATE EXTENSION {extension}")
            db.metadata.create_all(connection)
            found = definitions(connection)
        engine.dispose()
    return found


def compare(
    migrated: dict[str, str], modelled: dict[str, str], apart: Collection[str] = ()
) -> None:
    """`AssertionError` that names what the migrations define in another way than the models."""
    names = sorted((migrated.keys() | modelled.keys()) - set(apart))
    differing = [
        f"{name}\n  migrations: {migrated.get(name)}\n  models:     {modelled.get(name)}"
        for name in names
        if migrated.get(name) != modelled.get(name) and "alembic_version" not in name
    ]
    assert not differing, "\n".join(differing)
