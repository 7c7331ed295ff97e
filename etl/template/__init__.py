"""Workbooks that go out to be filled in, and filled ones as submitters would send them."""
