"""People in the stand-in talk, press, fill in and command as they do in Slack, and the bot hears of it as there."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import pytest

from tests.peers.slack_founding import QUIET, SHARED, TEAM
from tests.peers.slack_stage import Stage, actions, button, form, section, slack_stage
from tests.peers.slack_things import SCOPES


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with slack_stage() as made:
        yield made


async def test_a_message_is_told_as_slack_tells_it(stage: Stage) -> None:
    """Escaped, with links marked, in rich text, and under which post."""
    ts = await stage.post()
    done = await stage.peer.say("Ana", "team", f"{stage.peer.mention} <b> https://example.org & @here", ts)

    message, mention = sorted(stage.ear.events, key=lambda event: str(event["type"]), reverse=True)
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

    (event,) = stage.ear.events
    assert event.get("subtype") == subtype
    assert ("bot_id" in event) == (what in {"bot", "modern"})
    assert ("files" in event) == (what == "files")
    assert event["thread_ts"] == ts


async def test_coming_in_is_told(stage: Stage) -> None:
    """As a message that everybody sees, and as an event of its own; of the bot too."""
    stage.peer.world.channel("quiet").members.discard("U0DEV")
    await stage.peer.join("Dev", "quiet")
    await stage.peer.invite_bot("without", by="Ben")

    told = {(event["type"], event.get("subtype"), event["user"]) for event in stage.ear.events}
    assert told == {
        ("message", "group_join", "U0DEV"),
        ("member_joined_channel", None, "U0DEV"),
        ("message", "channel_join", "U0BOT1"),
        ("member_joined_channel", None, "U0BOT1"),
    }
    assert [event.get("inviter") for event in stage.ear.events if event["user"] == "U0BOT1"].count("U0BEN") == 1


async def test_an_edit_and_a_preview_change_a_message(stage: Stage) -> None:
    """An edit says who and when; a preview is no edit."""
    ts = await stage.post()
    said = await stage.peer.say("Ana", "team", "one", ts)
    await stage.peer.edit("Ana", "team", said.ts, "two")
    await stage.peer.unfurl("team", said.ts)

    _, edit, unfurl = stage.ear.events
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

    stone, gone = stage.ear.events[2:]
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

    new, old = (heard.payload for heard in stage.ear.heard)
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

    payload = stage.ear.heard[0].payload
    assert "message" not in payload
    assert (payload["container"]["is_ephemeral"], payload["container"]["thread_ts"]) == (True, ts)
    assert stage.peer.buttons("Ben") == []


async def test_a_stranger_presses_from_their_workspace(stage: Stage) -> None:
    """The installation is found by `team`; who they are by their own."""
    await stage.client.chat_postMessage(channel=SHARED, text="x", blocks=[actions(button("Begin"))])
    await stage.peer.press("Stranger", "Begin")
    payload = stage.ear.heard[0].payload
    assert (payload["team"]["id"], payload["user"]["team_id"]) == ("T1", "T2")

    await stage.client.views_open(trigger_id=payload["trigger_id"], view=form())
    await stage.peer.submit("Stranger")
    sent = stage.ear.heard[1].payload
    assert (sent["team"]["id"], sent["view"]["team_id"], sent["view"]["app_installed_team_id"]) == ("T2", "T2", "T1")


async def test_slack_asks_first_where_it_is_told_to(stage: Stage) -> None:
    """A person who is not sure presses nothing."""
    texts = {"title": "Sure?", "text": "This ends it.", "confirm": "End it", "deny": "Not yet"}
    confirm = {key: {"type": "plain_text", "text": text} for key, text in texts.items()}
    await stage.post(blocks=[actions(button("Finish", confirm=confirm))])

    assert (await stage.peer.press("Ana", "Finish", sure=False)).deliveries == ()
    assert (await stage.peer.press("Ana", "Finish")).status == 200
    assert [(asked.user, asked.text) for asked in stage.peer.asked] == [("U0ANA", "This ends it.")] * 2


async def test_a_home_is_published_opened_and_pressed(stage: Stage) -> None:
    """Each person has their own; the app hears when it is opened, and what stands there."""
    home = {"type": "home", "blocks": [section("Hello Ana"), actions(button("Start"))]}
    await stage.peer.open_home("Ana")
    first = await stage.client.views_publish(user_id="U0ANA", view=home)
    await stage.peer.open_home("Ana")
    await stage.peer.press("Ana", "Start")

    before, after = (heard.event for heard in stage.ear.heard[:2])
    assert (before["type"], before["tab"], "view" in before) == ("app_home_opened", "home", False)
    assert after["view"]["id"] == first["view"]["id"]
    assert stage.peer.home("Ana") == "Hello Ana\n[Start]"
    assert stage.peer.home("Ben") == ""
    pressed = stage.ear.heard[2].payload
    assert pressed["container"] == {"type": "view", "view_id": first["view"]["id"]}
    assert (await stage.refusal("views.publish", user_id="U0ANA", view=home, hash="old"))["error"] == "hash_conflict"


async def test_shortcuts_are_chosen(stage: Stage) -> None:
    """From anywhere, or on a message, in a thread too; one that the app does not have is not there."""
    ts = await stage.post()
    said = await stage.peer.say("Ana", "team", "hello", ts)
    await stage.peer.shortcut("Ana", "start")
    await stage.peer.message_shortcut("Ana", "answer", "team", said.ts)
    anywhere, on_message = (heard.payload for heard in stage.ear.heard[1:])

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
    await stage.opened(form(actions(button("Open", value="form"))))

    await stage.peer.press("Ana", "Open")
    await stage.peer.press("Ana", "Open", "team")

    assert [heard.payload["container"]["type"] for heard in stage.ear.heard[1:]] == ["view", "message"]
