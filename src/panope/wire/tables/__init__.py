"""Items of datasets as files: CSV, JSON lines, Parquet."""
