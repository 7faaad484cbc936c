// Builds the page into src/slangrag/serve/page, or with --check says whether what lies there is current and small.
//
// The build is committed, so that users need no Node. build.json holds a sha256 over the sources: a Python test
// compares it and so notices a forgotten build without Node (tests/unit/test_page_build.py computes it the same way).

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const WEB = dirname(fileURLToPath(import.meta.url));
const PAGE = join(WEB, "..", "src", "slangrag", "serve", "page");
const LIMIT = 60_000; // bytes, gzip, all files together

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
    one.isDirectory() ? filesBelow(join(folder, one.name)) : [join(folder, one.name)],
  );
}

function sourcesHash() {
  const files = ["build.mjs", "package.json", "package-lock.json", "tsconfig.json"].map((name) => join(WEB, name));
  files.push(...filesBelow(join(WEB, "src")), ...filesBelow(join(WEB, "static")));
  const named = files.map((file) => [relative(WEB, file).split("\\").join("/"), file]);
  named.sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash("sha256");
  for (const [name, file] of named) {
    hash.update(`${name}\0${readFileSync(file, "utf8").replaceAll("\r\n", "\n")}\0`);
  }
  return hash.digest("hex");
}

function licence() {
  // Preact's files carry no licence comment of their own; the MIT licence wants its text kept.
  const folder = join(WEB, "node_modules", "preact");
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `/*! preact ${version}\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n*/`;
}

async function built() {
  const shared = { bundle: true, minify: true, write: false, legalComments: "inline", charset: "utf8", target: "es2022" };
  const [js, css] = await Promise.all([
    build({ ...shared, entryPoints: [join(WEB, "src/main.tsx")], format: "iife", banner: { js: licence() } }),
    build({ ...shared, entryPoints: [join(WEB, "src/styles/app.css")], target: ["chrome123", "firefox120", "safari17.5"] }),
  ]);
  return {
    "app.js": js.outputFiles[0].text,
    "app.css": css.outputFiles[0].text,
    "index.html": readFileSync(join(WEB, "static/index.html"), "utf8"),
    "icon.svg": readFileSync(join(WEB, "static/icon.svg"), "utf8"),
    "build.json": `${JSON.stringify({ sources: sourcesHash() })}\n`,
  };
}

const files = await built();
let total = 0;
for (const [name, text] of Object.entries(files)) {
  const size = gzipSync(text, { level: 9 }).length;
  total += size;
  console.log(`${name.padEnd(12)}${String(size).padStart(7)} bytes compressed`);
}
console.log(`${"together".padEnd(12)}${String(total).padStart(7)} of ${LIMIT}`);
const problems = total > LIMIT ? [`the page is larger than ${LIMIT} bytes`] : [];
if (process.argv.includes("--check")) {
  for (const [name, text] of Object.entries(files)) {
    const at = join(PAGE, name);
    if (!existsSync(at) || readFileSync(at, "utf8") !== text) problems.push(`${name} is not current: npm run build`);
  }
} else {
  mkdirSync(PAGE, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(PAGE, name), text);
}
for (const one of problems) console.error(one);
process.exitCode = problems.length ? 1 : 0;
