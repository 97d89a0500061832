"""The stand-in's connector keeps what it was told, and tells what people see."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from tests.peers.teams_stage import Stage, activity, card, teams_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with teams_stage() as made:
        yield made


@pytest.mark.parametrize("place", ["team", "group", "Ana"])
async def test_a_post_is_kept_and_notifies(stage: Stage, place: str) -> None:
    """In a channel, in a chat and to one person: what notifies is the summary alone."""
    await stage.peer.install("Ana")

    await stage.post(place)

    assert stage.peer.posts(place) == ["Hello"]
    assert stage.peer.notified == ["Something is new."]
    assert stage.peer.alone("Ana") == (["Hello"] if place == "Ana" else [])
    assert stage.rules == []


async def test_a_thread_is_opened_and_answered(stage: Stage) -> None:
    """By its conversation, which the answer to the first post names."""
    channel = stage.peer.world.place("team").id
    given = {"isGroup": True, "channelData": {"channel": {"id": channel}}, "activity": activity()}

    made = await stage.done("POST", "", given)
    await stage.post(made["id"], activity(card({"type": "TextBlock", "text": "Bye"})))
    said = await stage.peer.say("Ana", "team", "Tired & <proud>", thread=made["activityId"], mention=True)

    assert made["id"] == f"{channel};messageid={made['activityId']}"
    assert stage.peer.thread("team", made["activityId"]) == [
        "Team Leeds Chats: Hello",
        "Team Leeds Chats: Bye",
        "Ana: @Team Leeds Chats Tired & <proud>",
    ]
    assert stage.ear.activities[0]["conversation"]["id"] == made["id"]
    assert said.status == 200
    assert stage.rules == []


async def test_a_post_is_changed_in_place_and_deleted(stage: Stage) -> None:
    """Nobody is notified a second time."""
    post = await stage.post()
    await stage.done("PUT", stage.path(post), activity(card({"type": "TextBlock", "text": "Bye"})))
    assert stage.peer.posts("team") == ["Bye"]

    await stage.done("DELETE", stage.path(post))

    assert stage.peer.posts("team") == []
    assert len(stage.peer.notified) == 1
    assert (await stage.call("DELETE", stage.path(post)))[0] == 404


async def test_one_person_is_written_to(stage: Stage) -> None:
    """By either of their ids, once their chat is known; not in another tenant."""
    ben, tenant = stage.peer.world.person("Ben"), stage.peer.app.tenant
    asked = [{"isGroup": False, "members": [{"id": name}], "tenantId": tenant} for name in (ben.id, ben.aad)]

    made = [(await stage.done("POST", "", one))["id"] for one in asked]
    await stage.done("POST", f"/{quote(made[0])}/activities", activity())

    assert made == [stage.peer.personal("Ben")] * 2

    assert stage.peer.alone("Ben") == ["Hello"]


async def test_a_change_in_somebodys_own_chat_is_shown_too(stage: Stage) -> None:
    """To them alone, as all that the bot writes there."""
    post = await stage.post("Ana")
    await stage.done("PUT", stage.path(post, "Ana"), activity(card({"type": "TextBlock", "text": "Bye"})))

    assert stage.peer.alone("Ana") == ["Hello", "Bye"]
    assert stage.peer.posts("Ana") == ["Bye"]
    assert stage.peer.alone("Ben") == []
