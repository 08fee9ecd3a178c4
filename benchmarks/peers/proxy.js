// The gateway's work by fastify: checks the token, and passes requests on by the prefix of their path.
// node proxy.js PORT PUBLIC_KEY_FILE PREFIX=PORT...
import { readFileSync } from "node:fs";
import jwt from "@fastify/jwt";
import proxy from "@fastify/http-proxy";
import fastify from "fastify";

const [port, key, ...routes] = process.argv.slice(2);
const app = fastify();
app.register(jwt, {
  secret: { public: readFileSync(key) },
  verify: { algorithms: ["ES256"], cache: true },
});
app.addHook("onRequest", (request) => request.jwtVerify());
for (const route of routes) {
  const [prefix, upstream] = route.split("=");
  app.register(proxy, { upstream: `http://127.0.0.1:${upstream}`, prefix, rewritePrefix: prefix });
}
await app.listen({ port: Number(port), host: "127.0.0.1" });
