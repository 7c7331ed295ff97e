"""The gate: what every request passes before the framework sees anything, and the pages of signing in and out."""
