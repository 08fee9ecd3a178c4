"""The SQL functions that indexes are made of. Migrations make them, and have their own copies."""

from sqlalchemy import DDL

from chassis.data.search import SEARCH_KEY

# What a course is found by. The blank before each line lets a pattern say that a word begins.
COURSE_WORDS = """
CREATE OR REPLACE FUNCTION course_words(title varchar, subject varchar) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ' ' || title || E'\\n ' || COALESCE(subject, '')
$$
"""
FUNCTIONS = [DDL(SEARCH_KEY), DDL(COURSE_WORDS)]  # type: ignore[no-untyped-call]  # by SQLAlchemy
