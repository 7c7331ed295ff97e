"""From a file to the warehouse: received, read, checked, answered, staged, published."""
