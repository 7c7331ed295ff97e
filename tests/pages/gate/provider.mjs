// A certified OpenID provider on this machine, for tests: `node provider.mjs REDIRECT_URI GONE_URI [ISSUER PORT]`; says
// its address. With the last two it stands behind a proxy that speaks TLS for it under that name.
// Who signs in types any name and any password. POST /test/keys gives it other keys, as providers do now and then.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [redirect, gone, named, port] = process.argv.slice(2);
let issuer, provider, made = 0;

const key = () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid: `key-${++made}`, use: "sig", alg: "ES256" };
};

const provide = () => {
  const made = new Provider(issuer, {
    clients: [{
      client_id: "pilot", client_secret: "pilot-secret-of-the-tests", redirect_uris: [redirect],
      post_logout_redirect_uris: [gone], id_token_signed_response_alg: "ES256",
    }],
    jwks: { keys: [key()] },
    cookies: { keys: ["of the tests"] },
    claims: { openid: ["sub"] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    ttl: { IdToken: 300, AccessToken: 300, AuthorizationCode: 60, Grant: 600, Interaction: 600, Session: 600 },
  });
  made.proxy = Boolean(named);
  made.on("server_error", (_, error) => console.error(error));
  return made;
};

const server = createServer((request, response) => {
  if (request.url === "/test/keys") {
    provider = provide();
    response.end();
    return;
  }
  provider.callback()(request, response);
});
server.listen(Number(port ?? 0), "127.0.0.1", () => {
  issuer = named ?? `http://127.0.0.1:${server.address().port}`;
  provider = provide();
  console.log(issuer);
});
