"""Signing in and out, address by address: what each answers to a request and the fields of its form."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import lru_cache
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from casework.access import entering
from casework.access.accounts import change_password
from casework.access.entering import Entered
from casework.access.listed import moment
from contract.console.program import later
from contract.errors import SignInRefused
from contract.settings import home
from ledger.access import passwords, sessions, steps
from ledger.access.accounts import account_of, with_password
from ledger.access.configured import SESSION_COOKIE, Provider, SignIn
from ledger.access.sessions import Session
from pages.gate.answers import STEP, Answer, cookie, forward, plain, redirect, without_cookie
from pages.gate.asking import Asked, own_path
from pages.gate.sheets import Field, form, mono, paragraph, said, sheet, way

if TYPE_CHECKING:
    from pages.gate.provider import OpenId

IN, CODE, PASSWORD, PROVIDER, CALLBACK, OWN, OUT, GONE, STATE = (
    "/sign-in", "/sign-in/code", "/sign-in/password", "/sign-in/provider", "/sign-in/callback", "/sign-in/own",
    "/sign-out", "/sign-out/done", "/sign-state",
)  # fmt: skip
RULE = f"{passwords.SHORTEST}个字符以上，可以是一句话"
NAME = Field("name", "用户名", keeper="username", hint="登记的姓名")
PASS = Field("password", "口令", "password", "current-password")
FOR_CODES, OTHERS = (
    Field("password", "口令", "password", "current-password", id="password-for-codes"),
    Field("password", "口令", "password", "current-password", id="password-for-others"),
)
ONE_TIME = Field("code", "验证码", keeper="one-time-code", hint="手机验证器上的六位数字", numeric=True)
NEW = (
    Field("new", "新口令", "password", "new-password", hint=RULE),
    Field("again", "再输一次", "password", "new-password"),
)
Fields = dict[str, str]
new_open_id = later("pages.gate.provider:OpenId")  # what speaks to a provider is loaded where one is configured


def session_of(asked: Asked, touch: bool = False) -> Session | None:
    """The session whose cookie a request brings, if it lives."""
    return sessions.look(home(), asked.configured, session_cookie(asked), touch)


def session_cookie(asked: Asked) -> str:
    return asked.cookie(asked.configured.cookie_name(SESSION_COOKIE))


def step_cookie(asked: Asked) -> str:
    return asked.cookie(asked.configured.cookie_name(STEP))


@lru_cache(maxsize=4)
def open_id(provider: Provider) -> OpenId:
    """What is known of the provider, one for all requests of the process."""
    return new_open_id(provider)


def fresh() -> str:
    """A state, nonce or verifier: 43 characters that nobody can guess."""
    return secrets.token_urlsafe(32)


def in_page(asked: Asked, _fields: Fields) -> Answer:
    """The page on which people sign in; who has signed in already is sent on."""
    wanted = own_path(asked.query.get("next", "/"))
    if session_of(asked):
        return redirect(wanted)
    return _ways(asked.configured, wanted, said(sessions.why_ended(home(), session_cookie(asked))))


def in_form(asked: Asked, fields: Fields) -> Answer:
    wanted, name = own_path(fields.get("next", "/")), fields.get("name", "")
    if not asked.configured.has_accounts:
        return plain(HTTPStatus.NOT_FOUND, "没有这一地址")
    try:
        entered = entering.by_password(home(), asked.configured, name, fields.get("password", ""), asked.address)
    except SignInRefused as refusal:
        page = _ways(asked.configured, wanted, said(str(refusal), "alert"), name)
        return Answer(HTTPStatus.UNAUTHORIZED, page.body)
    return _onward(asked, entered, wanted)


def code_form(asked: Asked, fields: Fields) -> Answer:
    wanted, token = own_path(fields.get("next", "/")), step_cookie(asked)
    try:
        entered = entering.by_code(home(), asked.configured, token, fields.get("code", ""), asked.address)
    except SignInRefused as refusal:
        if not steps.known(home(), steps.CODE, token):
            return _begin_again(asked, wanted, refusal)
        return Answer(HTTPStatus.UNAUTHORIZED, _code_page(wanted, said(str(refusal), "alert")))
    return _onward(asked, entered, wanted)


def password_form(asked: Asked, fields: Fields) -> Answer:
    wanted, token = own_path(fields.get("next", "/")), step_cookie(asked)
    new, again, code = (fields.get(key, "") for key in ("new", "again", "code"))
    try:
        if new != again:
            raise SignInRefused("两次输入的口令不同")
        entered = entering.with_new_password(home(), asked.configured, token, new, code, asked.address)
    except SignInRefused as refusal:
        if not steps.known(home(), steps.NEW_PASSWORD, token):
            return _begin_again(asked, wanted, refusal)
        return Answer(HTTPStatus.BAD_REQUEST, _password_page(wanted, token, said(str(refusal), "alert")))
    return _onward(asked, entered, wanted)


def to_provider(asked: Asked, _fields: Fields) -> Answer:
    """Sends the browser to the provider, with what only this browser's step knows."""
    provider, wanted = asked.configured.provider, own_path(asked.query.get("next", "/"))
    if provider is None:
        return plain(HTTPStatus.NOT_FOUND, "没有这一地址")
    state, nonce, verifier = fresh(), fresh(), fresh()
    try:
        address = open_id(provider).way_in(asked.configured.public + CALLBACK, state, nonce, verifier)
    except SignInRefused as refusal:
        return _provider_refused(asked, refusal, HTTPStatus.BAD_GATEWAY)
    token = steps.lay(home(), steps.AT_PROVIDER, state=state, nonce=nonce, verifier=verifier, next=wanted)
    return redirect(address).with_headers(_step(asked.configured, token))


def from_provider(asked: Asked, _fields: Fields) -> Answer:
    """The provider has sent the browser back: with a code, or with why not."""
    provider, query = asked.configured.provider, asked.query
    if provider is None:
        return plain(HTTPStatus.NOT_FOUND, "没有这一地址")
    facts = steps.take(home(), steps.AT_PROVIDER, step_cookie(asked))
    try:
        if facts is None or query.get("state", "") != facts["state"]:
            raise SignInRefused("这次登录已办过、已超过十分钟，或不是由本浏览器发起，请重新登录")
        if "code" not in query:
            raise SignInRefused(f"{provider.name}没有同意这次登录，请重新登录")
        redirect_uri, issuer = asked.configured.public + CALLBACK, query.get("iss", "")
        known = (facts["nonce"], facts["verifier"], issuer)
        subject, id_token = open_id(provider).who(redirect_uri, query["code"], *known)
    except SignInRefused as refusal:
        entering.refused(home(), "", str(refusal), asked.address)
        return _provider_refused(asked, refusal, HTTPStatus.UNAUTHORIZED)
    try:
        entered = entering.by_provider(home(), provider, subject, id_token, asked.address)
    except SignInRefused as refusal:
        back = open_id(provider).way_out(id_token, asked.configured.public + GONE)
        return _provider_refused(asked, refusal, HTTPStatus.FORBIDDEN, back)
    _leave_before(asked)
    return forward(facts["next"]).with_headers(*_entered(asked.configured, entered.session))


def out_page(asked: Asked, _fields: Fields) -> Answer:
    session = session_of(asked)
    if session is None:
        return redirect(IN)
    back = way("/", "返回", quiet=True)
    return Answer(body=sheet("退出登录", paragraph(f"现以{session.name}登录。"), form(OUT, "退出登录"), back))


def out_form(asked: Asked, _fields: Fields) -> Answer:
    """Ends the session, and leads on to the provider's own sign-out where that is how it began."""
    session, configured = session_of(asked), asked.configured
    gone = (
        without_cookie(configured, SESSION_COOKIE), without_cookie(configured, STEP),
        (b"clear-site-data", b'"cache", "storage"'),
    )  # fmt: skip
    if session is None:
        return redirect(GONE).with_headers(*gone)
    sessions.end(home(), session.number, sessions.SIGNED_OUT, session.name, asked.address)
    elsewhere = ""
    if configured.provider and session.id_token:
        elsewhere = open_id(configured.provider).way_out(session.id_token, configured.public + GONE)
    return (forward(elsewhere) if elsewhere else redirect(GONE)).with_headers(*gone)


def gone_page(asked: Asked, _fields: Fields) -> Answer:
    return Answer(body=sheet("已退出", said("您已退出，本机不再保留登录状态。"), way(IN, "重新登录")))


def own_page(asked: Asked, _fields: Fields, told: str = "", status: int = HTTPStatus.OK) -> Answer:
    """Who has signed in by an account changes the password here, and adds one-time codes."""
    session = session_of(asked)
    if session is None:
        return redirect(f"{IN}?next=/")
    account = account_of(home(), session.name)
    if account is None or session.way == entering.BY_PROVIDER:
        text = f"您以{session.way}登录，口令在那里更换。"
        return Answer(body=sheet("我的账户", paragraph(text), way("/", "返回", quiet=True)))
    change = form(OWN, "更换口令", PASS, *NEW, hidden={"act": "password"})
    own = [one for one in sessions.living(home()) if one.person == session.person]
    listed = "".join(f"<li>{escape(_told(one, session))}</li>" for one in own)
    others = form(OWN, "结束其他登录", OTHERS, hidden={"act": "others"}, quiet=True) if len(own) > 1 else ""
    if account.code_secret:
        codes, headers = paragraph("已启用动态验证码；手机遗失的，请管理员取消后重新启用。"), ()
    else:
        known = entering.own_secret(home(), step_cookie(asked), account.name)
        token = step_cookie(asked) if known else entering.offer_codes(home(), account.name)
        secret = known or entering.own_secret(home(), token, account.name)
        codes = _authenticator(secret, account.name) + form(
            OWN, "启用", FOR_CODES, ONE_TIME, hidden={"act": "codes"}, quiet=True
        )
        headers = (_step(asked.configured, token),)
    parts = (
        told,
        "<h2>更换口令</h2>",
        change,
        "<h2>动态验证码</h2>",
        codes,
        f"<h2>我的登录</h2><ul>{listed}</ul>",
        others,
        way("/", "返回", quiet=True),
    )
    return Answer(status, sheet("我的账户", *parts)).with_headers(*headers)


def own_form(asked: Asked, fields: Fields) -> Answer:
    session = session_of(asked, touch=True)
    if session is None:
        return redirect(f"{IN}?next=/")
    try:
        account = with_password(home(), session.name, fields.get("password", ""), asked.address)
        if fields.get("act") == "codes":
            entering.add_codes(home(), step_cookie(asked), session.name, fields.get("code", ""), asked.address)
            return redirect(IN)
        if fields.get("act") == "others":
            count = sessions.end_all_of(home(), session.person, sessions.SIGNED_OUT, session.name, but=session.number)
            return own_page(asked, {}, said(f"已结束其他{count}个登录。"))
        if fields.get("new", "") != fields.get("again", ""):
            raise SignInRefused("两次输入的口令不同")
        change_password(home(), account, fields.get("new", ""), asked.address)
    except SignInRefused as refusal:
        return own_page(asked, {}, said(str(refusal), "alert"), HTTPStatus.BAD_REQUEST)
    return redirect(IN)


def state(asked: Asked, _fields: Fields) -> Answer:
    """Which session lives, for a page that is open, `in 12`, or `out`; not an act of its user."""
    session = session_of(asked)
    return plain(HTTPStatus.OK, f"in {session.number}" if session else "out")


ROUTES: dict[tuple[str, str], Callable[[Asked, Fields], Answer]] = {
    ("GET", IN): in_page,
    ("POST", IN): in_form,
    ("POST", CODE): code_form,
    ("POST", PASSWORD): password_form,
    ("GET", PROVIDER): to_provider,
    ("GET", CALLBACK): from_provider,
    ("GET", OUT): out_page,
    ("POST", OUT): out_form,
    ("GET", GONE): gone_page,
    ("GET", OWN): own_page,
    ("POST", OWN): own_form,
    ("GET", STATE): state,
}


def _told(one: Session, this: Session) -> str:
    here = "（本次）" if one.number == this.number else ""
    return f"{moment(one.began):%Y-%m-%d %H:%M}从{one.address or '未知地址'}登录，{one.way}{here}"


def _ways(configured: SignIn, wanted: str, told: str, name: str = "") -> Answer:
    parts = [told]
    if configured.has_accounts:
        fields = (Field(**(vars(NAME) | {"value": name[:60]})), PASS)
        parts.append(form(IN, "登录", *fields, hidden={"next": wanted}))
    if configured.provider:
        address = PROVIDER + (f"?next={quote(wanted, safe='/')}" if wanted != "/" else "")
        parts.append(way(address, f"用{configured.provider.name}登录", quiet=configured.has_accounts))
    return Answer(body=sheet("登录", *parts))


def _onward(asked: Asked, entered: Entered, wanted: str) -> Answer:
    """Where the next step is, or into the system."""
    if entered.session:
        _leave_before(asked)
        return redirect(wanted).with_headers(*_entered(asked.configured, entered.session))
    page = _code_page(wanted) if entered.step == steps.CODE else _password_page(wanted, entered.token)
    return Answer(body=page).with_headers(_step(asked.configured, entered.token))


def _leave_before(asked: Asked) -> None:
    """One browser, one session: what it had before ends, so that no tab goes on as somebody else."""
    before = session_of(asked)
    if before:
        sessions.end(home(), before.number, sessions.SIGNED_OUT, before.name, asked.address)


def _code_page(wanted: str, told: str = "") -> bytes:
    return sheet("验证码", told, form(CODE, "登录", ONE_TIME, hidden={"next": wanted}), way(IN, "重新登录", quiet=True))


def _password_page(wanted: str, token: str, told: str = "") -> bytes:
    secret, changes = entering.new_secret(home(), token), entering.must_change(home(), token)
    facts = steps.known(home(), steps.NEW_PASSWORD, token) or {"name": ""}
    about = paragraph("请把初始口令换成自己的口令。") if changes else ""
    asked = (*(NEW if changes else ()), *((ONE_TIME,) if secret else ()))
    codes = _authenticator(secret, facts["name"]) if secret else ""
    return sheet("首次登录", told, about, codes, form(PASSWORD, "确定并登录", *asked, hidden={"next": wanted}))


def _authenticator(secret: str, name: str) -> str:
    spaced = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    address = passwords.code_address(secret, name)
    return (
        paragraph("在手机验证器（支持TOTP的任何一种）中添加账户，手工输入以下密钥，再填入它显示的六位数字。")
        + mono("密钥", spaced)
        + f'<p><a href="{address.replace("&", "&amp;")}">在本机的验证器中打开</a></p>'
    )


def _begin_again(asked: Asked, wanted: str, refusal: SignInRefused) -> Answer:
    page = _ways(asked.configured, wanted, said(str(refusal), "alert"))
    return Answer(HTTPStatus.UNAUTHORIZED, page.body).with_headers(without_cookie(asked.configured, STEP))


def _provider_refused(asked: Asked, refusal: SignInRefused, status: int, elsewhere: str = "") -> Answer:
    again = way(elsewhere, "退出统一身份认证，换一个用户", quiet=True) if elsewhere else ""
    page = sheet("未能登录", said(str(refusal), "alert"), way(IN, "返回登录页"), again)
    return Answer(status, page).with_headers(without_cookie(asked.configured, STEP))


def _entered(configured: SignIn, token: str):
    return cookie(configured, SESSION_COOKIE, token), without_cookie(configured, STEP)


def _step(configured: SignIn, token: str):
    return cookie(configured, STEP, token, lax=True, seconds=steps.STEP_SECONDS)
