"""How a text becomes a typed value, as SQL: one expression a type, NULL where the text is no such value."""

from __future__ import annotations

from contract.declarations import Column, code_lists, districts
from contract.errors import DeclarationError
from contract.widths import STORABLE
from etl.sheets.grids import SPACES, UNREADABLE

DECIMALS = {kind: (len(str(span.high)), span.places) for kind, span in STORABLE.items() if span.places}
SQL_TYPES = {
    "int": "BIGINT",
    "days": "INTEGER",
    **{kind: f"DECIMAL({digits},{places})" for kind, (digits, places) in DECIMALS.items()},
    "date": "DATE",
    "flag": "BOOLEAN",
}
# Rules are asked with a digit to spare: then DuckDB gives a product of a column and a number all the digits it needs,
# where it gives one of two decimals of 18 digits 18 and stops at a value that has more.
JUDGED_TYPES = SQL_TYPES | {kind: f"DECIMAL(19,{places})" for kind, (_, places) in DECIMALS.items()}
YES = ("是", "Y", "YES", "1", "TRUE", "T")
NO = ("否", "N", "NO", "0", "FALSE", "F")

_LETTERS = "".join(chr(code) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))
_SIGNS = "（），．／－：；％"
_NARROW = {char: chr(ord(char) - 0xFEE0) for char in _LETTERS + _SIGNS}


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _translated(expression: str, characters: str) -> str:
    narrow = "".join(_NARROW[char] for char in characters)
    return f"translate({expression}, {_literal(characters)}, {_literal(narrow)})"


def cleaned(column: Column, expression: str) -> str:
    """SQL: the text without outer spaces and with narrow digits and letters (and signs, except in free text)."""
    characters = _LETTERS if column.type == "text" else _LETTERS + _SIGNS
    # To narrow and trim costs many times the look that tells whether a cell needs it: few do.
    inside, ends = f"[^{characters}]", f"[^{characters}{SPACES}]"
    clean = f"regexp_full_match({expression}, {_literal(f'{ends}({inside}*{ends})?')})"
    tidied = f"nullif(trim({_translated(expression, characters)}, {_literal(SPACES)}), '')"
    return f"CASE WHEN {clean} THEN {expression} ELSE {tidied} END"


def _choice(expression: str, spellings: dict[str, str]) -> str:
    """SQL: the code for a spelling, compared without case; NULL for an unknown one."""
    whens = " ".join(f"WHEN {_literal(spelling.upper())} THEN {_literal(code)}" for spelling, code in spellings.items())
    return f"CASE upper({expression}) {whens} END"


def _code_spellings(code_list: str) -> dict[str, str]:
    spellings: dict[str, str] = {}
    for code, name in code_lists()[code_list].items():
        spellings |= {_narrowed(name): code, code: code}
    return spellings


def _narrowed(text: str) -> str:
    return "".join(_NARROW.get(char, char) for char in text)


def _district_spellings() -> dict[str, str]:
    return {spelling: district.code for district in districts().values() for spelling in district.spellings}


def _ip_list(text: str) -> str:
    """SQL: codes of a joined list in declared order, joined by commas; NULL if one of them is unknown."""
    codes = ", ".join(_literal(code) for code in code_lists()["ip"])
    parts = f"list_filter(string_split_regex({text}, '[\\s]*[、,;/][\\s]*'), lambda part: part <> '')"
    known = f"list_transform({parts}, lambda part: {_choice('part', _code_spellings('ip'))})"
    ordered = f"list_filter([{codes}], lambda code: list_contains({known}, code))"
    complete = f"len({parts}) > 0 AND len(list_filter({known}, lambda code: code IS NULL)) = 0"
    # Most cells name one type: those need no list.
    several = f"regexp_matches({text}, '[、,;/]')"
    joined = f"CASE WHEN {complete} THEN array_to_string({ordered}, ',') END"
    return f"CASE WHEN {several} THEN {joined} ELSE {_choice(text, _code_spellings('ip'))} END"


def _date(text: str) -> str:
    """SQL: the day; a time of day, as systems export it with a day, is left out."""
    iso = (
        f"regexp_replace(regexp_replace({text}, '^(\\d{{4}})(\\d{{2}})(\\d{{2}})$', '\\1-\\2-\\3'), "
        "'^(\\d{4})[-/.年](\\d{1,2})[-/.月](\\d{1,2})(日|[ T]\\d{1,2}:\\d{2}(:\\d{2}(\\.\\d+)?)?)?$', '\\1-\\2-\\3')"
    )
    any_day = (
        f"CASE WHEN regexp_full_match({iso}, '[12]\\d{{3}}-\\d{{1,2}}-\\d{{1,2}}') THEN try_cast({iso} AS DATE) END"
    )
    return f"CASE WHEN regexp_full_match({text}, '{PLAIN_DAY}') THEN try_cast({text} AS DATE) ELSE {any_day} END"


def _number(text: str, pattern: str, kind: str) -> str:
    """SQL: the number that a text of the pattern stands for; NULL where it is none, or larger than a column holds."""
    span, sql_type = STORABLE[kind], SQL_TYPES[kind]
    plain = r"\d+(\.\d{1,6})?" if span.places else rf"\d{{1,{len(str(span.high))}}}"
    number = f"try_cast(replace(rtrim({text}, '%'), ',', '') AS {sql_type})"
    # A decimal's type holds no more than the column does; a whole number's type does.
    within = "" if span.places else f" AND {number} BETWEEN {span.low} AND {span.high}"
    return (
        f"CASE WHEN regexp_full_match({text}, '{plain}') THEN try_cast({text} AS {sql_type}) "
        f"WHEN regexp_full_match({text}, '{pattern}'){within} THEN {number} END"
    )


# How most cells are written: what these match, the rules of spelling below would give the same value.
PLAIN_DAY = r"[12]\d{3}-\d{2}-\d{2}"
WHOLE = r"(\d{1,3}(,\d{3})+|\d+)(\.0*)?"
DECIMAL = r"((\d{1,3}(,\d{3})+|\d+)(\.\d{0,6}0*)?|\.\d{1,6}0*)"
RATIO = r"((\d{1,3}(,\d{3})+|\d+)(\.\d*)?|\.\d+)"


def typed(column: Column, text: str) -> str:
    """SQL: the typed value of a cleaned text (see `SQL_TYPES`; codes and texts are VARCHAR)."""
    kind = column.type
    if kind in ("text", "institution"):
        unreadable = "".join(UNREADABLE)
        limit = column.length or 20
        value = f"upper({text})" if column.code == "uscc" else text  # credit codes are written in capitals
        return f"CASE WHEN length({text}) <= {limit} AND NOT regexp_matches({text}, '[{unreadable}]') THEN {value} END"
    if kind == "int":
        return _number(text, "-?" + WHOLE, kind)
    if kind == "days":
        return _number(text, WHOLE, kind)
    if kind == "money":
        return _number(text, DECIMAL, kind)
    if kind == "rate":
        return _number(text, f"-?{RATIO}%?", kind)  # an average may have more decimals: rounded
    if kind == "date":
        return _date(text)
    if kind == "flag":
        spellings = dict.fromkeys(YES, "true") | dict.fromkeys(NO, "false")
        return f"CAST({_choice(text, spellings)} AS BOOLEAN)"
    if kind == "district":
        return _choice(text, _district_spellings())
    if kind == "ip":
        return _ip_list(text)
    if column.code_list:
        return _choice(text, _code_spellings(column.code_list))
    raise DeclarationError(f"列{column.code}的类型“{kind}”没有换算规则")


def sql_type(column: Column) -> str:
    """The type of a column where facts are kept."""
    return SQL_TYPES.get(column.type, "VARCHAR")


def judged_type(column: Column) -> str:
    """The type of a column where rules are asked."""
    return JUDGED_TYPES.get(column.type, "VARCHAR")


# Right numbers are kept in one spelling, so that the same right is found again: a patent's may come
# without ZL, spaces and dot.
_BARE_RIGHT = "upper(regexp_replace(right_no, '^[Zz][Ll]|[\\s.．]', '', 'g'))"
CANONICAL = {
    "right_no": (
        "CASE WHEN regexp_full_match(right_no, 'ZL\\d{12}\\.[\\dX]') THEN right_no "  # as most stand
        f"WHEN ip_type = 'patent' AND regexp_full_match({_BARE_RIGHT}, '(\\d{{12}}|\\d{{8}})[\\dX]') "
        f"THEN 'ZL' || {_BARE_RIGHT}[:-2] || '.' || {_BARE_RIGHT}[-1:] ELSE right_no END"
    ),
}

# Check characters: GB 32100-2015 for credit codes; Σ digit × 2…9,2…5 mod 11 for patents.
MACROS = (
    """CREATE OR REPLACE TEMP MACRO uscc_is_valid(code) AS
       regexp_full_match(code, '[0-9ABCDEFGHJKLMNPQRTUWXY]{18}') AND
       substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + CAST((31 - list_sum(list_transform(range(1, 18), lambda i:
         (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(code, i, 1)) - 1) *
         [1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28][i])) % 31) % 31 AS BIGINT), 1) = substr(code, 18, 1)""",
    """CREATE OR REPLACE TEMP MACRO patent_is_valid(number) AS
       regexp_full_match(number, 'ZL(\\d{12}|\\d{8})\\.[\\dX]') AND
       substr('0123456789X', 1 + CAST(list_sum(list_transform(range(1, length(number) - 3), lambda i:
         TRY_CAST(substr(number, i + 2, 1) AS BIGINT) * [2,3,4,5,6,7,8,9,2,3,4,5][i])) % 11 AS BIGINT), 1)
       = right(number, 1)""",
)
