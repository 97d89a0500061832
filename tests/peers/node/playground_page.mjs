// The Playground's real page in Chromium: `node playground_page.mjs ADDRESS CHROMIUM`, and then a line of JSON for each
// thing to do, such as `{"do": "press", "label": "Begin"}`. Each is answered by a line: `{}`, what was asked for, or
// `{"wrong": …}`. It ends when its standard input does.
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";
import sharp from "sharp";

const PATIENCE_MS = 30_000;
const SMALL = { palette: true, colours: 32, dither: 0, effort: 10, compressionLevel: 9 };
const ALONE = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"];
const HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"; // it asks for fonts elsewhere

const [, , address, executablePath] = process.argv;
const browser = await chromium.launch({ executablePath, args: [...ALONE, HERE] });
const page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
page.setDefaultTimeout(PATIENCE_MS);
await page.goto(address);
await page.getByText(/installationUpdate 20\d/).first().waitFor(); // it opens the personal chat by itself

const boxes = () => page.locator('div[role="textbox"][contenteditable="true"]');
const button = (label) => page.getByRole("button", { name: label, exact: true });
const exactly = (text) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
const CHAT = { x: 331, y: 49, width: 838, height: 900 }; // of the window: neither its menus nor its log
const DRAWN = {
  thread: (text) => page.getByRole("group").filter({ hasText: exactly(text) }).first().screenshot(),
  card: (text) => page.locator(".ac-adaptiveCard").filter({ hasText: exactly(text) }).first().screenshot(),
  chat: () => page.screenshot({ clip: CHAT }),
};

/** Writes to the bot, by its name from the menu of names. */
async function type(box, text) {
  await box.click();
  await page.keyboard.type("@Team", { delay: 15 });
  await page.getByRole("menuitem", { name: /Team Leeds/ }).click();
  await page.keyboard.type(` ${text}`, { delay: 5 });
}

const DOES = {
  /** Opens a chat or a channel. */
  open: ({ name }) => page.getByRole("treeitem", { name, exact: true }).click(),
  /** Begins a thread with words to the bot. */
  async post({ text }) {
    await type(boxes().first(), text);
    await button("Post").click();
  },
  /** Says something to the bot in the newest thread, which stands on top. */
  async say({ text }) {
    await type(boxes().nth(1), text);
    await button("Send Message").first().click();
  },
  /** Presses a button of a card; of several, the one that stands last. */
  press: ({ label }) => button(label).last().click(),
  /** Waits until words can be seen, in capitals where they are. */
  sees: ({ text }) => page.getByText(exactly(text)).locator("visible=true").last().waitFor(),
  /** Everything that can be read. */
  text: async () => ({ text: await page.locator("body").innerText() }),
  /** Draws a thread or a card with words in it, or the chat that is open. */
  async picture({ file, of, text }) {
    await sharp(await DRAWN[of](text)).png(SMALL).toFile(file);
  },
};

console.log("{}");
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  try {
    console.log(JSON.stringify((await DOES[asked.do](asked)) ?? {}));
  } catch (error) {
    console.log(JSON.stringify({ wrong: String(error) }));
  }
}
await browser.close();
