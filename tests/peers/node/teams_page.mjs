// What a card looks like in Teams, as one page: the card by adaptivecards, and around it what Teams draws.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { AROUND, WIDTH } from "./page.mjs";

const CARDS = readFileSync(fileURLToPath(import.meta.resolve("adaptivecards/dist/adaptivecards.min.js")), "utf8");
const STYLE = readFileSync(new URL("teams_page.css", import.meta.url), "utf8");
const NAME = "Team Leeds Chats";

const colour = (plain, subtle = plain) => ({ default: plain, subtle });
const inks = {
  default: colour("#242424", "#616161"),
  accent: colour("#4f52b2"),
  attention: colour("#c4314b"),
  good: colour("#237b4b"),
  warning: colour("#835c00"),
};

/** As near to Teams' own as can be told from its documentation. */
const HOST = {
  fontFamily: 'Lato, "Noto Color Emoji", sans-serif',
  fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
  fontWeights: { lighter: 200, default: 400, bolder: 600 },
  lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
  spacing: { small: 8, default: 12, medium: 20, large: 30, extraLarge: 40, padding: 12 },
  separator: { lineThickness: 1, lineColor: "#e0e0e0" },
  containerStyles: {
    default: { backgroundColor: "#ffffff", foregroundColors: inks },
    emphasis: { backgroundColor: "#f5f5f5", foregroundColors: inks },
  },
  actions: {
    maxActions: 6,
    spacing: "default",
    buttonSpacing: 8,
    actionsOrientation: "horizontal",
    actionAlignment: "left",
    showCard: { actionMode: "inline", inlineTopMargin: 12 },
  },
  inputs: { label: { inputSpacing: "small", requiredInputs: { weight: "bolder", suffix: " *" }, optionalInputs: { weight: "bolder" } } },
  supportsInteractivity: true,
};

/** Whether a golden file shows something of Teams. */
export const isTeams = ({ kind }) => Object.hasOwn(SURFACES, kind);

/** The page with a golden file in the middle of nothing. Chromium draws the card in it. */
export function teamsPageOf({ kind, payload }) {
  const { around, card } = SURFACES[kind](payload);
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
<body style="background:${AROUND};width:${WIDTH}px"><main class="${kind}">${around}<div id="card"></div></main>
<script>${CARDS}</script>
<script>
const card = new AdaptiveCards.AdaptiveCard();
card.hostConfig = new AdaptiveCards.HostConfig(${told(HOST)});
card.parse(${told(card)});
document.getElementById("card").append(card.render());
</script>`;
}

const SURFACES = {
  activity: ({ attachments }) => ({
    around: `<header><i></i><b>${NAME}</b><span>10:00</span></header>`,
    card: attachments[0].content,
  }),
  dialog: ({ task: { value } }) => ({
    around: `<header><i></i><b>${safe(value.title)}</b><span class="away">×</span></header>`,
    card: value.card.content,
  }),
};

/** A value inside a script. */
function told(value) {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function safe(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
