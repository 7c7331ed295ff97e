"""What three or more pages use: words and figures, tables and charts, forms and acts, selections in the URL."""
