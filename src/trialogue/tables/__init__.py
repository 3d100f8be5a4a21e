"""Read and write CSV, XLSX and Parquet, with every problem named by file, row and column."""

from trialogue.tables.columns import split_columns
from trialogue.tables.reading import ENDINGS, read_table, read_upload
from trialogue.tables.refusals import name_problem, too_large, twice
from trialogue.tables.table import Table, cell_problem, nearly_numbers
from trialogue.tables.units import Listed, listed_units, placed_arms
from trialogue.tables.writing import write_csv, write_for_spreadsheet, write_xlsx

__all__ = [
    "ENDINGS",
    "Listed",
    "Table",
    "cell_problem",
    "listed_units",
    "name_problem",
    "nearly_numbers",
    "placed_arms",
    "read_table",
    "read_upload",
    "split_columns",
    "too_large",
    "twice",
    "write_csv",
    "write_for_spreadsheet",
    "write_xlsx",
]
