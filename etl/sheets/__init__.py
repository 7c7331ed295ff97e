"""A sheet as text, and workbooks as sheets: every cell as a person sees it, or refused with its place."""
