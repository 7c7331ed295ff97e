"""Demonstration submissions: invented banks, districts and firms in the proportions of `data/demo/`."""
