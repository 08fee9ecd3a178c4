from chassis.migrations import run
from sqlalchemy import MetaData

run(MetaData())
