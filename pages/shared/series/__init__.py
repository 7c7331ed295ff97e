"""Series over months: the course of balance and growth, and what is annotated on a month of any series."""
