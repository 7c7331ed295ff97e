"""The project's one family of errors: what, where, what to do. Imports nothing."""


class PilotError(Exception):
    """Root of every error that a user can act on; its text is one clear line in Chinese."""


class CallError(PilotError):
    """A command or function was called in a way that cannot work (exit code 2)."""


class DeclarationError(PilotError):
    """A row of `data/` is wrong: names the file, the row and the bad value."""


class RefusedFile(PilotError):
    """A file that cannot be read or identified; it is kept with this reason and becomes no version."""


class LedgerError(PilotError):
    """The ledger cannot be written, or its chain does not verify."""


class SnapshotError(PilotError):
    """No data version is published yet, the one asked for is not kept any more, or older code published it."""


class AccessDenied(PilotError):
    """The viewer's role or scope does not include what was asked for."""
