"""Which engines there are, and what Spark needs that is not everywhere."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from contract.errors import CallError

DUCKDB, SPARK = "duckdb", "spark"
ENGINES = (DUCKDB, SPARK)
LOCAL = "local[*]"  # all cores of this machine


def check_master(engine: str, master: str | None) -> None:
    """Raises CallError where the address of a cluster is given to an engine that has none."""
    if master and engine != SPARK:
        raise CallError("--master只用于--engine spark")


def check_room(engine: str, memory: str | None, spill: Path | None) -> None:
    """Raises CallError where DuckDB's room is given to an engine that has its own settings."""
    if (memory or spill) and engine == SPARK:
        raise CallError("--memory、--spill只用于DuckDB；Spark的内存在其spark-defaults.conf中设定")


def spark_lacks() -> str:
    """What Spark needs and this machine has not, and how to get it; empty where nothing is missing."""
    if not importlib.util.find_spec("pyspark"):
        return "没有安装PySpark：.venv/bin/pip install --require-hashes -r requirements-spark.txt"
    folder = os.environ.get("JAVA_HOME")
    if not (Path(folder, "bin", "java").is_file() if folder else shutil.which("java")):
        return "没有Java（Spark须有17或以上）：apt-get install openjdk-17-jre-headless"
    return ""
