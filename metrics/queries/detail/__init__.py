"""明细查询: rows as they were reported, the rows behind a figure, a firm and a right across banks."""
