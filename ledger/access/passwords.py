"""Passwords: which are refused, how they are kept (argon2id), and the one-time codes beside them (TOTP)."""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from functools import cache
from pathlib import Path

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from contract.errors import SignInRefused
from contract.settings import DECLARATIONS
from ledger.people import key_of

SHORTEST, LONGEST = 12, 128
FEWEST_DIFFERENT = 6  # characters: `aaaaaaaaaaaa` and `121212121212` are guessed first
WORST = DECLARATIONS / "worst_passwords.txt"
OWN_WORDS = ("pilot", "zhishichanquan", "知识产权", "金融", "beijing", "北京")  # of this system, guessed for it
FIRST_LETTERS = "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRSTUVWXYZ2345679"  # none that is taken for another on paper
ISSUER = "知识产权金融试点监管"
CODE_SECONDS = 30
HASHER = PasswordHasher()  # argon2id, RFC 9106's second choice: 64 MiB, three passes
AT_ONCE = threading.BoundedSemaphore(2)  # each takes 64 MiB
EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


@cache
def worst(path: Path = WORST) -> frozenset[str]:
    """The passwords that are tried first by whoever guesses."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))


def normal(password: str) -> str:
    """A password as it is kept: one way to write each character, whatever the keyboard sends."""
    return unicodedata.normalize("NFKC", password)


def check_new(password: str, name: str) -> None:
    """Raises SignInRefused for a password that is too short or long, or among the first to be guessed."""
    given = normal(password)
    if not SHORTEST <= len(given) <= LONGEST:
        raise SignInRefused(f"口令应为{SHORTEST}至{LONGEST}个字符，可以是一句话，空格和中文都可以")
    folded = given.casefold()
    core = EDGES.sub("", folded)
    half = folded[: len(folded) // 2]
    repeated = bool(half) and folded in (half * 2, half * 2 + half[:1])
    if {folded, core, EDGES.sub("", half) if repeated else folded} & worst():
        raise SignInRefused("这是最常见的口令之一，容易被猜到，请换一个")
    if len(set(folded)) < FEWEST_DIFFERENT:
        raise SignInRefused(f"口令中不同的字符应有{FEWEST_DIFFERENT}个以上")
    rest = folded
    for word in (*OWN_WORDS, key_of(name)):
        rest = rest.replace(word, "")
    if len(EDGES.sub("", rest)) < SHORTEST // 2 and rest != folded:
        raise SignInRefused("口令不能只由姓名或本系统的名称加上几个字符组成，请换一个")


def kept(password: str) -> str:
    """What is kept of a password."""
    with AT_ONCE:
        return HASHER.hash(normal(password))


def fits(password: str, hashed: str) -> bool:
    """Whether it is the password; as slow where there is none to compare (`hashed` empty), and False."""
    with AT_ONCE:
        try:
            return HASHER.verify(hashed or _nobodys(), normal(password)) and bool(hashed)
        except (VerifyMismatchError, InvalidHashError):
            return False


@cache
def _nobodys() -> str:
    """A hash that no password has, to take as long over a name that there is not."""
    return HASHER.hash(secrets.token_urlsafe())


def outdated(hashed: str) -> bool:
    """Whether a password is kept by weaker parameters than today's."""
    return HASHER.check_needs_rehash(hashed)


def first_password() -> str:
    """A password to begin with: four groups of four, 90 bits, to be read aloud or copied from paper."""
    return "-".join("".join(secrets.choice(FIRST_LETTERS) for _ in range(4)) for _ in range(4))


def new_code_secret() -> str:
    return pyotp.random_base32()


def code_address(secret: str, name: str) -> str:
    """The `otpauth:` address that an authenticator takes in."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def code_step(secret: str, code: str, now: float, after: int, around: int) -> int | None:
    """The step of time whose code it is, if that is later than `after`; None where it is no code that counts.

    Codes of so many steps `around` the present one count.

    A code counts once: the step is kept, and no code of it or before it counts again.
    """
    totp, current = pyotp.TOTP(secret), int(now // CODE_SECONDS)
    for step in range(current - around, current + around + 1):
        if step > after and secrets.compare_digest(
            totp.at(step * CODE_SECONDS).encode(), normal(code).strip().encode()
        ):
            return step
    return None
