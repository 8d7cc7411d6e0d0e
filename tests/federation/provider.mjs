// A real OpenID Connect provider with two people, for tests. Prints its address as soon as it answers.
//
// What it is told comes as one JSON argument: { redirect_uris, client_secret, second_client }.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const told = JSON.parse(process.argv[2] ?? "{}");
const people = {
  hana: {
    sub: "hana", name: "佐藤 花", email: "hana@u-example.ac.jp", preferred_username: "Hana.Sato",
    eduperson_scoped_affiliation: ["faculty@u-example.ac.jp", "member@u-example.ac.jp"], groups: ["xrd-users", "others"],
  },
  ken: { sub: "ken", name: "Ken", email: "ken@corp.example", preferred_username: "ken", hd: "corp.example", groups: [] },
};

// Taken first, so that the address is known before the provider is made.
const server = createServer((request, response) => handle(request, response));
let handle = (_, response) => response.writeHead(503).end();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://127.0.0.1:${server.address().port}`;

const client = (id) => ({
  client_id: id,
  client_secret: told.client_secret ?? "a secret of the tests: + / %",
  redirect_uris: told.redirect_uris ?? ["http://127.0.0.1:8420/login/with/test/done"],
  grant_types: ["authorization_code"],
  response_types: ["code"],
});
const provider = new Provider(issuer, {
  clients: [client("kiban"), client("another-platform")],
  pkce: { required: () => true },
  claims: {
    openid: ["sub"],
    profile: ["name", "preferred_username", "eduperson_scoped_affiliation", "hd", "groups"],
    email: ["email"],
  },
  findAccount: (_, id) => people[id] && { accountId: id, claims: () => people[id] },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ["only for tests"] },
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
});
handle = provider.callback();
console.log(JSON.stringify({ issuer }));
