"""Demonstration submissions: invented banks, districts and firms in the proportions of `data/demo/`."""

from etl.demo.writing import write_demonstration

__all__ = ["write_demonstration"]
