"""What leaves a page as a file: tables and charts with their title, period, version and definitions."""
