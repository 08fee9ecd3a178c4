"""A catalogue of many tutors and courses, as SQL writes it."""

from typing import Any

from sqlalchemy import text

COURSES_OF_EACH = 10
# Every tenth tutor teaches Aramaic, one in fifty in Yiddish; each works on two days.
MANY = """
INSERT INTO courses (tutor_id, title, subject, description)
SELECT md5('tutor' || n / 10)::uuid, 'Course ' || n, 'Subject ' || n / 10 % 200, 'Slowly.'
FROM generate_series(0, 10 * {tutors} - 1) n;
INSERT INTO tutor_listings (tutor_id, newest_course_id, subjects, subject_keys, languages, weekdays,
    words, rating_average, rating_count, rank, refreshed_at)
SELECT tutor_id, max(id), ARRAY[min(subject)], ARRAY[search_key(min(subject))],
    CASE WHEN row_number() OVER (ORDER BY tutor_id) % 50 = 0 THEN ARRAY['yi', 'he']
        ELSE ARRAY['he', 'en', 'en-gb'] END,
    CASE WHEN row_number() OVER (ORDER BY tutor_id) % 2 = 0 THEN ARRAY['Sunday', 'Tuesday']
        ELSE ARRAY['Monday', 'Thursday'] END,
    string_agg(' ' || search_key(title), E'\\n'), 4, 7, (363 + random() * 100)::int, now()
FROM courses GROUP BY tutor_id;
ANALYZE courses;
ANALYZE tutor_listings
"""


def fill(engine: Any, tutors: int) -> None:
    """So many tutors with ten courses each."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in MANY.format(tutors=tutors).split(";"):
            connection.execute(text(statement))
