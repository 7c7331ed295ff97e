"""Where events are stored: in a SQLite file or on a PostgreSQL server, with the same tables and the same promises."""
