// The gateway's live events by socket.io: everybody gets what is published on a channel of Redis.
// node rooms.js PORT REDIS_URL CHANNEL
import { createServer } from "node:http";
import { createClient } from "redis";
import { Server } from "socket.io";

const [port, url, channel] = process.argv.slice(2);
const server = createServer();
const io = new Server(server, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => socket.join(channel));
const client = createClient({ url });
await client.connect();
await client.subscribe(channel, (message) => io.to(channel).emit("event", JSON.parse(message)));
server.listen(Number(port), "127.0.0.1", 4096);
