"""The pages of signing in and out: plain HTML of our own, in the system's look, without a script."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

PRODUCT = "知识产权金融试点监管"
STYLE_PATH = "/gate.css"
STYLE = Path(__file__).with_name("gate.css").read_bytes()
NOTE = "内部系统，仅供登记的使用者办理公务。登录、查看和导出均有记录。"


@dataclass(frozen=True)
class Field:
    """One input of a form: what browsers and password keepers are to make of it is `keeper`."""

    name: str
    label: str
    kind: str = "text"
    keeper: str = "off"
    hint: str = ""
    value: str = ""
    numeric: bool = False
    id: str = ""  # where a page has two inputs of one name


def sheet(title: str, *parts: str, forward: str = "") -> bytes:
    """A whole page; `forward`: the address to which it leads on by itself."""
    refresh = f'<meta http-equiv="refresh" content="0;url={escape(forward)}">' if forward else ""
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark">{refresh}<title>{escape(title)} · {PRODUCT}</title>'
        f'<link rel="stylesheet" href="{STYLE_PATH}"></head><body><main>'
        f'<p class="product">{PRODUCT}</p><h1>{escape(title)}</h1>{"".join(parts)}<footer>{NOTE}</footer>'
        "</main></body></html>"
    ).encode()


def said(text: str, tone: str = "calm") -> str:
    """A sentence in a box: `alert` where something is wrong, read aloud at once."""
    role = "alert" if tone == "alert" else "status"
    return f'<p class="said {tone}" role="{role}">{escape(text)}</p>' if text else ""


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def mono(label: str, text: str) -> str:
    """What is to be copied by hand."""
    return f'<p class="copied">{escape(label)}<code>{escape(text)}</code></p>'


def form(action: str, button: str, *fields: Field, hidden: dict[str, str] | None = None, quiet: bool = False) -> str:
    """A form that is sent to one of our own addresses; the first field has the cursor."""
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in (hidden or {}).items()
    )
    asked = "".join(_input(field, first=place == 0 and not quiet) for place, field in enumerate(fields))
    focus = "" if fields or quiet else " autofocus"
    return (
        f'<form method="post" action="{escape(action)}">{kept}{asked}'
        f"<button{' class=quiet' if quiet else ''}{focus}>{escape(button)}</button></form>"
    )


def way(address: str, label: str, quiet: bool = False) -> str:
    """A link as a button."""
    return f'<p><a class="way{" quiet" if quiet else ""}" href="{escape(address)}">{escape(label)}</a></p>'


def _input(field: Field, first: bool) -> str:
    own = field.id or field.name
    hint = f'<small id="{own}-hint">{escape(field.hint)}</small>' if field.hint else ""
    described = f' aria-describedby="{own}-hint"' if field.hint else ""
    numeric = ' inputmode="numeric" pattern="[0-9０-９]{6}" maxlength="6"' if field.numeric else ' maxlength="256"'
    return (
        f'<label for="{own}">{escape(field.label)}</label>'
        f'<input id="{own}" name="{field.name}" type="{field.kind}" autocomplete="{field.keeper}" required'
        f' value="{escape(field.value)}"{numeric}{described}{" autofocus" if first else ""}>{hint}'
    )
