"""Add up a table too large to hold: by DuckDB on this machine, by Spark on many.

with open_engine("duckdb", "people.parquet", progress=show) as engine:
    trial = add_up(engine, roles, rule)
    analysis = effects.analyse_cells(trial, rule, seed=1)
"""

from trialogue.tables.engines.adding import AddedUp, add_up
from trialogue.tables.engines.choosing import chosen_engine, open_engine
from trialogue.tables.engines.engine import Engine, Progress, Stopped
from trialogue.tables.engines.roles import Roles

__all__ = [
    "AddedUp",
    "Engine",
    "Progress",
    "Roles",
    "Stopped",
    "add_up",
    "chosen_engine",
    "open_engine",
]
