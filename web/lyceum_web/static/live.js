// @ts-check
/**
 * What happens while the page is open: one stream of Server-Sent Events for the person and for all rooms that the
 * page shows. After a lost network it goes on where it was, and no event is lost or told twice.
 *
 * A tab that cannot be seen ends its stream after a while: a browser has few connections for one server.
 */
import { address } from "./api.js";
import { isSignedIn, lastRenewal, renew, renewIfDue } from "./sign-in.js";
import { signal } from "./vendor/ui.js";

/** @typedef {{ room: string, type: string, seq?: number, data?: any }} LiveEvent */
/** @typedef {(event: LiveEvent) => void} Listener */

export const OWN = "user";
const HIDDEN_FOR = 30_000; // milliseconds after which a hidden tab ends its stream
const SILENT_FOR = 40_000; // the gateway writes a comment every 15 seconds
const PAUSE = 500;
const LONGEST_PAUSE = 30_000;

/** Whether events arrive: `true`, or `false` while the connection is lost. */
export const isConnected = signal(true);

/** @type {Map<string, Set<Listener>>} */
const listeners = new Map();
/** The rooms of the present stream: others were not told of what happened before they were asked for. */
let told = new Set();
let lastEventId = "";
let failures = 0;
let stream = new AbortController();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let due;

/**
 * Hear what happens in a room, such as `study-session:ID`, or to the person (`OWN`). The type `reset` says that
 * something may have been missed: the room is to be read again. It also comes once the stream has begun.
 * @param {string} room @param {Listener} listener
 * @returns {() => void} ends it
 */
export function watch(room, listener) {
  const known = listeners.get(room);
  if (known) known.add(listener);
  else listeners.set(room, new Set([listener]));
  if (!known) restart();
  else if (told.has(room)) listener({ room, type: "reset" });
  return () => {
    const left = listeners.get(room);
    left?.delete(listener);
    if (left?.size) return;
    listeners.delete(room);
    restart();
  };
}

/** Open the stream for the rooms of now, in place of the former one. @param {number} [pause] */
function restart(pause = 0) {
  clearTimeout(due);
  due = setTimeout(open, pause);
}

async function open() {
  stream.abort();
  const ours = (stream = new AbortController());
  if (!listeners.size || !isSignedIn() || document.hidden) return;
  try {
    await follow(ours);
    restart(PAUSE);
  } catch {
    // Another stream has taken its place, or the tab is hidden.
    if (stream !== ours || document.hidden) return;
    failures += 1;
    // One failure alone is no reason to alarm anyone.
    isConnected.value = failures === 1;
    restart(Math.min(LONGEST_PAUSE, PAUSE * 2 ** failures) * (0.5 + Math.random() / 2));
  }
}

/** Read the stream until it ends. @param {AbortController} ours */
async function follow(ours) {
  const rooms = [...listeners.keys()].filter((room) => room !== OWN);
  if (rooms.length > 0 !== lastEventId.startsWith(".")) startOver();
  await renewIfDue();
  const seen = lastRenewal();
  const response = await fetch(address("/api/events", {}, { rooms: rooms.join(",") }), {
    headers: { Accept: "text/event-stream", ...(lastEventId && { "Last-Event-ID": lastEventId }) },
    signal: ours.signal,
  });
  if (response.status === 401 && (await renew(seen))) return;
  if (!response.ok || !response.body) {
    await refused(response);
    return;
  }
  failures = 0;
  isConnected.value = true;
  const before = told;
  told = new Set([OWN, ...rooms]);
  for (const room of told) if (!before.has(room)) tell({ room, type: "reset" });
  await read(response.body, ours);
}

/** Ids of a stream with rooms have another form than those of the person's alone, and cannot go on with it. */
function startOver() {
  lastEventId = "";
  told = new Set();
}

/** The platform says no: because of a room that the person may not watch, or for now. @param {Response} response */
async function refused(response) {
  const problem = await response.json().catch(() => ({}));
  if (response.status === 422) startOver();
  if (!listeners.has(problem.room)) throw new Error(problem.code);
  leave(problem.room);
}

/** @param {ReadableStream<Uint8Array>} body @param {AbortController} ours */
async function read(body, ours) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const silence = setTimeout(() => ours.abort(), SILENT_FOR);
    const { done, value } = await reader.read().finally(() => clearTimeout(silence));
    if (done) return;
    const frames = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = frames.pop() || "";
    for (const frame of frames) take(frame);
  }
}

/** One frame, as https://html.spec.whatwg.org/#server-sent-events has it. @param {string} frame */
function take(frame) {
  let type = "message";
  let data = "";
  for (const line of frame.split("\n")) {
    if (line.startsWith("id: ")) lastEventId = line.slice(4);
    else if (line.startsWith("event: ")) type = line.slice(7);
    else if (line.startsWith("data: ")) data += line.slice(6);
  }
  if (!data || type === "rooms") return;
  const event = JSON.parse(data);
  if (type === "end") return;
  if (type === "room_end") leave(event.room);
  else tell({ room: OWN, ...event, type });
}

/** The person may not watch the room any longer. @param {string} room */
function leave(room) {
  tell({ room, type: "left" });
  listeners.delete(room);
}

/** @param {LiveEvent} event */
function tell(event) {
  const room = event.room.startsWith("user:") ? OWN : event.room;
  for (const listener of listeners.get(room) || []) listener({ ...event, room });
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(due);
  if (document.hidden) due = setTimeout(() => stream.abort(), HIDDEN_FOR);
  else restart();
});
addEventListener("online", () => restart());
addEventListener("offline", () => {
  isConnected.value = false;
});
