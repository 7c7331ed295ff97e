"""The dashboard's pages, in sections; a page's own parts lie beside it."""
