// @ts-check
/**
 * Calls the platform's API, as any client may: JSON over HTTP. What a call refuses is a problem document
 * (RFC 9457) and thrown as a `Problem`.
 *
 * Paths are those of the API reference, with their parameters in braces. The browser sends the sign-in as a cookie
 * that no script can read; a call that finds it expired has it renewed and is made again.
 */
import { takeEarly } from "./early.js";
import { isSignedIn, lastRenewal, renew, renewIfDue } from "./sign-in.js";

/** What the platform refused, or why it could not be asked (`status` 0). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, title?: string, detail?: string, errors?: FieldProblem[], ticket?: string }} document
   * @param {number} retryAfter seconds
   */
  constructor(status, document, retryAfter = 0) {
    super(document.detail || document.title || document.code);
    this.status = status;
    this.code = document.code || "offline";
    this.title = document.title || "";
    this.detail = document.detail || "";
    this.errors = document.errors || [];
    this.document = document;
    this.retryAfter = retryAfter;
  }

  /** Whether nothing was decided: the network or a service was away. */
  get isPassing() {
    return this.status === 0 || this.status >= 502;
  }
}

/** @typedef {{ pointer: string, detail: string }} FieldProblem */

/** The ETag of each object that was read. @type {WeakMap<object, string>} */
const tags = new WeakMap();

/**
 * @template {ApiPath<"get">} P
 * @param {P} path @param {ApiOptions<P, "get">} [options] @returns {Promise<ApiAnswer<P, "get">>}
 */
export const get = (path, options) => call("GET", path, options);

/**
 * @template {ApiPath<"post">} P
 * @param {P} path @param {ApiOptions<P, "post">} [options] @returns {Promise<ApiAnswer<P, "post">>}
 */
export const post = (path, options) => call("POST", path, { key: newKey(), ...options });

/**
 * @template {ApiPath<"put">} P
 * @param {P} path @param {ApiOptions<P, "put">} [options] @returns {Promise<ApiAnswer<P, "put">>}
 */
export const put = (path, options) => call("PUT", path, options);

/**
 * @template {ApiPath<"patch">} P
 * @param {P} path @param {ApiOptions<P, "patch">} [options] @returns {Promise<ApiAnswer<P, "patch">>}
 */
export const patch = (path, options) => call("PATCH", path, options);

/**
 * @template {ApiPath<"delete">} P
 * @param {P} path @param {ApiOptions<P, "delete">} [options] @returns {Promise<ApiAnswer<P, "delete">>}
 */
export const remove = (path, options) => call("DELETE", path, options);

/** A key for a call that may be repeated. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} method @param {string} path @param {any} [options] @returns {Promise<any>} */
async function call(method, path, options = {}) {
  await renewIfDue();
  const seen = lastRenewal();
  const response = await ask(method, path, options);
  if (response.status !== 401 || !isSignedIn() || !(await renew(seen))) return read(response);
  return read(await ask(method, path, options));
}

/** @param {string} method @param {string} path @param {any} options */
async function ask(method, path, { params, query, body, of, key, signal, cache }) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const tag = of && tags.get(of);
  if (tag) headers["If-Match"] = tag;
  const target = address(path, params, query);
  const early = method === "GET" && takeEarly(target);
  try {
    if (early) return await early;
    return await fetch(target, {
      method,
      headers,
      signal,
      cache,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, {});
  }
}

/** @param {import("./early.js").Answer} response */
async function read(response) {
  const text = await response.text();
  const content = parse(text);
  if (!response.ok) {
    throw new Problem(response.status, content || {}, Number(response.headers.get("Retry-After")));
  }
  const tag = response.headers.get("ETag");
  if (tag && content) tags.set(content, tag);
  return content;
}

/** @param {string} text */
function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/**
 * The address of a path with its parameters.
 * @param {string} path @param {Record<string, string | number>} [params] @param {Record<string, unknown>} [query]
 */
export function address(path, params = {}, query = {}) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name]));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  return search.size ? `${filled}?${search}` : filled;
}
