// What the peer sends to the app, made what Slack sends: only what the app subscribed to, from channels that it is in,
// with the fields that tell who and where; a mention twice.
import { randomUUID } from "node:crypto";

const PUBLIC = { name: "channel", kind: "message.channels" };
const PRIVATE = { name: "group", kind: "message.groups" };

/** Let `webhooks` send to the app that is `asked` for. */
export function deliveries(webhooks, data, asked) {
  const { app, events_url, subscriptions } = asked;
  const send = webhooks.dispatch.bind(webhooks);

  /** The events that the app is sent for one of the peer's. */
  function wanted(event) {
    if (event.type === "member_left_channel" && event.user === app.bot_user_id) {
      const type = event.channel_type === "G" ? "group_left" : "channel_left";
      return subscriptions.includes(type) ? [{ type, channel: event.channel }] : [];
    }
    const channel = data().channels.findOneBy("channel_id", event.channel ?? event.item?.channel ?? "");
    if (!channel?.members.includes(app.bot_user_id)) return [];
    const type = channel.is_private ? PRIVATE : PUBLIC;
    const told = { ...event, team: channel.team_id, event_ts: event.event_ts ?? event.ts };
    if (event.type !== "message") return subscriptions.includes(event.type) ? [told] : [];
    const roots = data().messages.findBy("ts", event.thread_ts ?? "");
    const parent = roots.find((post) => post.channel_id === event.channel);
    if (parent && parent.ts !== event.ts) told.parent_user_id = parent.user;
    const events = [{ ...told, type: "message", channel_type: type.name, kind: type.kind }];
    const isMention = !event.subtype && !event.bot_id && event.text.includes(`<@${app.bot_user_id}>`);
    if (isMention) events.push({ ...told, type: "app_mention", kind: "app_mention" });
    return events.filter(({ kind }) => subscriptions.includes(kind)).map(({ kind: _, ...rest }) => rest);
  }

  function envelope(payload, event) {
    return {
      ...payload,
      token: "deprecated",
      api_app_id: app.id,
      event,
      event_id: `Ev${randomUUID().replaceAll("-", "").toUpperCase()}`,
      authorizations: [
        {
          enterprise_id: null,
          team_id: payload.team_id,
          user_id: app.bot_user_id,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
    };
  }

  webhooks.register({ url: events_url, events: ["*"], active: true, owner: "slack" });
  webhooks.dispatch = async (type, action, payload, owner) => {
    const sent = wanted(payload.event).map((event) => send(type, action, envelope(payload, event), owner));
    // People's words are answered by the app before `say` comes back; the app's own posts wait for nobody.
    if ((payload.event.message ?? payload.event).user !== app.bot_user_id) await Promise.all(sent);
  };
}
