// Draws golden files: `node draw.mjs FOLDER_OF_PICTURES GOLDEN.json …`. Prints what it drew, a line of JSON for each.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import sharp from "sharp";

import { AROUND, WIDTH, pageOf } from "./page.mjs";
import { isTeams, teamsPageOf } from "./teams_page.mjs";

const TALLEST = 8_000;
const MOST_BYTES = 25_000;
const COLOURS = [32, 16, 8];
const SMALL = { palette: true, dither: 0, effort: 10, compressionLevel: 9 };
const PATIENCE_MS = 60_000;

/** A picture of `page` in the size of a window, by Chromium without a network. */
async function screenshot(page, folder) {
  const [address, picture] = [join(folder, "page.html"), join(folder, "page.png")];
  await writeFile(address, page);
  const chromium = spawn(
    "chromium",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--hide-scrollbars",
      "--force-device-scale-factor=1",
      "--host-resolver-rules=MAP * ~NOTFOUND",
      `--user-data-dir=${join(folder, "profile")}`,
      `--window-size=${WIDTH},${TALLEST}`,
      `--screenshot=${picture}`,
      `file://${address}`,
    ],
    { stdio: ["ignore", "ignore", "pipe"], timeout: PATIENCE_MS, killSignal: "SIGKILL" },
  );
  const said = [];
  chromium.stderr.on("data", (chunk) => said.push(chunk));
  const [code] = await once(chromium, "close");
  if (code !== 0) throw new Error(`Chromium failed:\n${Buffer.concat(said)}`);
  return readFile(picture);
}

/** `picture` without what is around it, in as few colours as keep it small. */
async function cropped(picture) {
  const inside = await sharp(picture).flatten().trim({ background: AROUND, threshold: 1 }).toBuffer();
  const { height } = await sharp(inside).metadata();
  if (height === TALLEST) throw new Error("this is taller than any picture");
  let smaller;
  for (const colours of COLOURS) {
    smaller = await sharp(inside).png({ ...SMALL, colours }).toBuffer();
    if (smaller.length <= MOST_BYTES) break;
  }
  return smaller;
}

/** What can be said of a picture; `range` is how far apart its lightest and its darkest point are, of 255. */
async function described(name, picture) {
  const { width, height } = await sharp(picture).metadata();
  const { channels } = await sharp(picture).stats();
  return { name, width, height, bytes: picture.length, range: Math.max(...channels.map(({ max, min }) => max - min)) };
}

async function draw(golden, pictures) {
  const folder = await mkdtemp(join(tmpdir(), "team-leeds-picture-"));
  try {
    const laid = JSON.parse(await readFile(golden, "utf8"));
    const page = isTeams(laid) ? teamsPageOf(laid) : pageOf(laid);
    const picture = await cropped(await screenshot(page, folder));
    const name = basename(golden, ".json");
    await writeFile(join(pictures, `${name}.png`), picture);
    return described(name, picture);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const [pictures, ...goldens] = process.argv.slice(2);
await mkdir(pictures, { recursive: true });
for (const golden of goldens) console.log(JSON.stringify(await draw(golden, pictures)));
