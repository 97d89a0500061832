"""People in the stand-in talk, press, fill in and command as they do in Slack, and the bot hears of it as there."""

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from tests.peers.slack_founding import QUIET, SHARED, TEAM
from tests.peers.slack_stage import Heard, Stage, actions, button, field_of, form, section, slack_stage
from tests.peers.slack_things import SCOPES, Json


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with slack_stage() as made:
        yield made


def _events(stage: Stage) -> list[Json]:
    return [json.loads(heard.body)["event"] for heard in stage.ear.heard]


def _payload(heard: Heard) -> Json:
    payload: Json = json.loads(parse_qs(heard.body.decode())["payload"][0])
    return payload


async def _pulled(stage: Stage, user: str, label: str) -> str:
    """Have a person press a button; gives the trigger."""
    return str((await stage.peer.press(user, label)).deliveries[0].payload["trigger_id"])


async def _opened(stage: Stage, view: Json | None = None, user: str = "Ana") -> Json:
    """Have a person press a button, and the bot open a form for them."""
    await stage.post(blocks=[actions(button("Open"))])
    done = await stage.peer.press(user, "Open", "team")
    trigger = done.deliveries[0].payload["trigger_id"]
    answer = await stage.client.views_open(trigger_id=trigger, view=view or form(field_of("Words", block_id="w")))
    opened: Json = answer["view"]
    return opened


async def test_a_message_is_told_as_slack_tells_it(stage: Stage) -> None:
    """Escaped, with links marked, in rich text, and under which post."""
    ts = await stage.post()
    done = await stage.peer.say("Ana", "team", f"{stage.peer.mention} <b> https://example.org & @here", ts)

    message, mention = sorted(_events(stage), key=lambda event: str(event["type"]), reverse=True)
    assert message["text"] == "<@U0BOT1> &lt;b&gt; <https://example.org> &amp; <!here>"
    assert (message["thread_ts"], message["parent_user_id"]) == (ts, "U0BOT1")
    assert (message["user"], message["team"], message["channel_type"]) == ("U0ANA", "T1", "channel")
    assert message["blocks"][0]["elements"][0]["elements"][0]["text"].endswith("<b> https://example.org & @here")
    assert (mention["type"], mention["ts"]) == ("app_mention", message["ts"] == done.ts and done.ts)
    assert "channel_type" not in mention


KINDS: dict[str, tuple[str, str | None]] = {
    "a file": ("files", "file_share"),
    "a broadcast": ("broadcast", "thread_broadcast"),
    "another bot": ("bot", "bot_message"),
    "another bot with a user": ("modern", None),
}


@pytest.mark.parametrize(("what", "subtype"), KINDS.values(), ids=KINDS)
async def test_messages_of_other_kinds_say_so(stage: Stage, what: str, subtype: str | None) -> None:
    """By their subtype, or by whose bot it is."""
    ts = await stage.post()
    match what:
        case "files":
            await stage.peer.say("Ana", "team", "", ts, files=True)
        case "broadcast":
            await stage.peer.broadcast("Ana", "team", "hello", ts)
        case _:
            await stage.peer.other_bot_says("team", "hello", ts, is_modern=what == "modern")

    (event,) = _events(stage)
    assert event.get("subtype") == subtype
    assert ("bot_id" in event) == (what in {"bot", "modern"})
    assert ("files" in event) == (what == "files")
    assert event["thread_ts"] == ts


async def test_coming_in_is_told(stage: Stage) -> None:
    """As a message that everybody sees, and as an event of its own; of the bot too."""
    stage.peer.world.channel("quiet").members.discard("U0DEV")
    await stage.peer.join("Dev", "quiet")
    await stage.peer.invite_bot("without", by="Ben")

    told = {(event["type"], event.get("subtype"), event["user"]) for event in _events(stage)}
    assert told == {
        ("message", "group_join", "U0DEV"),
        ("member_joined_channel", None, "U0DEV"),
        ("message", "channel_join", "U0BOT1"),
        ("member_joined_channel", None, "U0BOT1"),
    }
    assert [event.get("inviter") for event in _events(stage) if event["user"] == "U0BOT1"].count("U0BEN") == 1


async def test_an_edit_and_a_preview_change_a_message(stage: Stage) -> None:
    """An edit says who and when; a preview is no edit."""
    ts = await stage.post()
    said = await stage.peer.say("Ana", "team", "one", ts)
    await stage.peer.edit("Ana", "team", said.ts, "two")
    await stage.peer.unfurl("team", said.ts)

    _, edit, unfurl = _events(stage)
    assert edit["subtype"] == unfurl["subtype"] == "message_changed"
    assert (edit["previous_message"]["text"], edit["message"]["text"]) == ("one", "two")
    assert edit["message"]["edited"]["user"] == "U0ANA"
    assert float(edit["event_ts"]) > float(edit["message"]["edited"]["ts"]) > float(said.ts)
    assert unfurl["message"]["edited"] == edit["message"]["edited"]
    assert unfurl["message"]["text"] == unfurl["previous_message"]["text"]
    assert "attachments" in unfurl["message"]
    assert "attachments" not in unfurl["previous_message"]


async def test_a_deletion_is_told_and_leaves_a_stone_over_a_thread(stage: Stage) -> None:
    """A reply is just gone."""
    parent = (await stage.peer.say("Ana", "team", "Lunch?")).ts
    reply = (await stage.peer.say("Ben", "team", "Yes", parent)).ts
    await stage.peer.delete("Ana", "team", parent)
    await stage.peer.delete("Ben", "team", reply)

    stone, gone = _events(stage)[2:]
    assert (stone["subtype"], stone["message"]["subtype"]) == ("message_changed", "tombstone")
    assert (gone["subtype"], gone["deleted_ts"], gone["previous_message"]["user"]) == (
        "message_deleted",
        reply,
        "U0BEN",
    )
    assert stage.peer.thread("team", parent) == []


IMPOSSIBLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "to talk where one is not": ("say", ("Stranger", "team", "hello")),
    "to talk in an archived channel": ("say", ("Ana", "old", "hello")),
    "to talk in a thread that is none": ("say", ("Ana", "team", "hello", "1.2")),
    "to command where one is not": ("command", ("Stranger", "team", "help")),
    "to press what is not there": ("press", ("Ana", "Begin")),
    "to send a form that is not there": ("submit", ("Ana",)),
    "to close a form that is not there": ("close_view", ("Ana",)),
}


@pytest.mark.parametrize(("what", "arguments"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
async def test_what_nobody_can_do_in_slack_nobody_can_do_here(
    stage: Stage, what: str, arguments: tuple[str, ...]
) -> None:
    """A test that tries is wrong."""
    with pytest.raises(AssertionError):
        await getattr(stage.peer, what)(*arguments)


async def test_people_change_their_own_messages_only(stage: Stage) -> None:
    """As in Slack."""
    said = await stage.peer.say("Ana", "team", "hello")

    with pytest.raises(AssertionError, match="their own"):
        await stage.peer.edit("Ben", "team", said.ts, "bye")
    with pytest.raises(AssertionError, match="their own"):
        await stage.peer.delete("Ben", "team", said.ts)


async def test_a_command_is_told_and_answered_in_private(stage: Stage) -> None:
    """As a form; the answer is for that person alone, as text or as blocks."""
    stage.ear.will_answer({"text": "Help", "blocks": [section("All of it")]})
    await stage.peer.command("Ana", "quiet", "help me")

    told = {key: value[0] for key, value in parse_qs(stage.ear.heard[0].body.decode()).items()}
    assert (told["command"], told["text"], told["user_id"]) == ("/teamleeds", "help me", "U0ANA")
    assert (told["team_id"], told["channel_id"], told["channel_name"]) == ("T1", QUIET, "privategroup")
    assert told["is_enterprise_install"] == "false"
    assert stage.peer.whispers("Ana") == ["All of it"]
    assert stage.rules == []


async def test_slack_refuses_some_commands_itself(stage: Stage) -> None:
    """In a thread, an unknown one, and a stranger's: the bot hears nothing, the person does."""
    ts = await stage.post()
    await stage.peer.command("Ana", "team", "help", thread_ts=ts)
    await stage.peer.command("Ana", "team", name="/other")
    await stage.peer.command("Stranger", "shared", "help")

    assert stage.ear.heard == []
    assert "not supported in threads" in stage.peer.alone("Ana")[0]
    assert "not a valid command" in stage.peer.alone("Ana")[1]
    assert "not a valid command" in stage.peer.alone("Stranger")[0]


async def test_a_command_in_an_organisation_names_it(stage: Stage) -> None:
    """As Slack does on a grid."""
    stage.peer.add_workspace("T3", "North", ("Northerner",), enterprise="E1")
    stage.peer.install(stage.peer.app, "T3", is_org_wide=True)
    stage.peer.add_channel("northern", "T3")
    done = await stage.peer.command("Northerner", "northern")

    assert done.deliveries[0].payload["enterprise_id"] == "E1"
    assert done.deliveries[0].payload["is_enterprise_install"] == "true"


async def test_people_talk_to_the_bot_alone(stage: Stage) -> None:
    """The app hears of it only if it asked to; there is no mention in it."""
    direct = stage.peer.direct("Ana")
    assert (await stage.peer.say("Ana", direct, stage.peer.mention)).deliveries == ()
    stage.peer.app.events |= {"message.im"}
    stage.peer.narrow(SCOPES | {"im:history"})

    (delivery,) = (await stage.peer.say("Ana", direct, stage.peer.mention)).deliveries

    assert delivery.payload["event"]["channel_type"] == "im"


async def test_a_command_that_fails_is_seen_to_fail(stage: Stage) -> None:
    """And an answer that breaks a rule is noted."""
    stage.ear.will_answer({}, 503)
    await stage.peer.command("Ana", "team")
    stage.ear.will_answer({"text": "x", "blocks": [{"type": "no"}]})
    await stage.peer.command("Ana", "team")

    assert stage.peer.alone("Ana") == ["The command failed."]
    assert len(stage.rules) == 1


async def test_a_press_tells_where_it_came_from(stage: Stage) -> None:
    """The latest button with that label, its value, its message and its thread."""
    ts = await stage.post(blocks=[actions(button("Next", value="old", action_id="n"))])
    reply = await stage.post(thread_ts=ts, blocks=[actions(button("Next", value="new", action_id="n"))])
    await stage.peer.press("Ana", "Next")
    await stage.peer.press("Ana", "Next", ts)

    new, old = (_payload(heard) for heard in stage.ear.heard)
    assert (new["actions"][0]["value"], old["actions"][0]["value"]) == ("new", "old")
    assert new["container"] == {
        "type": "message",
        "message_ts": reply,
        "channel_id": TEAM,
        "is_ephemeral": False,
        "thread_ts": ts,
    }
    assert (new["message"]["ts"], new["user"]["id"], new["team"]["id"]) == (reply, "U0ANA", "T1")
    assert new["trigger_id"] != old["trigger_id"]


async def test_a_press_in_a_whisper_has_no_message(stage: Stage) -> None:
    """Only where it was; and only that person can press it."""
    ts = await stage.post()
    blocks = [actions(button("Mine"))]
    await stage.client.chat_postEphemeral(channel=TEAM, user="U0ANA", thread_ts=ts, text="x", blocks=blocks)
    await stage.peer.press("Ana", "Mine")

    payload = _payload(stage.ear.heard[0])
    assert "message" not in payload
    assert (payload["container"]["is_ephemeral"], payload["container"]["thread_ts"]) == (True, ts)
    assert stage.peer.buttons("Ben") == []


async def test_a_stranger_presses_from_their_workspace(stage: Stage) -> None:
    """The installation is found by `team`; who they are by their own."""
    await stage.client.chat_postMessage(channel=SHARED, text="x", blocks=[actions(button("Begin"))])
    await stage.peer.press("Stranger", "Begin")
    payload = _payload(stage.ear.heard[0])
    assert (payload["team"]["id"], payload["user"]["team_id"]) == ("T1", "T2")

    await stage.client.views_open(trigger_id=payload["trigger_id"], view=form())
    await stage.peer.submit("Stranger")
    sent = _payload(stage.ear.heard[1])
    assert (sent["team"]["id"], sent["view"]["team_id"], sent["view"]["app_installed_team_id"]) == ("T2", "T2", "T1")


async def test_slack_asks_first_where_it_is_told_to(stage: Stage) -> None:
    """A person who is not sure presses nothing."""
    texts = {"title": "Sure?", "text": "This ends it.", "confirm": "End it", "deny": "Not yet"}
    confirm = {key: {"type": "plain_text", "text": text} for key, text in texts.items()}
    await stage.post(blocks=[actions(button("Finish", confirm=confirm))])

    assert (await stage.peer.press("Ana", "Finish", sure=False)).deliveries == ()
    assert (await stage.peer.press("Ana", "Finish")).status == 200
    assert [(asked.user, asked.text) for asked in stage.peer.asked] == [("U0ANA", "This ends it.")] * 2


async def test_a_form_is_filled_in_and_sent(stage: Stage) -> None:
    """By label or by block; what stands in it is told as Slack tells it, and then it is gone."""
    choice = {"type": "radio_buttons", "options": [{"text": {"type": "plain_text", "text": "Open"}, "value": "o"}]}
    opened = await _opened(
        stage,
        form(
            field_of("Words", block_id="w"),
            {**field_of("Pace", block_id="p"), "element": {**choice, "action_id": "c"}},
            {**field_of("Day", block_id="d"), "element": {"type": "datepicker", "action_id": "c2"}},
            {**field_of("Where", block_id="r"), "element": {"type": "conversations_select", "action_id": "c3"}},
            {**field_of("When", block_id="t"), "element": {"type": "timepicker", "action_id": "c4"}},
            {**field_of("Who", block_id="u"), "element": {"type": "users_select", "action_id": "c5"}},
            {**field_of("Also", block_id="a"), "element": {**choice, "type": "checkboxes", "action_id": "c6"}},
            field_of("More", block_id="m", optional=True),
            private_metadata="ids",
        ),
    )
    values = {
        "Words": "tired",
        "p": "Open",
        "Day": "2026-12-24",
        "Where": "team",
        "When": "10:00",
        "Who": "Ben",
        "Also": "Open",
    }
    await stage.peer.submit("Ana", values)

    sent = _payload(stage.ear.heard[-1])
    state = sent["view"]["state"]["values"]
    assert sent["type"] == "view_submission"
    assert (sent["view"]["id"], sent["view"]["hash"]) == (opened["id"], opened["hash"])
    assert sent["view"]["private_metadata"] == "ids"
    assert state["w"]["box-Words"] == {"type": "plain_text_input", "value": "tired"}
    assert state["p"]["c"]["selected_option"]["value"] == "o"
    assert (state["d"]["c2"]["selected_date"], state["r"]["c3"]["selected_conversation"]) == ("2026-12-24", TEAM)
    assert (state["t"]["c4"]["selected_time"], state["u"]["c5"]["selected_user"]) == ("10:00", "U0BEN")
    assert [option["value"] for option in state["a"]["c6"]["selected_options"]] == ["o"]
    assert state["m"]["box-More"]["value"] is None
    assert stage.peer.view("Ana") is None


async def test_slack_sends_no_form_that_is_not_filled_in(stage: Stage) -> None:
    """Or that is filled in wrongly."""
    short = {"type": "plain_text_input", "action_id": "a", "min_length": 3, "max_length": 5}
    await _opened(stage, form({**field_of("Words"), "element": short}))

    for words, why in (("", "empty"), ("x", "short"), ("x" * 6, "no more than 5")):
        with pytest.raises(AssertionError, match=why):
            await stage.peer.submit("Ana", {"Words": words})
    with pytest.raises(AssertionError, match="no field"):
        await stage.peer.submit("Ana", {"Nonsense": "x"})


async def test_an_error_keeps_the_form_and_what_was_typed(stage: Stage) -> None:
    """The person reads why, and sends it again. It is the same view, so it has the same hash."""
    opened = await _opened(stage)
    stage.ear.will_answer({"response_action": "errors", "errors": {"w": "Please say more."}})
    await stage.peer.submit("Ana", {"Words": "x"})
    assert "Please say more." in stage.peer.text_of_view("Ana")

    await stage.peer.submit("Ana")

    again = _payload(stage.ear.heard[-1])["view"]
    assert again["state"]["values"]["w"]["box-Words"]["value"] == "x"
    assert (again["id"], again["hash"]) == (opened["id"], opened["hash"])
    assert stage.peer.view("Ana") is None
    assert stage.rules == []


@pytest.mark.parametrize("status", [401, 404, 500, 503])
async def test_a_form_that_nobody_takes_stays(stage: Stage, status: int) -> None:
    """With all that was typed."""
    await _opened(stage)
    stage.ear.will_answer({}, status)
    await stage.peer.submit("Ana", {"Words": "mine"})

    view = stage.peer.view("Ana")
    assert view is not None
    assert view.has_trouble
    assert "trouble connecting" in stage.peer.text_of_view("Ana")
    await stage.peer.submit("Ana")
    assert _payload(stage.ear.heard[-1])["view"]["state"]["values"]["w"]["box-Words"]["value"] == "mine"


async def test_a_form_is_replaced_covered_or_cleared(stage: Stage) -> None:
    """By the answer to it. What was typed stays where block and element keep their ids."""
    opened = await _opened(stage)
    stage.ear.will_answer(
        {"response_action": "update", "view": form(section("Sure?"), field_of("Words", block_id="w"))}
    )
    await stage.peer.submit("Ana", {"Words": "mine"})
    updated = stage.peer.view("Ana")
    assert updated is not None
    assert (updated.id, "Sure?" in stage.peer.text_of_view("Ana")) == (opened["id"], True)

    stage.ear.will_answer({"response_action": "push", "view": form(field_of("Second"))})
    await stage.peer.submit("Ana")
    assert _payload(stage.ear.heard[-1])["view"]["state"]["values"]["w"]["box-Words"]["value"] == "mine"
    pushed = stage.peer.view("Ana")
    assert pushed is not None
    assert (pushed.previous, pushed.root) == (opened["id"], opened["id"])

    stage.ear.will_answer({"response_action": "clear"})
    await stage.peer.submit("Ana", {"Second": "x"})
    assert stage.peer.view("Ana") is None
    assert stage.rules == []


async def test_an_answer_that_is_no_json_is_trouble(stage: Stage) -> None:
    """Slack shows the person that something went wrong."""
    await _opened(stage)
    stage.ear.answers = [web.Response(text="thank you")]
    await stage.peer.submit("Ana", {"Words": "x"})

    assert "trouble connecting" in stage.peer.text_of_view("Ana")


WRONG_ANSWERS: dict[str, Json] = {
    "errors for no field": {"response_action": "errors", "errors": {"nobody": "x"}},
    "no errors": {"response_action": "errors", "errors": {}},
    "something else": {"ok": True},
    "another action": {"response_action": "dance"},
    "a bad form": {"response_action": "update", "view": {"type": "modal"}},
    "no form": {"response_action": "push"},
}


@pytest.mark.parametrize("answer", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
async def test_a_wrong_answer_to_a_form_is_noted(stage: Stage, answer: Json) -> None:
    """And the form stays."""
    await _opened(stage)
    stage.ear.will_answer(answer)
    await stage.peer.submit("Ana", {"Words": "x"})

    assert stage.rules
    assert stage.peer.view("Ana") is not None


async def test_a_form_that_is_closed_is_told_of_if_asked(stage: Stage) -> None:
    """And one under it comes to sight."""
    await _opened(stage, form(actions(button("Deeper"))))
    done = await stage.peer.press("Ana", "Deeper")
    under = form(notify_on_close=True)
    await stage.client.views_push(trigger_id=done.deliveries[0].payload["trigger_id"], view=under)

    assert (await stage.peer.close_view("Ana")).deliveries[0].payload["type"] == "view_closed"
    assert stage.peer.buttons("Ana") == ["Open", "Deeper"]
    assert (await stage.peer.close_view("Ana")).deliveries == ()
    assert stage.peer.view("Ana") is None


async def test_closing_one_form_can_close_all(stage: Stage) -> None:
    """Where it says so."""
    await _opened(stage, form(actions(button("Deeper"))))
    done = await stage.peer.press("Ana", "Deeper")
    trigger = done.deliveries[0].payload["trigger_id"]
    await stage.client.views_push(trigger_id=trigger, view=form(clear_on_close=True))

    await stage.peer.close_view("Ana")

    assert stage.peer.view("Ana") is None


async def test_a_trigger_opens_one_form_within_three_seconds(stage: Stage) -> None:
    """Not twice, not late, not one that nobody pulled."""
    await stage.post(blocks=[actions(button())])
    triggers = [(await stage.peer.press("Ana", "Begin")).deliveries[0].payload["trigger_id"] for _ in range(2)]
    stage.clock.forward(3)
    assert (await stage.client.views_open(trigger_id=triggers[0], view=form()))["ok"]

    again = await stage.refusal("views.open", trigger_id=triggers[0], view=form())
    unknown = await stage.refusal("views.open", trigger_id="1.2.3", view=form())
    stage.clock.forward(0.1)
    late = await stage.refusal("views.open", trigger_id=triggers[1], view=form())

    assert [answer["error"] for answer in (again, unknown, late)] == [
        "exchanged_trigger_id",
        "invalid_trigger_id",
        "expired_trigger_id",
    ]
    assert stage.rules == []


async def test_at_most_three_forms_are_stacked(stage: Stage) -> None:
    """The fourth is refused, and so is one on top of nothing."""
    deeper = form(actions(button("Deeper")))
    await _opened(stage, deeper)
    for _ in range(2):
        await stage.client.views_push(trigger_id=await _pulled(stage, "Ana", "Deeper"), view=deeper)

    fourth = await stage.refusal("views.push", trigger_id=await _pulled(stage, "Ana", "Deeper"), view=deeper)
    on_nothing = await stage.refusal("views.push", trigger_id=await _pulled(stage, "Ben", "Open"), view=deeper)

    assert (fourth["error"], on_nothing["error"]) == ("push_limit_reached", "not_found")
    assert stage.rules == ["push_limit_reached", "views.push without a form underneath"]


async def test_a_form_from_inside_a_form_is_pushed_not_opened(stage: Stage) -> None:
    """What `views.open` does there differs from client to client."""
    await _opened(stage, form(actions(button("Deeper"))))
    done = await stage.peer.press("Ana", "Deeper")

    await stage.client.views_open(trigger_id=done.deliveries[0].payload["trigger_id"], view=form())

    assert "from inside a form" in stage.rules[0]


async def test_a_press_in_a_form_tells_what_stands_in_it(stage: Stage) -> None:
    """Typed and not sent yet."""
    await _opened(stage, form(field_of("Words", block_id="w"), actions(button("Support"))))
    stage.peer.fill("Ana", {"Words": "half a sen"})
    await stage.peer.press("Ana", "Support")

    view = _payload(stage.ear.heard[-1])["view"]
    assert view["state"]["values"]["w"]["box-Words"]["value"] == "half a sen"


async def test_a_form_is_updated_as_it_was_seen(stage: Stage) -> None:
    """By its hash; without one, whatever it is now. Typed words stay."""
    opened = await _opened(stage)
    view = form(section("Loaded"), field_of("Words", block_id="w", element=None))
    view["blocks"][1]["element"] = {"type": "plain_text_input", "action_id": "box-Words"}
    first = await stage.client.views_update(view_id=opened["id"], hash=opened["hash"], view=view)

    late = await stage.refusal("views.update", view_id=opened["id"], hash=opened["hash"], view=view)
    assert late["error"] == "hash_conflict"
    assert first["view"]["hash"] != opened["hash"]
    assert (await stage.client.views_update(view_id=opened["id"], view=view))["ok"]

    await stage.peer.close_view("Ana")
    gone = await stage.refusal("views.update", view_id=opened["id"], view=view)
    assert gone["error"] == "view_not_found"


async def test_a_forms_own_name_is_unique(stage: Stage) -> None:
    """Among all that stand open; a form may keep its own."""
    opened = await _opened(stage, form(external_id="mine"))
    await stage.client.views_update(external_id="mine", view=form(external_id="mine"))
    done = await stage.peer.press("Ben", "Open")

    trigger = done.deliveries[0].payload["trigger_id"]
    answer = await stage.refusal("views.open", trigger_id=trigger, view=form(external_id="mine"))

    assert answer["error"] == "duplicate_external_id"
    assert opened["external_id"] == "mine"


async def test_a_form_knows_where_it_was_opened(stage: Stage) -> None:
    """A field for a channel can have that one in it."""
    element = {"type": "conversations_select", "action_id": "c", "default_to_current_conversation": True}
    opened = await _opened(stage, form({**field_of("Where", block_id="r"), "element": element}))

    assert opened["state"]["values"]["r"]["c"]["selected_conversation"] == TEAM


async def test_a_home_is_published_opened_and_pressed(stage: Stage) -> None:
    """Each person has their own; the app hears when it is opened, and what stands there."""
    home = {"type": "home", "blocks": [section("Hello Ana"), actions(button("Start"))]}
    await stage.peer.open_home("Ana")
    first = await stage.client.views_publish(user_id="U0ANA", view=home)
    await stage.peer.open_home("Ana")
    await stage.peer.press("Ana", "Start")

    before, after = (json.loads(heard.body)["event"] for heard in stage.ear.heard[:2])
    assert (before["type"], before["tab"], "view" in before) == ("app_home_opened", "home", False)
    assert after["view"]["id"] == first["view"]["id"]
    assert stage.peer.home("Ana") == "Hello Ana\n[Start]"
    assert stage.peer.home("Ben") == ""
    pressed = _payload(stage.ear.heard[2])
    assert pressed["container"] == {"type": "view", "view_id": first["view"]["id"]}
    assert (await stage.refusal("views.publish", user_id="U0ANA", view=home, hash="old"))["error"] == "hash_conflict"


async def test_shortcuts_are_chosen(stage: Stage) -> None:
    """From anywhere, or on a message, in a thread too; one that the app does not have is not there."""
    ts = await stage.post()
    said = await stage.peer.say("Ana", "team", "hello", ts)
    await stage.peer.shortcut("Ana", "start")
    await stage.peer.message_shortcut("Ana", "answer", "team", said.ts)
    anywhere, on_message = (_payload(heard) for heard in stage.ear.heard[1:])

    assert (anywhere["type"], anywhere["callback_id"], "channel" in anywhere) == ("shortcut", "start", False)
    assert (on_message["type"], on_message["message"]["thread_ts"]) == ("message_action", ts)
    assert on_message["message"]["user"] == "U0ANA"
    stage.peer.app.shortcuts = frozenset({"start"})
    with pytest.raises(AssertionError, match="no shortcut"):
        await stage.peer.message_shortcut("Ana", "answer", "team", said.ts)


async def test_a_response_url_works_five_times_in_half_an_hour(stage: Stage) -> None:
    """It whispers, changes what was pressed, or takes it away."""
    await stage.client.chat_postEphemeral(channel=TEAM, user="U0ANA", text="x", blocks=[actions(button("Mine"))])
    done = await stage.peer.press("Ana", "Mine")
    url = done.deliveries[0].payload["response_url"]

    async def reply(**given: object) -> int:
        async with stage.session.post(url, json=given) as response:
            return response.status

    assert [await reply(text="more"), await reply(text="instead", replace_original=True)] == [200, 200]
    assert stage.peer.whispers("Ana") == ["instead", "more"]
    assert await reply(delete_original=True) == 200
    assert stage.peer.whispers("Ana") == ["more"]
    assert await reply(text="x", blocks=[{"type": "no"}]) == 400
    assert await reply(text="to all", blocks=[actions(button("Theirs"))], response_type="in_channel") == 200
    assert stage.peer.posts("team") == ["[Theirs]"]
    assert [post.text for post in stage.peer.bot_posts("team")] == ["to all"]
    assert await reply(text="once more") == 404
    assert stage.rules == ["/blocks/0: unsupported type: no"]

    done = await stage.peer.press("Ana", "Theirs")
    url = done.deliveries[0].payload["response_url"]
    assert await reply(delete_original=True, colour="red") == 200
    assert stage.peer.posts("team") == []
    assert stage.rules[1:] == ["unknown fields: colour"]

    url = (await stage.peer.command("Ana", "team")).deliveries[0].payload["response_url"]
    stage.clock.forward(1_801)
    assert await reply(text="late") == 404


async def test_what_is_over_there_can_be_pressed_too(stage: Stage) -> None:
    """A form is in front; a button behind it is pressed by its place."""
    await _opened(stage, form(actions(button("Open", value="form"))))

    await stage.peer.press("Ana", "Open")
    await stage.peer.press("Ana", "Open", "team")

    assert [_payload(heard)["container"]["type"] for heard in stage.ear.heard[1:]] == ["view", "message"]
