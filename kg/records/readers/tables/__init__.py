"""Readers of tables: text, workbooks, Parquet, databases."""
