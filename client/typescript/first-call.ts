// The first calls of a client in TypeScript: find study sessions nearby, open a course.

import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

// An operation may also answer in another media type, such as GeoJSON. This client reads JSON alone.
type Json = "application/json" | "application/problem+json";

const lyceum = createClient<paths, Json>({ baseUrl: "http://127.0.0.1:8080" });

const { data, error } = await lyceum.GET("/api/study-sessions", {
  params: { query: { lat: 31.778, lng: 35.235 } },
});
if (error) throw new Error(`${error.code}: ${error.title}`);
const titles: string[] = data.items.map((session) => session.title);
console.log(titles);

// @ts-expect-error  There is no such field.
console.log(data.items.map((session) => session.titel));

// Fields that have a default may be left out.
await lyceum.POST("/api/courses", { body: { title: "Evening Hebrew" } });
