// Types of the API's calls, for all modules. `make web-types` writes api.d.ts out of the reference of the
// running platform.
import type { components, paths } from "./api";

type Content<R> = R extends { content: infer C } ? ("application/json" extends keyof C ? C["application/json"] : null) : null;
type Successes<R> = { [S in keyof R]: S extends 200 | 201 | 202 | 204 ? Content<R[S]> : never }[keyof R];
type OperationOf<P extends keyof paths, M extends string> = paths[P] extends Record<M, infer O> ? O : never;
type PartOf<O, N extends "path" | "query"> = O extends { parameters: { [K in N]?: infer V } } ? NonNullable<V> : never;

declare global {
  /** What the API calls its objects: `Schemas["StudySession"]`. */
  type Schemas = components["schemas"];

  /** The paths that have this method. */
  type ApiPath<M extends string> = {
    [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
  }[keyof paths];

  /** What is answered if nothing is refused; null where there is no body. */
  type ApiAnswer<P extends keyof paths, M extends string> =
    OperationOf<P, M> extends { responses: infer R } ? Successes<R> : never;

  /** What a call takes besides its path. */
  interface ApiOptions<P extends keyof paths, M extends string> {
    /** What stands in the braces of the path. */
    params?: { [K in keyof PartOf<OperationOf<P, M>, "path">]: string | number };
    /** Without what is null, undefined or empty. */
    query?: { [K in keyof PartOf<OperationOf<P, M>, "query">]?: unknown };
    body?: unknown;
    /** What is changed, as it was read: sent as `If-Match`. */
    of?: object;
    /** Makes a repetition of this call harmless: sent as `Idempotency-Key`. */
    key?: string;
    signal?: AbortSignal;
    /** Whether what the browser has kept will do. */
    cache?: RequestCache;
  }
}
