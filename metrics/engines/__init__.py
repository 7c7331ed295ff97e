"""The figures worked out elsewhere than in a snapshot: from an exchange, by DuckDB itself or by Apache Spark."""
