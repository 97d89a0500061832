// npm emulate's Slack, brought nearer to Slack where it is further away than a bot can bear. What is still missing
// stands in tests/peers/emulator.py. Nothing public lets us, so we take hold of the bundled plugin's `register`.
import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { deliveries } from "./emulated_deliveries.mjs";

/** The bundled Slack: its plugin, and the way to its store. */
async function bundled() {
  const folder = dirname(fileURLToPath(import.meta.resolve("emulate")));
  for (const name of await readdir(folder)) {
    if (!/^dist-.*\.js$/.test(name)) continue;
    const path = join(folder, name);
    if ((await readFile(path, "utf8")).includes("slackPlugin")) return import(pathToFileURL(path));
  }
  throw new Error("emulate has no Slack in it");
}

/** Slack takes arguments from the address too, where slack_sdk puts some; the peer takes them from the body alone. */
function readAddresses(app) {
  const fetch = app.fetch;
  const answersGet = (path) => app.routeTable.some((route) => route.method === "GET" && route.path === path);
  app.fetch = async (request) => {
    const url = new URL(request.url);
    const isForm = !request.headers.get("content-type")?.includes("json");
    const isOdd = request.method === "GET" ? !answersGet(url.pathname) : isForm && url.search;
    if (!url.pathname.startsWith("/api/") || !isOdd) return fetch(request);
    const body = [request.method === "GET" ? "" : await request.text(), url.search.slice(1)].filter(Boolean).join("&");
    const headers = new Headers(request.headers);
    headers.set("content-type", "application/x-www-form-urlencoded");
    headers.delete("content-length");
    return fetch(new Request(url.origin + url.pathname, { method: "POST", body, headers }));
  };
}

/** Slack refuses tokens that it never gave; the peer takes them for its administrator's. */
function refuseUnknownTokens(app, data) {
  app.use("*", async (c, next) => {
    const token = c.req.header("authorization")?.match(/^Bearer\s+(.+)$/i)?.[1].trim();
    if (token && !data().tokens.findOneBy("token", token)) return c.json({ ok: false, error: "invalid_auth" });
    await next();
  });
}

/** Slack lets an app post only where it is a member; the peer lets it post in every public channel. */
function refuseOutsiders(app, data) {
  const post = app.post.bind(app);
  app.post = (path, ...handlers) => {
    if (!["/api/chat.postMessage", "/api/chat.postEphemeral"].includes(path)) return post(path, ...handlers);
    const guard = async (c, next) => {
      const body = await c.req.raw.clone().text();
      const isJson = c.req.header("content-type")?.includes("json");
      const asked = isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
      const channel = data().channels.findOneBy("channel_id", asked.channel ?? "");
      const user = c.get("authUser")?.login;
      if (channel && user && !channel.members.includes(user)) return c.json({ ok: false, error: "not_in_channel" });
      await next();
    };
    return post(path, guard, ...handlers);
  };
}

/** Something that happens now and then, and those who wait for it. `count` says how often it did. */
class Stirring {
  count = 0;
  #waiting = [];

  stir() {
    this.count += 1;
    for (const go of this.#waiting.splice(0)) go();
  }

  async after(count) {
    if (this.count <= count) await new Promise((go) => this.#waiting.push(go));
  }
}

/** What only a test may do: see all (once something happened after `count`), close a form, let a trigger expire. */
function answerTests(app, data, webhooks, stirring) {
  app.get("/glue/state/:count", async (c) => {
    await stirring.after(Number(c.req.param("count")));
    const { channels, messages, ephemeralMessages, views } = data();
    return c.json({
      count: stirring.count,
      channels: channels.all(),
      messages: messages.all(),
      whispers: ephemeralMessages.all(),
      views: views.all(),
      deliveries: webhooks.getDeliveries(),
    });
  });
  app.post("/glue/close/:view", (c) => {
    const view = data().views.findOneBy("view_id", c.req.param("view"));
    if (view) data().views.delete(view.id);
    return c.json({ ok: Boolean(view) });
  });
  app.post("/glue/expire/:trigger", (c) => {
    const trigger = data().viewTriggers.findOneBy("trigger_id", c.req.param("trigger"));
    data().viewTriggers.update(trigger.id, { expires_at: 0 });
    return c.json({ ok: true });
  });
}

/** A response_url: what is sent here is seen by one person. `:on` is the whisper that it may replace or take away. */
function answerLater(app, data) {
  let count = 900_000;
  app.post("/glue/responses/:channel/:user/:on", async (c) => {
    const { text = "", blocks, thread_ts, replace_original, delete_original } = await c.req.json();
    const { channel: channel_id, user: target_user, on } = c.req.param();
    const whispers = data().ephemeralMessages;
    const before = whispers.all().find((whisper) => whisper.ts === on);
    if (before && (replace_original || delete_original)) whispers.delete(before.id);
    if (delete_original) return c.text("ok");
    count += 1;
    const ts = `${Math.floor(Date.now() / 1000)}.${count}`;
    whispers.insert({ ts, channel_id, target_user, text, blocks, thread_ts, type: "message", reactions: [] });
    return c.text("ok");
  });
}

/** Slack to run as `asked`: a seed for the peer, and what to say once it runs. */
export async function slackOf(asked) {
  const { slackPlugin, getSlackStore } = await bundled();
  const { app: mine, people, channels } = asked;
  let data;

  const register = slackPlugin.register.bind(slackPlugin);
  slackPlugin.register = (app, store, webhooks, ...rest) => {
    data = () => getSlackStore(store);
    const stirring = new Stirring();
    app.use("*", async (c, next) => {
      await next();
      if (c.req.method === "POST") stirring.stir();
    });
    refuseUnknownTokens(app, data);
    refuseOutsiders(app, data);
    deliveries(webhooks, data, asked);
    register(app, store, webhooks, ...rest);
    readAddresses(app);
    answerLater(app, data);
    answerTests(app, data, webhooks, stirring);
    // Slack answers 200 to what it does not know.
    app.post("/api/:method", (c) => c.json({ ok: false, error: "unknown_method" }));
  };

  const seed = {
    team: { name: "Leeds", domain: "leeds" },
    users: people.map(({ name }) => ({ name: name.toLowerCase(), real_name: name })),
    channels: channels.map(({ name, is_private }) => ({ name, is_private })),
    oauth_apps: [{ ...mine, app_id: mine.id, redirect_uris: [asked.redirect_uri] }],
    tokens: [
      ...asked.bot_tokens.map(({ token, scopes }) => ({
        token,
        scopes,
        type: "bot",
        user_id: mine.bot_user_id,
        app_id: mine.id,
        client_id: mine.client_id,
        bot_id: mine.bot_id,
        bot_user_id: mine.bot_user_id,
      })),
      ...people.map(({ name, token, scopes }) => ({ token, scopes, type: "user", user: name.toLowerCase() })),
    ],
    signing_secret: asked.signing_secret,
    strict_scopes: true,
  };

  /** Put everybody where they belong, and say who and what is where. */
  function settle() {
    const idOf = (name) => data().users.findOneBy("name", name.toLowerCase()).user_id;
    const users = Object.fromEntries(people.map(({ name }) => [name, idOf(name)]));
    const rooms = {};
    for (const { name, has_bot } of channels) {
      const room = data().channels.findOneBy("name", name);
      rooms[name] = room.channel_id;
      const members = [...Object.values(users), ...(has_bot ? [mine.bot_user_id] : [])];
      data().channels.update(room.id, { members, num_members: members.length });
    }
    signBotsPosts(data(), mine);
    lengthenTriggers(data());
    return { team: data().teams.all()[0].team_id, users, channels: rooms };
  }
  return { seed, settle };
}

/** Slack says of an app's post which app it was; the peer says only which user. */
function signBotsPosts({ messages }, mine) {
  const insert = messages.insert.bind(messages);
  messages.insert = (message) =>
    insert(message.user === mine.bot_user_id ? { bot_id: mine.bot_id, app_id: mine.id, ...message } : message);
}

/** A trigger lives for Slack's 3 seconds at least; the peer counts whole seconds, and so 2 to 3. */
function lengthenTriggers({ viewTriggers }) {
  const insert = viewTriggers.insert.bind(viewTriggers);
  viewTriggers.insert = (trigger) => insert({ ...trigger, expires_at: trigger.expires_at + 1 });
}
