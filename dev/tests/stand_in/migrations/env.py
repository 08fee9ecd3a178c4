from sqlalchemy import MetaData

from chassis.migrations import run

run(MetaData())
