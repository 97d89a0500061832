// Prints the JSON Schema (Draft 7) of blocks.ts: the same types give the same letters.
import { fileURLToPath } from "node:url";

import { createGenerator } from "ts-json-schema-generator";

const ROOTS = ["Blocks", "Home", "Modal"];

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The definitions that `roots` lead to, in alphabetical order. */
function reachable(definitions, roots) {
  const wanted = new Set();
  const waiting = [...roots];
  while (waiting.length > 0) {
    const name = waiting.pop();
    if (wanted.has(name)) continue;
    wanted.add(name);
    const refs = JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/([^"]+)"/g);
    waiting.push(...[...refs].map(([, ref]) => decodeURIComponent(ref)));
  }
  return Object.fromEntries([...wanted].sort().map((name) => [name, definitions[name]]));
}

const { $schema, definitions } = createGenerator({
  path: here("blocks.ts"),
  tsconfig: here("tsconfig.json"),
  type: "*",
  jsDoc: "none",
  sortProps: true,
  additionalProperties: false,
}).createSchema();

process.stdout.write(`${JSON.stringify({ $schema, definitions: reachable(definitions, ROOTS) }, null, 2)}\n`);
