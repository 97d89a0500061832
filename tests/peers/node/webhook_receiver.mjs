// A survey store behind a webhook, written with other people's code alone: npm standardwebhooks checks the signature,
// npm cloudevents reads the event (its check is made from CloudEvents' own schema), ajv holds it against our schemas.
// It listens on a free loopback port until its standard input ends. The first line of standard input says with what
// (tests/peers/test_webhook.py); the first line printed is the port, each further one what became of a request.
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";

import addFormats from "ajv-formats";
import Ajv2020 from "ajv/dist/2020.js";
import { HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";

const lines = createInterface({ input: process.stdin });
lines.on("close", () => process.exit(0));
const [line] = await once(lines, "line");
const { secret, schemas } = JSON.parse(line);

const ajv = addFormats(new Ajv2020({ strict: true, strictRequired: false }));
const ids = readdirSync(schemas).map((name) => {
  const schema = JSON.parse(readFileSync(join(schemas, name), "utf8"));
  ajv.addSchema(schema);
  return schema.$id;
});
for (const id of ids) ajv.getSchema(id);
const ours = ajv.getSchema(ids.find((id) => id.endsWith("/event/1")));

const signed = new Webhook(secret);
const kept = new Map();

function take(body, headers) {
  signed.verify(body, headers);
  const event = HTTP.toEvent({ headers, body: body.toString("utf8") });
  event.validate();
  if (!ours(JSON.parse(body))) throw new Error(ajv.errorsText(ours.errors));
  const before = kept.get(event.subject);
  if (before === undefined || before < event.sequence) kept.set(event.subject, event.sequence);
  return event;
}

const server = createServer(async (request, response) => {
  const body = await buffer(request);
  try {
    const { id, type, subject, time } = take(body, request.headers);
    console.log(JSON.stringify({ id, type, subject, time, highest: kept.get(subject) }));
    response.writeHead(204).end();
  } catch (refused) {
    const status = refused.name === "WebhookVerificationError" ? 401 : 422;
    console.log(JSON.stringify({ refused: refused.name, why: String(refused.message) }));
    response.writeHead(status).end();
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
