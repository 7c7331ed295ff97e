"""An OpenID provider, asked as its metadata says: where to sign in, what a code is worth, who that is, how to sign out.

Authorization code with PKCE by `authlib`, ID tokens by `joserfc`. Nothing that the provider says is believed but what
its keys have signed for us, for this browser's step, just now.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from contract.errors import SignInRefused
from ledger.access import store
from ledger.access.configured import Provider

LOG = logging.getLogger("pilot.gate")
KEPT_SECONDS = 3600  # metadata and keys; an unknown key is asked for at once
AGAIN_SECONDS = 5  # but not more often than this
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
MINUTE = 60
DOWN = "暂时不能使用，请稍后再试；一直如此的，请告知管理员"


@dataclass
class OpenId:
    """A provider as it is known so far; shared by all requests of a process."""

    provider: Provider
    _metadata: dict[str, Any] = field(default_factory=dict)
    _keys: KeySet | None = None
    _asked: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def way_in(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """The provider's address at which somebody signs in for us. Raises SignInRefused where it does not answer."""
        endpoint = self._endpoint("authorization_endpoint")
        with self._client(redirect_uri) as client:
            wanted: dict[str, Any] = {"acr_values": " ".join(self.provider.acr)} if self.provider.acr else {}
            if self.provider.max_age_minutes:
                wanted["max_age"] = self.provider.max_age_minutes * MINUTE
            step = {"state": state, "nonce": nonce, "code_verifier": verifier}
            return client.create_authorization_url(endpoint, **step, **wanted)[0]

    def who(self, redirect_uri: str, code: str, nonce: str, verifier: str, issuer: str) -> tuple[str, str]:
        """The subject that a code stands for, and the ID token that says so.

        `issuer`: by whom the answer says that it is, where it does. Raises SignInRefused for a code that the provider
        does not take, a token that is not for us, not for this step, over, signed by nobody, or of a way in that is too
        weak or too long ago.
        """
        name = self.provider.name
        if issuer and issuer != self.provider.issuer:
            raise SignInRefused(f"{name}的答复来自另一处，未予登录")
        endpoint = self._endpoint("token_endpoint")
        try:
            with self._client(redirect_uri) as client:
                token = client.fetch_token(
                    endpoint, grant_type="authorization_code", code=code, code_verifier=verifier, timeout=self._wait
                )
        except requests.RequestException as error:
            raise self._down(error) from None
        except (AuthlibBaseError, ValueError) as error:
            LOG.warning("provider refused a code: %s", type(error).__name__)
            raise SignInRefused(f"{name}没有接受这次登录，请重新登录") from None
        id_token = token.get("id_token") or ""
        claims = self._claims(id_token, nonce)
        if not strong_enough(self.provider, claims):
            raise SignInRefused(f"在{name}的登录方式不够强：请按本系统要求的方式（如动态验证码）在那里重新登录")
        if not recent_enough(self.provider, claims, store.seconds()):
            raise SignInRefused(f"在{name}登录已过了本系统允许的时间：请在那里重新登录，再进入本系统")
        subject = claims.get(self.provider.claim)
        if not isinstance(subject, str) or not subject:
            raise SignInRefused(f"{name}没有给出用户标识（{self.provider.claim}），请联系管理员")
        return subject, id_token

    def way_out(self, id_token: str, back: str) -> str:
        """The provider's address at which its own session ends, empty where it has none or does not answer."""
        try:
            endpoint = self._known().get("end_session_endpoint")
        except SignInRefused:
            return ""
        facts = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "client_id": self.provider.client_id}
        return f"{endpoint}?{urlencode(facts)}" if endpoint and id_token else ""

    @property
    def _wait(self) -> tuple[float, float]:
        return self.provider.wait_seconds, self.provider.wait_seconds

    def _client(self, redirect_uri: str) -> OAuth2Session:
        own = self.provider
        method = "client_secret_basic" if own.client_secret else "none"
        client = OAuth2Session(
            own.client_id, own.client_secret or None, scope=own.scopes, redirect_uri=redirect_uri,
            code_challenge_method="S256", token_endpoint_auth_method=method,
        )  # fmt: skip
        return self._closed(client)

    def _closed(self, client: requests.Session) -> requests.Session:
        """A client in which no proxy and no password of the environment has a part, and that trusts whom it should."""
        client.trust_env, client.verify = False, self.provider.ca or True
        return client

    def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        """What a token says that is signed for us. A key that we do not know may have been changed: asked once more."""
        rules = jwt.JWTClaimsRegistry(
            now=int(store.seconds()),
            leeway=self.provider.skew_seconds,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            try:
                claims = self._signed(id_token, self._key_set())
            except (JoseError, ValueError):
                claims = self._signed(id_token, self._key_set(anew=True))
            rules.validate(claims)
            parties = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
            if claims.get("azp", self.provider.client_id) != self.provider.client_id or len(parties) > 1 > (
                "azp" in claims
            ):
                raise ValueError("azp")
        except (JoseError, ValueError) as error:
            LOG.warning("provider's token refused: %s %s", type(error).__name__, getattr(error, "claim", ""))
            raise SignInRefused(
                f"{self.provider.name}的凭据无效或已过期，请重新登录；一直如此的，请核对两边的时钟"
            ) from None
        return claims

    @staticmethod
    def _signed(id_token: str, keys: KeySet) -> dict[str, Any]:
        return jwt.decode(id_token, keys, algorithms=list(ALGORITHMS)).claims

    def _endpoint(self, name: str) -> str:
        endpoint = self._known().get(name)
        if not isinstance(endpoint, str):
            raise SignInRefused(f"{self.provider.name}的配置缺少{name}，请联系管理员")
        return endpoint

    def _known(self) -> dict[str, Any]:
        """The provider's metadata, which must be of the very issuer that is configured."""
        with self._lock:
            if self._is_due("metadata", KEPT_SECONDS) or not self._metadata:
                found = self._get(self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
                if found.get("issuer") != self.provider.issuer:
                    raise SignInRefused(f"{self.provider.name}自称的issuer与配置不符，请联系管理员")
                self._metadata, self._asked["metadata"] = found, time.monotonic()
            return self._metadata

    def _key_set(self, anew: bool = False) -> KeySet:
        address = self._endpoint("jwks_uri")
        with self._lock:
            if self._keys is None or self._is_due("keys", AGAIN_SECONDS if anew else KEPT_SECONDS):
                try:
                    self._keys = KeySet.import_key_set(self._get(address))
                except (JoseError, ValueError, KeyError):
                    raise SignInRefused(f"{self.provider.name}的密钥无法读取，请联系管理员") from None
                self._asked["keys"] = time.monotonic()
            return self._keys

    def _is_due(self, what: str, seconds: float) -> bool:
        return time.monotonic() - self._asked.get(what, -seconds) >= seconds

    def _get(self, address: str) -> dict[str, Any]:
        try:
            with self._closed(requests.Session()) as client:
                answer = client.get(address, timeout=self._wait, allow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise self._down(error) from None
        if not isinstance(found, dict):
            raise SignInRefused(f"{self.provider.name}的答复不是应有的形式，请联系管理员")
        return found

    def _down(self, error: Exception) -> SignInRefused:
        LOG.warning("provider does not answer: %s", type(error).__name__)
        return SignInRefused(f"{self.provider.name}{DOWN}")


def strong_enough(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Whether a token says that its holder has signed in there as strongly, and by such means, as is configured."""
    means = claims.get("amr")
    by = {one for one in means if isinstance(one, str)} if isinstance(means, list) else set()
    return (not provider.acr or claims.get("acr") in provider.acr) and (not provider.amr or bool(by & {*provider.amr}))


def recent_enough(provider: Provider, claims: Mapping[str, Any], now: float) -> bool:
    """Whether a token says that its holder has signed in there no longer ago than is configured."""
    if not provider.max_age_minutes:
        return True
    at, earliest = claims.get("auth_time"), now - provider.max_age_minutes * MINUTE - provider.skew_seconds
    return isinstance(at, int | float) and at >= earliest
