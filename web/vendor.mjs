// Writes lyceum_web/static/vendor: `make vendor`. What is vendored is committed, so that nobody else needs Node.
//
// Libraries come from npm in the versions of package.json; several small ones become one file, because an
// import map would have to stand in the page, where the policy allows no script. VENDOR.json says what each
// file is made of, and a test compares the hashes.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const VENDOR = "lyceum_web/static/vendor";
const FONT = "@fontsource/frank-ruhl-libre";
// It has the signs of cantillation, which the other has not.
const TEXT_FONT = "@fontsource/noto-serif-hebrew";

const UI = `
export { render, Fragment } from "preact";
export { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { batch, computed, effect, signal } from "@preact/signals";
import { h } from "preact";
import htm from "htm";
export const html = htm.bind(h);
`;

await rm(VENDOR, { recursive: true, force: true });
await mkdir(`${VENDOR}/fonts`, { recursive: true });

const made = [];

async function bundle(file, source, packages) {
  await build({
    stdin: { contents: source, resolveDir: "." },
    bundle: true,
    format: "esm",
    legalComments: "none",
    minify: true,
    outfile: `${VENDOR}/${file}`,
    target: "es2022",
  });
  await note(file, packages);
}

async function copy(from, file, packages) {
  await copyFile(`node_modules/${from}`, `${VENDOR}/${file}`);
  await note(file, packages);
}

async function note(file, packages) {
  const sha256 = createHash("sha256").update(await readFile(`${VENDOR}/${file}`)).digest("hex");
  made.push({ file, sha256, packages: await Promise.all(packages.map(described)) });
}

async function described(name) {
  const { version, license } = JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8"));
  return { name, version, license };
}

await bundle("ui.js", UI, ["preact", "htm", "@preact/signals", "@preact/signals-core"]);
await bundle("leaflet.js", 'export * from "leaflet/dist/leaflet-src.esm.js";', ["leaflet"]);
await bundle("topojson.js", 'export { feature } from "topojson-client";', ["topojson-client"]);
await copy("leaflet/dist/leaflet.css", "leaflet.css", ["leaflet"]);
await copy("world-atlas/land-50m.json", "land-50m.json", ["world-atlas"]);
for (const script of ["latin", "hebrew"]) {
  const file = `frank-ruhl-libre-${script}-500-normal.woff2`;
  await copy(`${FONT}/files/${file}`, `fonts/${file}`, [FONT]);
}
const text = "noto-serif-hebrew-hebrew-400-normal.woff2";
await copy(`${TEXT_FONT}/files/${text}`, `fonts/${text}`, [TEXT_FONT]);
const { version } = JSON.parse(await readFile("node_modules/preact/package.json", "utf8"));
console.log(`vendored ${made.length} files, preact ${version}`);

for (const [name, file] of [
  ["preact", "LICENSE"], ["htm", "LICENSE"], ["@preact/signals", "LICENSE"], ["leaflet", "LICENSE"],
  ["topojson-client", "LICENSE"], ["world-atlas", "LICENSE"], [FONT, "LICENSE"], [TEXT_FONT, "LICENSE"],
]) {
  const short = name.split("/").at(-1);
  await mkdir(`${VENDOR}/licences`, { recursive: true });
  await copyFile(`node_modules/${name}/${file}`, `${VENDOR}/licences/${short}.txt`);
}
await writeFile(`${VENDOR}/VENDOR.json`, `${JSON.stringify(made, null, 2)}\n`);
