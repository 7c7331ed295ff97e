"""How things come on paper: Word, PDF and Excel, charts and faces, letters, lists and seal pages."""
