// Fields of a form as simple boxes: the library's own show browsers' controls, and not what stands in them.
import { createElement as h } from "react";

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** What stands in an element, and what stands there in grey as long as nothing does. */
const STANDING = {
  plain_text_input: ({ initial_value }) => [initial_value, ""],
  static_select: ({ initial_option }) => [initial_option?.text.text, "Choose one"],
  datepicker: ({ initial_date }) => [initial_date && DAY.format(new Date(initial_date)), "Select a date"],
  timepicker: ({ initial_time }) => [initial_time, "Select a time"],
  conversations_select: (element) => [here(element), "Select a conversation"],
  channels_select: ({ initial_channel }) => [initial_channel, "Select a channel"],
  users_select: ({ initial_user }) => [initial_user, "Select a person"],
};

function here({ initial_conversation, default_to_current_conversation: isHere }) {
  return initial_conversation ?? (isHere ? "# team" : undefined);
}

/** An input block. */
export function field({ label, element, optional, hint }) {
  return h(
    "div",
    { className: "field", key: label.text },
    h("b", {}, label.text, optional && h("small", {}, " (optional)")),
    element.options && element.type !== "static_select" ? choices(element) : box(element),
    hint && h("small", {}, hint.text),
  );
}

function choices({ type, options, initial_option: one, initial_options: several = [] }) {
  const chosen = new Set([one, ...several].map((option) => option?.value));
  const mark = (option) => `mark ${type} ${chosen.has(option.value) ? "chosen" : ""}`;
  return options.map((option) =>
    h("p", { key: option.value, className: "choice" }, h("span", { className: mark(option) }), option.text.text),
  );
}

function box(element) {
  const [standing, waiting] = STANDING[element.type](element);
  const isTyped = element.type === "plain_text_input";
  const shape = isTyped ? (element.multiline ? "tall" : "") : "opens";
  const text = standing || h("span", { className: "waiting" }, element.placeholder?.text ?? (waiting || "\u00a0"));
  return h("div", { className: `box ${shape}` }, text);
}
