// What Slack's blocks look like, as one page: the blocks by slack-blocks-to-jsx, and around them what Slack draws.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { createElement as h } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Message } from "slack-blocks-to-jsx";

import { field } from "./fields.mjs";

/** No picture has this colour; all that has it is cut away. */
export const AROUND = "#ff00ff";
export const WIDTH = 480;

const NAME = "Team Leeds Chats";
const AT = new Date("2026-11-24T10:00:00Z");
const GREY = '<rect width="36" height="36" rx="8" fill="#c9c9cd"/>';
const SQUARE = `<svg xmlns="http://www.w3.org/2000/svg" width="36" height="36">${GREY}</svg>`;
const AVATAR = `data:image/svg+xml,${encodeURIComponent(SQUARE)}`;
const THEIR_STYLE = readFileSync(fileURLToPath(import.meta.resolve("slack-blocks-to-jsx/dist/style.css")), "utf8");
const OUR_STYLE = readFileSync(new URL("page.css", import.meta.url), "utf8");

const EYE = h(
  "svg",
  { width: 14, height: 14, viewBox: "0 0 20 20", fill: "none", stroke: "currentColor", strokeWidth: 1.6 },
  h("path", { d: "M1 10 Q10 0 19 10 Q10 20 1 10Z" }),
  h("circle", { cx: 10, cy: 10, r: 3 }),
);

/** The page with a golden file in the middle of nothing. */
export function pageOf({ kind, payload }) {
  if (!Object.hasOwn(SURFACES, kind)) throw new Error(`there is nothing of the kind ${kind} in Slack`);
  const body = renderToStaticMarkup(h("main", { className: kind }, ...SURFACES[kind](payload)));
  return `<!doctype html><meta charset="utf-8"><style>${THEIR_STYLE}${OUR_STYLE}</style>
<body style="background:${AROUND};width:${WIDTH}px">${body}`;
}

const SURFACES = {
  message: ({ text, blocks }) => [message(text, blocks)],
  ephemeral: ({ text, blocks }) => [h("p", { className: "alone" }, EYE, "Only visible to you"), message(text, blocks)],
  modal: ({ title, submit, close, blocks }) => [
    h("header", {}, h("b", {}, title.text), h("span", { className: "away" }, "×")),
    h("section", {}, ...bare(blocks)),
    h("footer", {}, close && button(close, "plain"), submit && button(submit, "main")),
  ],
  home: ({ blocks }) => [
    h("header", {}, h("img", { src: AVATAR, alt: "" }), h("b", {}, NAME), h("span", { className: "tab" }, "Home")),
    h("section", {}, ...bare(blocks)),
  ],
};

function message(text, blocks) {
  const shown = blocks?.length ? blocks : [{ type: "section", text: { type: "mrkdwn", text } }];
  return h(Message, { blocks: shown, name: NAME, logo: AVATAR, time: AT, data: names(shown) });
}

function button({ text }, kind) {
  return h("span", { className: `button ${kind}` }, text);
}

/** Blocks without a name and a face beside them; fields are ours to draw. */
function bare(blocks) {
  const all = { name: NAME, logo: AVATAR, time: AT, withoutWrapper: true, data: names(blocks) };
  return blocks.map((block) => (block.type === "input" ? field(block) : h(Message, { blocks: [block], ...all })));
}

/** People are called by their ids in our fixtures: U0ANA is Ana. */
function names(blocks) {
  const ids = new Set(JSON.stringify(blocks).match(/\b[UC]0[A-Z]+\b/g));
  const named = [...ids].map((id) => ({ id, name: id[2] + id.slice(3).toLowerCase() }));
  return { users: named, channels: named.map(({ id, name }) => ({ id, name: name.toLowerCase() })) };
}

