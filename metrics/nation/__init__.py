"""The country's figures: every region's sets, as its own exchange gives them, summed over regions (decision 0036)."""
