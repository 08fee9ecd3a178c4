"""Runs this service's migrations by the chassis's recipe."""

from chassis.data.migrations import run
from havruta_service.models import Base

run(Base.metadata)
