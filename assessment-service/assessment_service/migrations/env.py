"""Runs this service's migrations by the chassis's recipe."""

from assessment_service.models import Base
from chassis.data.migrations import run

run(Base.metadata)
