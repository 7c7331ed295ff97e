"""Typed facts of every version, kept in DuckDB under one lock: loading, staging, versions side by side."""
