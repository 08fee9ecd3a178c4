"""The SQL functions that indexes are made of. Migrations make them, and have their own copies."""

from sqlalchemy import DDL

from chassis.data.search import SEARCH_KEY

# Numbers the cells of a map along a Z-order curve (G. M. Morton, 1966): 24 bits of the longitude and of
# the latitude in turns. So 2^n by 2^n cells that are aligned are one range of numbers.
MAP_CELL = """
CREATE OR REPLACE FUNCTION map_cell(latitude numeric, longitude numeric) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    x bigint := least(floor((longitude + 180) * 16777216 / 360), 16777215);
    y bigint := floor((latitude + 90) * 16777216 / 360);
BEGIN
    x := (x | (x << 16)) & x'0000FFFF0000FFFF'::bigint;
    x := (x | (x << 8)) & x'00FF00FF00FF00FF'::bigint;
    x := (x | (x << 4)) & x'0F0F0F0F0F0F0F0F'::bigint;
    x := (x | (x << 2)) & x'3333333333333333'::bigint;
    x := (x | (x << 1)) & x'5555555555555555'::bigint;
    y := (y | (y << 16)) & x'0000FFFF0000FFFF'::bigint;
    y := (y | (y << 8)) & x'00FF00FF00FF00FF'::bigint;
    y := (y | (y << 4)) & x'0F0F0F0F0F0F0F0F'::bigint;
    y := (y | (y << 2)) & x'3333333333333333'::bigint;
    y := (y | (y << 1)) & x'5555555555555555'::bigint;
    RETURN x | (y << 1);
END $$
"""
# All that a session says, for a search. The blank before each line lets a pattern say that a word
# begins; no pattern runs over a line break.
SESSION_WORDS = """
CREATE OR REPLACE FUNCTION session_words(
    title varchar, subject varchar, description varchar, venue_name varchar
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ' ' || replace(
        title || E'\\n' || subject || E'\\n' || COALESCE(description, '')
            || E'\\n' || COALESCE(venue_name, ''), E'\\n', E'\\n '
    )
$$
"""
FUNCTIONS = [DDL(each) for each in (MAP_CELL, SEARCH_KEY, SESSION_WORDS)]  # type: ignore[no-untyped-call]  # by SQLAlchemy
