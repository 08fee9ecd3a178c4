"""What a reviewer would have to remember."""

from chassis import testing


def test_the_models_are_what_the_migrations_make():
    testing.check_migrations("havruta_service")
