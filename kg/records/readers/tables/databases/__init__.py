"""Databases as tables: Parquet, SQLite, PostgreSQL (D-194)."""
