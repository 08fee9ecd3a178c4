// The gateway's dashboard by fastify: checks the token, asks for all parts at once, and joins the answers.
// node dashboard.js PORT PUBLIC_KEY_FILE NAME=ADDRESS...
import { readFileSync } from "node:fs";
import jwt from "@fastify/jwt";
import fastify from "fastify";
import { Agent, request as ask } from "undici";

const [port, key, ...parts] = process.argv.slice(2);
const dispatcher = new Agent({ connections: 64 });
const app = fastify();
app.register(jwt, {
  secret: { public: readFileSync(key) },
  verify: { algorithms: ["ES256"], cache: true },
});
app.addHook("onRequest", (request) => request.jwtVerify());

async function part(text, headers) {
  const split = text.indexOf("=");
  const answer = await ask(text.slice(split + 1), { dispatcher, headers });
  if (answer.statusCode !== 200) throw new Error(`${text} answered ${answer.statusCode}`);
  return [text.slice(0, split), await answer.body.json()];
}

app.get("/api/dashboard", async (request) => {
  const headers = { authorization: request.headers.authorization };
  return Object.fromEntries(await Promise.all(parts.map((text) => part(text, headers))));
});
await app.listen({ port: Number(port), host: "127.0.0.1" });
