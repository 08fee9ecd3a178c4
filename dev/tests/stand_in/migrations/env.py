from sqlalchemy import MetaData

from chassis.data.migrations import run

run(MetaData())
