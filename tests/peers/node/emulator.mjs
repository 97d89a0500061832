// Runs npm emulate's Slack on a free loopback port until its standard input ends.
// The first line of standard input says with what (tests/peers/emulated_process.py); the first line printed, what runs.
import { once } from "node:events";
import { createInterface } from "node:readline";

import { createEmulator } from "emulate";

import { slackOf } from "./emulated_slack.mjs";

const lines = createInterface({ input: process.stdin });
lines.on("close", () => process.exit(0));
const [line] = await once(lines, "line");

const slack = await slackOf(JSON.parse(line));
const running = await createEmulator({ service: "slack", port: 0, hostname: "127.0.0.1", seed: { slack: slack.seed } });
console.log(JSON.stringify({ port: Number(new URL(running.url).port), ...slack.settle() }));
