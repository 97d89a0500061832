"""Forms in the stand-in open, stack, complain and go as they do in Slack, and nothing that was typed is lost."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.peers.slack_founding import TEAM
from tests.peers.slack_stage import Stage, actions, button, field_of, form, section, slack_stage
from tests.peers.slack_things import Json


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with slack_stage() as made:
        yield made


async def test_a_form_is_filled_in_and_sent(stage: Stage) -> None:
    """By label or by block; what stands in it is told as Slack tells it, and then it is gone."""
    choice = {"type": "radio_buttons", "options": [{"text": {"type": "plain_text", "text": "Open"}, "value": "o"}]}
    opened = await stage.opened(
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

    sent = stage.ear.heard[-1].payload
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
    await stage.opened(form({**field_of("Words"), "element": short}))

    for words, why in (("", "empty"), ("x", "short"), ("x" * 6, "no more than 5")):
        with pytest.raises(AssertionError, match=why):
            await stage.peer.submit("Ana", {"Words": words})
    with pytest.raises(AssertionError, match="no field"):
        await stage.peer.submit("Ana", {"Nonsense": "x"})


async def test_an_error_keeps_the_form_and_what_was_typed(stage: Stage) -> None:
    """The person reads why, and sends it again. It is the same view, so it has the same hash."""
    opened = await stage.opened()
    stage.ear.will_answer({"response_action": "errors", "errors": {"w": "Please say more."}})
    await stage.peer.submit("Ana", {"Words": "x"})
    assert "Please say more." in stage.peer.text_of_view("Ana")

    await stage.peer.submit("Ana")

    again = stage.ear.heard[-1].payload["view"]
    assert again["state"]["values"]["w"]["box-Words"]["value"] == "x"
    assert (again["id"], again["hash"]) == (opened["id"], opened["hash"])
    assert stage.peer.view("Ana") is None
    assert stage.rules == []


@pytest.mark.parametrize("status", [401, 404, 500, 503])
async def test_a_form_that_nobody_takes_stays(stage: Stage, status: int) -> None:
    """With all that was typed."""
    await stage.opened()
    stage.ear.will_answer({}, status)
    await stage.peer.submit("Ana", {"Words": "mine"})

    view = stage.peer.view("Ana")
    assert view is not None
    assert view.has_trouble
    assert "trouble connecting" in stage.peer.text_of_view("Ana")
    await stage.peer.submit("Ana")
    assert stage.ear.heard[-1].payload["view"]["state"]["values"]["w"]["box-Words"]["value"] == "mine"


async def test_a_form_is_replaced_covered_or_cleared(stage: Stage) -> None:
    """By the answer to it. What was typed stays where block and element keep their ids."""
    opened = await stage.opened()
    stage.ear.will_answer(
        {"response_action": "update", "view": form(section("Sure?"), field_of("Words", block_id="w"))}
    )
    await stage.peer.submit("Ana", {"Words": "mine"})
    updated = stage.peer.view("Ana")
    assert updated is not None
    assert (updated.id, "Sure?" in stage.peer.text_of_view("Ana")) == (opened["id"], True)

    stage.ear.will_answer({"response_action": "push", "view": form(field_of("Second"))})
    await stage.peer.submit("Ana")
    assert stage.ear.heard[-1].payload["view"]["state"]["values"]["w"]["box-Words"]["value"] == "mine"
    pushed = stage.peer.view("Ana")
    assert pushed is not None
    assert (pushed.previous, pushed.root) == (opened["id"], opened["id"])

    stage.ear.will_answer({"response_action": "clear"})
    await stage.peer.submit("Ana", {"Second": "x"})
    assert stage.peer.view("Ana") is None
    assert stage.rules == []


async def test_an_answer_that_is_no_json_is_trouble(stage: Stage) -> None:
    """Slack shows the person that something went wrong."""
    await stage.opened()
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
    await stage.opened()
    stage.ear.will_answer(answer)
    await stage.peer.submit("Ana", {"Words": "x"})

    assert stage.rules
    assert stage.peer.view("Ana") is not None


async def test_a_form_that_is_closed_is_told_of_if_asked(stage: Stage) -> None:
    """And one under it comes to sight."""
    await stage.opened(form(actions(button("Deeper"))))
    done = await stage.peer.press("Ana", "Deeper")
    under = form(notify_on_close=True)
    await stage.client.views_push(trigger_id=done.deliveries[0].payload["trigger_id"], view=under)

    assert (await stage.peer.close_view("Ana")).deliveries[0].payload["type"] == "view_closed"
    assert stage.peer.buttons("Ana") == ["Open", "Deeper"]
    assert (await stage.peer.close_view("Ana")).deliveries == ()
    assert stage.peer.view("Ana") is None


async def test_closing_one_form_can_close_all(stage: Stage) -> None:
    """Where it says so."""
    await stage.opened(form(actions(button("Deeper"))))
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
    await stage.opened(deeper)
    for _ in range(2):
        await stage.client.views_push(trigger_id=await stage.pulled("Ana", "Deeper"), view=deeper)

    fourth = await stage.refusal("views.push", trigger_id=await stage.pulled("Ana", "Deeper"), view=deeper)
    on_nothing = await stage.refusal("views.push", trigger_id=await stage.pulled("Ben", "Open"), view=deeper)

    assert (fourth["error"], on_nothing["error"]) == ("push_limit_reached", "not_found")
    assert stage.rules == ["push_limit_reached", "views.push without a form underneath"]


async def test_a_form_from_inside_a_form_is_pushed_not_opened(stage: Stage) -> None:
    """What `views.open` does there differs from client to client."""
    await stage.opened(form(actions(button("Deeper"))))
    done = await stage.peer.press("Ana", "Deeper")

    await stage.client.views_open(trigger_id=done.deliveries[0].payload["trigger_id"], view=form())

    assert "from inside a form" in stage.rules[0]


async def test_a_press_in_a_form_tells_what_stands_in_it(stage: Stage) -> None:
    """Typed and not sent yet."""
    await stage.opened(form(field_of("Words", block_id="w"), actions(button("Support"))))
    stage.peer.fill("Ana", {"Words": "half a sen"})
    await stage.peer.press("Ana", "Support")

    view = stage.ear.heard[-1].payload["view"]
    assert view["state"]["values"]["w"]["box-Words"]["value"] == "half a sen"


async def test_a_form_is_updated_as_it_was_seen(stage: Stage) -> None:
    """By its hash; without one, whatever it is now. Typed words stay."""
    opened = await stage.opened()
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
    opened = await stage.opened(form(external_id="mine"))
    await stage.client.views_update(external_id="mine", view=form(external_id="mine"))
    done = await stage.peer.press("Ben", "Open")

    trigger = done.deliveries[0].payload["trigger_id"]
    answer = await stage.refusal("views.open", trigger_id=trigger, view=form(external_id="mine"))

    assert answer["error"] == "duplicate_external_id"
    assert opened["external_id"] == "mine"


async def test_a_form_knows_where_it_was_opened(stage: Stage) -> None:
    """A field for a channel can have that one in it."""
    element = {"type": "conversations_select", "action_id": "c", "default_to_current_conversation": True}
    opened = await stage.opened(form({**field_of("Where", block_id="r"), "element": element}))

    assert opened["state"]["values"]["r"]["c"]["selected_conversation"] == TEAM
