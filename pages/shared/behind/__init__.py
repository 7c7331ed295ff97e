"""What lies behind a bar, a tile, a cell or a row: the ways onward, declared beside what is drawn."""
