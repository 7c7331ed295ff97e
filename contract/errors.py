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


class OutcomeUnknown(LedgerError):
    """The connection broke while an append was being made durable, and whether it was cannot be found out."""


class SnapshotError(PilotError):
    """No data version is published yet, the one asked for is not kept any more, or older code published it."""


class OlderVersion(SnapshotError):
    """A data version lacks what is asked for, because another version of the program published it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"数据版本第{number}版由旧版程序发布，缺少所需的内容：请执行 python -m etl publish")
        self.number = number


class AccessDenied(PilotError):
    """The viewer's role or scope does not include what was asked for."""


class SignInRefused(PilotError):
    """Somebody cannot be let in, or not yet: says what to do, and never whether an account exists."""
