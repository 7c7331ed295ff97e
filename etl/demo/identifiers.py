"""Numbers with check characters: credit codes, organisation codes, patent numbers."""

from __future__ import annotations

from contract.errors import CallError

# GB 32100-2015: the alphabet leaves out I, O, S, V and Z; weights are powers of 3 modulo 31.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# GB 11714: check character of the nine-character organisation code within the credit code.
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
PATENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def uscc_check(body: str) -> str:
    """The 18th character of a credit code for its first 17 (GB 32100-2015)."""
    if len(body) != 17:
        raise CallError(f"统一社会信用代码的前17位“{body}”位数不对")
    total = sum(USCC_ALPHABET.index(mark) * weight for mark, weight in zip(body, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code for its first eight digits (GB 11714)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def credit_code(region: str, serial: int) -> str:
    """The credit code of an enterprise registered in `region` (six digits).

    The organisation code's own check character can be X, which is in the credit code's alphabet too.
    """
    organisation = f"{serial:08d}"
    body = f"91{region}{organisation}{organisation_check(organisation)}"
    return body + uscc_check(body)


def patent_check(digits: str) -> str:
    """The check character of a patent number's twelve digits; ten is written X."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, PATENT_WEIGHTS, strict=True))
    return "0123456789X"[total % 11]


def patent_number(year: int, kind: int, serial: int) -> str:
    """A patent number: `ZL`, year, kind (1 invention, 2 utility model), serial, `.`, check character."""
    digits = f"{year}{kind}{serial:07d}"
    return f"ZL{digits}.{patent_check(digits)}"
