"""Accounts and sessions as administrators handle them: made, reset, disabled, linked, ended; each act in the audit."""
