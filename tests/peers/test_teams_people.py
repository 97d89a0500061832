"""People in the stand-in talk, come and go as they do in Teams, and the bot hears of it as there."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.peers.teams_activities import Style
from tests.peers.teams_founding import ELSEWHERE, HERE
from tests.peers.teams_stage import Stage, teams_stage
from tests.peers.teams_things import Json


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with teams_stage() as made:
        yield made


async def test_a_message_in_a_channel_is_told_as_teams_tells_it(stage: Stage) -> None:
    """Who, where, in which thread, whom it mentions, from which client; times by the clock."""
    peer = stage.peer
    done = await peer.say("Ana", "team", "start <now> & here", mention=True)

    (told,) = stage.ear.activities
    ana, team = peer.world.person("Ana"), peer.world.place("team")
    assert (told["type"], told["channelId"], told["serviceUrl"]) == ("message", "msteams", peer.service_url)
    assert told["from"] == {"id": ana.id, "name": "Ana", "aadObjectId": ana.aad}
    assert told["recipient"] == {"id": f"28:{peer.app.id}", "name": "Team Leeds Chats"}
    assert told["conversation"] == {
        "isGroup": True,
        "conversationType": "channel",
        "tenantId": HERE,
        "id": f"{team.id};messageid={done.id}",
    }
    assert told["id"] == done.id
    assert told["channelData"] == {
        "teamsChannelId": team.id,
        "teamsTeamId": team.id,
        "channel": {"id": team.id},
        "team": {"id": team.id},
        "tenant": {"id": HERE},
    }
    assert (told["text"], told["textFormat"]) == ("<at>Team Leeds Chats</at> start <now> & here", "plain")
    mention, client = told["entities"]
    assert (mention["mentioned"], mention["text"]) == (told["recipient"], "<at>Team Leeds Chats</at>")
    assert client["type"] == "clientInfo"
    assert (client["timezone"], client["country"], client["platform"]) == ("Europe/London", "GB", "Windows")
    assert (told["timestamp"], told["locale"]) == ("2026-12-08T10:00:00.000Z", "en-GB")
    assert told["localTimestamp"] == "2026-12-08T10:00:00.000+00:00"


async def test_local_times_are_those_of_the_person(stage: Stage) -> None:
    """In summer and elsewhere."""
    stage.clock.time = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    await stage.peer.say("Ana", "Ana", "hello")

    assert stage.ear.activities[0]["localTimestamp"] == "2026-07-02T00:30:00.000+01:00"


async def test_chats_are_told_apart(stage: Stage) -> None:
    """One to one there is no group and nobody needs a mention; a group has no threads."""
    await stage.peer.say("Ana", "Ana", "hello")
    await stage.peer.say("Ben", "group", "hello", mention=True)
    alone, group = (told["conversation"] for told in stage.ear.activities)

    assert alone == {"conversationType": "personal", "tenantId": HERE, "id": stage.peer.personal("Ana")}
    assert group == {
        "isGroup": True,
        "conversationType": "groupChat",
        "tenantId": HERE,
        "id": stage.peer.world.place("group").id,
    }
    assert stage.ear.activities[1]["channelData"] == {"tenant": {"id": HERE}}


HTML = (
    '<div><div><span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="0">Team Leeds Chats</span>'
    ' a &lt; b &amp;<br>\nc <emoji id="1f642_slightlysmilingface" alt="🙂" title="Slightly smiling face"></emoji>'
    "</div></div>"
)

STYLES: dict[str, tuple[Style, str, str]] = {
    "as typed": ("plain", "plain", "<at>Team Leeds Chats</at> a < b &\nc 🙂"),
    "with entities": ("escaped", "plain", "<at>Team Leeds Chats</at> a &lt; b &amp;\nc 🙂"),
    "as HTML": (
        "html",
        "xml",
        HTML,
    ),
}


@pytest.mark.parametrize(("style", "kind", "text"), STYLES.values(), ids=STYLES)
async def test_a_text_comes_in_several_ways(stage: Stage, style: Style, kind: str, text: str) -> None:
    """With the same HTML beside it each time."""
    await stage.peer.say("Ana", "team", "a < b &\nc 🙂", mention=True, style=style)

    (told,) = stage.ear.activities
    assert (told["textFormat"], told["text"]) == (kind, text)
    (beside,) = told["attachments"]
    assert (beside["contentType"], beside["content"]) == ("text/html", HTML)
    assert stage.peer.posts("team") == ["@Team Leeds Chats a < b &\nc 🙂"]


async def test_an_answer_to_a_message_quotes_it(stage: Stage) -> None:
    """In the HTML, before the person's own words."""
    before = await stage.peer.say("Ben", "group", "Lunch?")
    await stage.peer.say("Ana", "group", "Yes", mention=True, quoting=before.id)

    html = stage.ear.activities[0]["attachments"][0]["content"]
    assert html.startswith(
        '<div><blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="' + before.id
    )
    assert 'itemprop="preview">Lunch?</p>' in html
    assert html.endswith(" Yes</p></div>")


async def test_other_people_are_mentioned_too(stage: Stage) -> None:
    """Anywhere in a text; who is not there can't be."""
    await stage.peer.say("Ana", "team", f"<at>Ben</at>, ask {stage.peer.mention} for help")

    (told,) = stage.ear.activities
    assert [one["mentioned"]["name"] for one in told["entities"][:2]] == ["Ben", "Team Leeds Chats"]
    with pytest.raises(AssertionError, match="nobody called Stranger"):
        await stage.peer.say("Ana", "team", "<at>Stranger</at>")


async def test_what_is_not_for_the_bot_is_not_told(stage: Stage) -> None:
    """In channels and groups it hears mentions only, unless an owner lets it read; where it is not, nothing."""
    peer = stage.peer
    for place in ("team", "group", "without", "private"):
        assert (await peer.say("Ana", place, "hello")).deliveries == ()
    for place in ("team", "group"):
        peer.grant_reading(place)
        assert (await peer.say("Ana", place, "hello")).status == 200
    assert (await peer.say("Ana", "second", "hello")).status == 200
    assert (await peer.say("Ana", "heard", "hello")).status == 200
    assert all(told["entities"][0]["type"] == "clientInfo" for told in stage.ear.activities)
    await peer.uninstall("heard")
    assert (await peer.say("Ana", "heard", "hello")).deliveries == ()


async def test_an_edit_a_deletion_and_a_change_of_mind_are_told(stage: Stage) -> None:
    """All under the message's own id; a deletion says nothing of what it said."""
    peer = stage.peer
    root = (await peer.say("Ana", "heard", "one")).id
    reply = (await peer.say("Ana", "heard", "two", thread=root)).id
    stage.clock.forward(60)
    await peer.edit("Ana", "heard", reply, "three")
    await peer.delete("Ana", "heard", reply)
    assert peer.thread("heard", root) == ["Ana: one"]
    await peer.undelete("Ana", "heard", reply)

    _, first, edit, deletion, back = stage.ear.activities
    assert {told["id"] for told in (first, edit, deletion, back)} == {reply}
    assert {told["conversation"]["id"] for told in (first, edit, deletion, back)} == {
        f"{peer.world.place('heard').id};messageid={root}"
    }
    assert [told["type"] for told in (edit, deletion, back)] == ["messageUpdate", "messageDelete", "messageUpdate"]
    events = [told["channelData"]["eventType"] for told in (edit, deletion, back)]
    assert events == ["editMessage", "softDeleteMessage", "undeleteMessage"]
    assert (edit["text"], back["text"]) == ("three", "three")
    assert edit["timestamp"] == "2026-12-08T10:01:00.000Z"
    assert "text" not in deletion
    assert "attachments" not in deletion
    assert peer.thread("heard", root) == ["Ana: one", "Ana: three"]


async def test_an_edit_of_what_the_bot_never_heard_stays_unheard(stage: Stage) -> None:
    """Until it mentions the bot; from then on the bot hears that it does not any more, and that it is gone."""
    peer = stage.peer
    said = (await peer.say("Ana", "team", "hello")).id
    assert (await peer.edit("Ana", "team", said, "hello you")).deliveries == ()
    assert (await peer.edit("Ana", "team", said, f"{peer.mention} help")).status == 200
    assert (await peer.edit("Ana", "team", said, "never mind")).status == 200
    assert stage.ear.activities[1]["text"] == "never mind"


async def test_an_installation_is_told_twice(stage: Stage) -> None:
    """As a member that came, and as an installation; a team is known by its first channel."""
    peer = stage.peer
    await peer.install("without")
    await peer.uninstall("without")
    await peer.install("Ana")
    team = peer.world.place("without")

    told = {(one["type"], one.get("action", "")): one for one in stage.ear.activities[:4]}
    assert set(told) == {("conversationUpdate", ""), ("installationUpdate", "add"), ("installationUpdate", "remove")}
    added = told["installationUpdate", "add"]
    assert added["conversation"]["id"] == team.id
    assert added["channelData"]["settings"] == {"selectedChannel": {"id": team.id}}
    assert added["channelData"]["team"]["name"] == "The team of without"
    came, went = (one for one in stage.ear.activities[:4] if one["type"] == "conversationUpdate")
    assert came["membersAdded"] == went["membersRemoved"] == [peer.app.account]
    assert came["channelData"]["eventType"] == "teamMemberAdded"
    assert went["channelData"]["eventType"] == "teamMemberRemoved"
    alone = stage.ear.activities[4:]
    assert {one["conversation"]["id"] for one in alone} == {peer.personal("Ana")}
    assert {one["from"]["aadObjectId"] for one in alone} == {peer.world.person("Ana").aad}
    assert all("settings" not in one["channelData"] for one in alone)


async def test_people_who_come_and_go_are_told(stage: Stage) -> None:
    """By their ids, without their names."""
    peer = stage.peer
    await peer.leave("Dev", "team")
    await peer.join("Dev", "team")

    went, came = stage.ear.activities
    dev = peer.world.person("Dev")
    assert came["membersAdded"] == went["membersRemoved"] == [{"id": dev.id, "aadObjectId": dev.aad}]
    assert "name" not in came["from"]
    with pytest.raises(AssertionError, match="nobody comes"):
        await peer.join("Dev", "Ana")


async def test_other_news_is_told(stage: Stage) -> None:
    """A reaction to the bot's post, and a channel that is gone."""
    post = await stage.post()
    await stage.peer.react("Ana", "team", post, "heart")
    await stage.peer.delete_channel("second")

    liked, gone = stage.ear.activities
    assert (liked["type"], liked["replyToId"], liked["reactionsAdded"]) == (
        "messageReaction",
        post,
        [{"type": "heart"}],
    )
    assert (gone["type"], gone["channelData"]["eventType"]) == ("conversationUpdate", "channelDeleted")
    assert gone["channelData"]["channel"]["id"] == stage.peer.world.place("second").id


async def test_another_tenant_is_told_apart(stage: Stage) -> None:
    """Wherever its people are: their own team, and ours as guests."""
    await stage.peer.say("Stranger", "elsewhere", "hello", mention=True)

    (told,) = stage.ear.activities
    assert told["conversation"]["tenantId"] == told["channelData"]["tenant"]["id"] == ELSEWHERE


async def test_every_app_has_an_endpoint_of_its_own(stage: Stage) -> None:
    """And hears of what is for it."""
    peer = stage.peer
    other = peer.add_app("Weather", ELSEWHERE, "/api/messages/other")
    await peer.install("team", app=other)
    await peer.say("Ana", "team", "hello", mention=other)
    await peer.say("Ana", "team", "hello", mention=True)
    await peer.say("Ana", peer.personal("Ana", other), "hello")

    assert [heard.path for heard in stage.ear.heard[2:]] == [
        "/api/messages/other",
        "/api/messages",
        "/api/messages/other",
    ]
    assert {told["recipient"]["name"] for told in stage.ear.activities[2:]} == {"Weather", "Team Leeds Chats"}


IMPOSSIBLE: dict[str, tuple[str, tuple[str, ...], Json, str]] = {
    "to talk where one is not": ("say", ("Stranger", "team", "hello"), {}, "is not in"),
    "to talk in a thread that is none": ("say", ("Ana", "team", "hello"), {"thread": "{reply}"}, "no such thread"),
    "to open threads in a chat": ("say", ("Ana", "group", "hello"), {"thread": "1"}, "only channels"),
    "to talk in a channel that is gone": ("say", ("Ana", "second", "hello"), {}, "is gone"),
    "to change what others said": ("edit", ("Ben", "team", "{reply}", "hello"), {}, "their own"),
    "to delete what others said": ("delete", ("Ben", "team", "{reply}"), {}, "their own"),
    "to bring back what stands": ("undelete", ("Ana", "team", "{reply}"), {}, "stands"),
    "to change what is gone": ("edit", ("Ana", "team", "{gone}", "hello"), {}, "gone"),
    "to bring back what others said": ("undelete", ("Ben", "team", "{gone}"), {}, "their own"),
    "to delete a chat": ("delete_channel", ("group",), {}, "only channels"),
    "to press what is not there": ("press", ("Ana", "Begin"), {}, "sees no button"),
    "to send a dialog that is not there": ("submit", ("Ana",), {}, "no dialog open"),
    "to react to a person": ("react", ("Ben", "team", "{reply}"), {}, "their own posts"),
}


@pytest.mark.parametrize(("act", "arguments", "more", "why"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
async def test_what_teams_does_not_let_people_do_fails_the_test(
    stage: Stage, act: str, arguments: tuple[str, ...], more: Json, why: str
) -> None:
    """Instead of telling the bot of what cannot be."""
    peer = stage.peer
    root = await stage.post()
    reply, gone = [(await peer.say("Ana", "team", "hello", thread=root)).id for _ in range(2)]
    await peer.delete("Ana", "team", gone)
    await peer.delete_channel("second")
    heard = len(stage.ear.heard)
    known = {"{reply}": reply, "{gone}": gone}

    with pytest.raises(AssertionError, match=why):
        await getattr(peer, act)(
            *(known.get(one, one) for one in arguments), **{key: known.get(one, one) for key, one in more.items()}
        )

    assert len(stage.ear.heard) == heard
