"""What reads of study sessions would cost with nothing around them: Flask, psycopg, rows as JSON.

No token, no check of what was sent, no log line, no figures, no rule about who may see what.
"""

import math
import os
import threading
from typing import Any
from uuid import UUID

import orjson
import psycopg
from flask import Flask, Response, request
from psycopg.rows import dict_row

METRES_PER_DEGREE = 111_195.0  # on a sphere with the mean radius of the earth
COLUMNS = """
id, host_id, title, subject, session_type, status, latitude::float8, longitude::float8, start_time,
duration_minutes, max_participants, current_participants, created_at, updated_at, description, mode,
venue_name, meeting_url, visibility, location_visibility, started_at, ended_at, cancelled_at,
cancellation_reason, last_seq, version, ends_at
"""
ONE = f"SELECT {COLUMNS} FROM study_sessions WHERE id = %s"  # noqa: S608  # a constant
NEAR = f"""
SELECT {COLUMNS}, distance FROM study_sessions, LATERAL (SELECT 2 * 6371008.8 * asin(sqrt(
    power(sin(radians(latitude::float8 - %(lat)s) / 2), 2)
    + cos(radians(%(lat)s)) * cos(radians(latitude::float8))
    * power(sin(radians(longitude::float8 - %(lng)s) / 2), 2))) AS distance) AS measured
WHERE is_open AND visibility = 'public' AND ends_at > now()
    AND latitude BETWEEN %(south)s AND %(north)s AND longitude BETWEEN %(west)s AND %(east)s
    AND distance <= %(radius)s
ORDER BY start_time, id LIMIT 20
"""  # noqa: S608  # a constant
kept = threading.local()


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/api/study-sessions/<uuid:session_id>")
    def one(session_id: UUID) -> Response:
        return answer(connection().execute(ONE, [session_id]).fetchone())

    @app.get("/api/study-sessions")
    def near() -> Response:
        latitude, longitude = float(request.args["lat"]), float(request.args["lng"])
        radius = 1000 * float(request.args["radius_km"])
        high = radius / METRES_PER_DEGREE
        wide = high / math.cos(math.radians(latitude))
        values = {"lat": latitude, "lng": longitude, "radius": radius}
        values |= {"south": latitude - high, "north": latitude + high}
        values |= {"west": longitude - wide, "east": longitude + wide}
        return answer({"items": connection().execute(NEAR, values).fetchall(), "next": None})

    return app


def connection() -> psycopg.Connection[dict[str, Any]]:
    """This thread's connection."""
    if not hasattr(kept, "connection"):
        kept.connection = psycopg.connect(
            os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row
        )
    found: psycopg.Connection[dict[str, Any]] = kept.connection
    return found


def answer(value: object) -> Response:
    return Response(orjson.dumps(value), content_type="application/json")
