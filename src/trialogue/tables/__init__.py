"""Read and write CSV, XLSX and Parquet, with every problem named by file, row and column."""
