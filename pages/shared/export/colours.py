"""The colours of charts: ink on white, one blue, greys for context."""

INK, MUTED, GRID, BLUE, PALE, GREY = "#16202c", "#5b6774", "#e9eef3", "#1f4e79", "#c5d2de", "#8a97a5"
