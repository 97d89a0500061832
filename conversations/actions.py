"""Button codes to commands and back, with the chat and the question inside; and the words people type instead.

A code is `name:chat:about`: the button's name, the chat's id (hex, empty for none) and what it is about (a question's
key, a part's id, a slot, or empty). Codes hold ids only and fit Slack's 255 characters for an action's value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from conversations import commands as do
from conversations.commands import Aside, Command, Panel, Show, Which
from conversations.identifying import care_of
from conversations.messages import Button, Tone
from conversations.model import Chat, Pace, Permission, Progress, Visibility
from conversations.planning import Agree, Drop, Join, Planning, Propose, Rest, RunNow, Sector
from conversations.refusals import NotNow
from conversations.scheduling import OnHoliday, Reminder
from conversations.stories import (
    AskContact,
    ChangeStory,
    Request,
    TellStory,
    ToProgramme,
    WithdrawContact,
    WithdrawStory,
    told,
)
from conversations.typed_planning import joined, proposed, rested
from conversations.wording import Wording

Ask = Command | Aside | Planning | ToProgramme


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press or a typed word asks for, and of which chat (None: the one in the room)."""

    ask: Ask
    chat: UUID | None = None


def _show(panel: Panel) -> Callable[[str], Ask]:
    return lambda about: Show(panel, question=about or None)


def _own(make: Callable[[Which], Ask]) -> Callable[[str], Ask]:
    return lambda about: make(Which(part=UUID(about)) if about else do.LATEST)


def _permit(permission: Permission) -> Callable[[str], Ask]:
    """About one message, or the latest."""
    return lambda about: do.SetPermission(permission, Which(part=UUID(about)) if about else do.LATEST)


def _id(about: str) -> UUID | None:
    return UUID(about) if about else None


def _show_of(panel: Panel) -> Callable[[str], Ask]:
    """About a room or a schedule, by its id."""
    return lambda about: Show(panel, part=_id(about))


def _plain(ask: Ask) -> Callable[[str], Ask]:
    return lambda _about: ask


MEANING: Mapping[str, Callable[[str], Ask]] = {
    "start": _show(Panel.START),
    "begin": _plain(do.Begin()),
    "not_now": _plain(do.SitOut()),
    "privacy": _show(Panel.PRIVACY),
    "answer_privately": _show(Panel.ANSWER_PRIVATELY),
    "answer_late": _show(Panel.ANSWER_LATE),
    "answer": _show(Panel.ANSWER),
    "all_answers": _show(Panel.ALL_ANSWERS),
    "support": _show(Panel.SUPPORT),
    "more": _show(Panel.MORE),
    "help": _show(Panel.HELP),
    "status": _show(Panel.STATUS),
    "my_answers": _show(Panel.MY_ANSWERS),
    "read_back": _show(Panel.READ_BACK),
    "reflect": _show(Panel.REFLECT),
    "my_step": _show(Panel.MY_STEP),
    "check_date": _show(Panel.CHECK_BACK),
    "next": lambda about: do.MoveOn(about or None),
    "back": lambda about: do.GoBack(about or None),
    "pause": _plain(do.Pause()),
    "resume": _plain(do.Resume()),
    "take_over": _plain(do.TakeOver()),
    "host_it": _plain(do.TakeOver()),
    "finish": _plain(do.Finish()),
    "send": _plain(do.Send()),
    "end_practice": _plain(do.Send()),
    "send_sure": _plain(do.Send(sure=True)),
    "cancel": _plain(do.Cancel()),
    "cancel_sure": _plain(do.Cancel(sure=True)),
    "yes": _plain(do.Yes()),
    "pass": lambda about: do.Pass(about or None),
    "not_an_answer": _own(do.NotAnAnswer),
    "withdraw": _own(do.Withdraw),
    "mask": _own(do.Mask),
    "withdraw_reflection": _plain(do.WithdrawReflection()),
    "download": _plain(do.Download()),
    "edit": lambda about: Show(Panel.CHANGE, part=UUID(about) if about else None),
    "move": lambda about: Show(Panel.MOVE, part=UUID(about) if about else None),
    "stay": _permit(Permission.STAY),
    "themes": _permit(Permission.THEMES),
    "quote": _permit(Permission.QUOTE),
    "all_stay": _plain(do.SetPermission(Permission.STAY)),
    "all_themes": _plain(do.SetPermission(Permission.THEMES)),
    "all_quote": _plain(do.SetPermission(Permission.QUOTE)),
    "stop_asking": _plain(do.StopAsking()),
    "ask_again": _plain(do.AskAgain()),
    "my_settings": _show(Panel.MY_SETTINGS),
    "away": _show(Panel.AWAY),
    "not_away": _plain(do.SetAway()),
    "my_zone": _show(Panel.MY_ZONE),
    "remind_me": _show(Panel.REMIND_ME),
    "remind_soon": lambda about: do.RemindMe(do.RemindWhen.SOON, question=about or None),
    "remind_tomorrow": lambda about: do.RemindMe(do.RemindWhen.TOMORROW, question=about or None),
    "remind_later": lambda about: do.RemindMe(do.RemindWhen.LATER, question=about or None),
    "check_two": _plain(do.SetCheckBack(weeks=2)),
    "check_six": _plain(do.SetCheckBack(weeks=6)),
    "check_none": _plain(do.SetCheckBack()),
    "done": _plain(do.FollowUp(Progress.DONE)),
    "under_way": _plain(do.FollowUp(Progress.UNDER_WAY)),
    "changed": _plain(do.FollowUp(Progress.CHANGED)),
    "let_go": _plain(do.FollowUp(Progress.LET_GO)),
    "send_mine": _plain(do.SendMine()),
    "post_again": do.PostAgain,
    "join": _show_of(Panel.JOIN),
    "schedule": _show_of(Panel.SCHEDULE),
    "schedules": _show_of(Panel.SCHEDULES),
    "change_schedule": _show_of(Panel.CHANGE_SCHEDULE),
    "rest": _show_of(Panel.REST),
    "wake": lambda about: Rest(_id(about)),
    "agree": lambda about: Agree(_id(about)),
    "drop": lambda about: Drop(_id(about)),
    "drop_sure": lambda about: Drop(_id(about), sure=True),
    "run_now": lambda about: RunNow(_id(about)),
    "story": _show(Panel.STORY),
    "change_story": _show_of(Panel.CHANGE_STORY),
    "withdraw_story": lambda about: WithdrawStory(_id(about)),
    "withdraw_story_sure": lambda about: WithdrawStory(_id(about), sure=True),
    "short_of_time": _show(Panel.SHORT_OF_TIME),
    "contact_me": _show(Panel.CONTACT_ME),
    "withdraw_contact": lambda about: WithdrawContact(_id(about)),
}
"""What each button asks for, given what it is about. `send_sure` and `cancel_sure` are the platform's own dialogs."""

SURE: Mapping[str, str] = {
    "send": "send_sure",
    "end_practice": "send_sure",
    "cancel": "cancel_sure",
    "drop": "drop_sure",
    "withdraw_story": "withdraw_story_sure",
}
"""Buttons that ask "sure?" first, and what they are once a platform's own dialog has asked."""

OPENS: Mapping[Panel, str] = {Panel.CHANGE: "edit", Panel.CHECK_BACK: "check_date"}
"""Panels that their button is not called after."""

TONES: Mapping[str, Tone] = {
    "begin": Tone.MAIN,
    "next": Tone.MAIN,
    "send": Tone.MAIN,
    "end_practice": Tone.MAIN,
    "cancel": Tone.GRAVE,
    "agree": Tone.MAIN,
    "drop": Tone.GRAVE,
    "withdraw_story": Tone.GRAVE,
}


def _change(about: str, fields: Mapping[str, str]) -> Ask:
    part, _, version = about.partition("@")
    return do.Edit(Which(part=UUID(part)), fields["words"], int(version), care=care_of(fields))


def _said(visibility: Visibility) -> Callable[[str, Mapping[str, str]], Ask]:
    return lambda about, fields: do.Answer(fields["words"], visibility, about, care=care_of(fields))


def sure(code: str) -> str:
    """The code of a press on a button that a platform's own dialog has asked "sure?" about."""
    name, mark, rest = code.partition(":")
    return f"{SURE.get(name, name)}{mark}{rest}"


def is_sure(code: str) -> bool:
    """Whether a press with this code says that somebody is sure."""
    return code.partition(":")[0] in SURE.values()


def opens(show: Show, chat: UUID | None, wording: Wording) -> Button:
    """The button that shows the panel: what stands in for it where it can't be shown at once."""
    about = show.question or show.part or ""
    return button(wording, OPENS.get(show.panel, str(show.panel)), chat, about)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotNow("bad_date", field="on") from None


def _planned(about: str, fields: Mapping[str, str]) -> Ask:
    """`about` is the schedule that it changes, or the room it is for: planning_panels.about_room."""
    replaces, _, room = about.partition("@")
    return Propose(
        when=fields["when"],
        guide=fields["guide"],
        pace=Pace(fields["pace"]),
        hosts={"me": True, "nobody": False}.get(fields["host"]),
        reminder=Reminder(fields["reminder"]),
        on_holiday=OnHoliday(fields["holiday"]),
        until=fields.get("until") or "",
        zone=fields.get("zone") or None,
        changes=bool(replaces),
        replaces=_id(replaces),
        room=_id(room),
        is_chosen=bool(fields.get("room")),
    )


def _remind(about: str, fields: Mapping[str, str]) -> Ask:
    """A time that somebody wrote is the one they mean, whatever else is chosen."""
    typed = fields.get("when", "").strip()
    when = do.RemindWhen.TYPED if typed else do.RemindWhen(fields["choice"])
    return do.RemindMe(when, typed, about or None)


ZONES: Mapping[str, str | None] = {
    "room": None,
    "uk": "Europe/London",
    "europe": "Europe/Paris",
    "india": "Asia/Kolkata",
}
"""The zones that somebody may choose, by what they are called in forms; None is the one of the room."""


def _zone(name: str) -> Ask:
    if name not in ZONES:
        raise NotNow("no_such_zone", field="zone", zones=", ".join(ZONES))
    return do.SetZone(ZONES[name])


def _changed_story(about: str, fields: Mapping[str, str]) -> Ask:
    """`about` is the story, the revision that the form shows, and the version of its sentences."""
    story, revision, consent = about.split("@")
    return ChangeStory(UUID(story), int(revision), told(fields, consent), care_of(fields))


FORMS: Mapping[str, Callable[[str, Mapping[str, str]], Ask]] = {
    "form_answer": _said(Visibility.TEAM),
    "form_private": _said(Visibility.PROGRAMME),
    "form_change": _change,
    "form_move": lambda about, fields: do.Move(Which(part=UUID(about)), fields["question"]),
    "form_reflect": lambda _about, fields: do.Reflect(fields["words"], care_of(fields)),
    "form_check_back": lambda _about, fields: do.SetCheckBack(on=_date(fields["on"])),
    "form_remind": _remind,
    "form_away": lambda _about, fields: do.SetAway(_date(fields["on"])),
    "form_zone": lambda _about, fields: _zone(fields["zone"]),
    "form_join": lambda about, fields: Join(
        fields["organisation"],
        Sector(fields["sector"]),
        fields.get("team") or "",
        hosts=fields["host"] == "me",
        room=_id(about),
    ),
    "form_schedule": _planned,
    "form_rest": lambda about, fields: Rest(UUID(about), _date(fields["on"])),
    "form_start": lambda _about, fields: do.Start(
        fields["guide"] or None, Pace(fields["pace"]), organisation=fields.get("organisation") or None
    ),
    "form_story": lambda about, fields: TellStory(told(fields, about), care_of(fields)),
    "form_change_story": _changed_story,
    "form_contact": lambda _about, fields: AskContact(
        Request(reach=fields["reach"], about=fields["about"], when=fields["when"])
    ),
}
"""What each form asks for when it is sent, given what it is about and its fields."""


def button(wording: Wording, name: str, chat: UUID | None = None, about: str | UUID = "") -> Button:
    """The button called `name`, ready to be laid out."""
    question = wording.say(f"sure.{name}") if name in SURE else None
    return Button(wording.label(name), encode(name, chat, about), TONES.get(name, Tone.PLAIN), question)


def sending(chat: Chat) -> str:
    """The name of the button that ends `chat` after its questions: nothing of a practice is sent."""
    return "end_practice" if chat.practice else "send"


def encode(name: str, chat: UUID | None = None, about: str | UUID = "") -> str:
    """The code of a button."""
    return f"{name}:{chat.hex if chat else ''}:{about.hex if isinstance(about, UUID) else about}"


def decode(code: str) -> Pressed:
    """What a press on the button with `code` asks for. Raises NotNow for a code that is none of ours."""
    name, _, rest = code.partition(":")
    chat, _, about = rest.partition(":")
    try:
        return Pressed(MEANING[name](about), UUID(chat) if chat else None)
    except (KeyError, ValueError):
        raise NotNow("not_understood") from None


def submitted(code: str, fields: Mapping[str, str]) -> Pressed:
    """What a form with `code` asks for, filled in with `fields`. Raises NotNow."""
    name, _, rest = code.partition(":")
    chat, _, about = rest.partition(":")
    try:
        return Pressed(FORMS[name](about, fields), UUID(chat) if chat else None)
    except (KeyError, ValueError):
        raise NotNow("not_understood") from None


def typed(text: str, wording: Wording, *, addressed: bool, said: do.Answer | None = None) -> Pressed | None:
    """What a whole message asks for, if it is a command; None for anything else a person may say.

    Where the bot is not addressed only the words in PLAIN count, and `start` takes no guide: "start again tomorrow" and
    "done" are people talking. `said` is the message as an answer, which a *yes* is when nothing waits for one.
    """
    bare = wording.bare(text)
    name = wording.typed.get(bare)
    if name == "yes":
        return Pressed(do.Yes(said))
    if name is not None and name not in STARTERS:
        return Pressed(MEANING[name]("")) if addressed or name in PLAIN else None
    if name is not None:
        return Pressed(_start([], practice=name == "practise"))
    first, *rest = bare.split() or [""]
    if wording.typed.get(first) not in STARTERS or (rest and not addressed):
        return _with_more(text, wording) if addressed else None
    return Pressed(_start(rest, practice=wording.typed[first] == "practise"))


PLAIN = frozenset(
    {"help", "begin", "next", "back", "pass", "finish", "send", "pause", "resume", "status"}
    | {"my_answers", "my_settings", "privacy", "support", "stop_asking", "cancel", "take_over", "host_it", "not_now"}
    | {"story"}
)
"""Buttons whose words count in a plain message of the room."""

STARTERS = frozenset({"start", "practise"})


GOES_ON: Mapping[str, Callable[[str], Ask]] = {
    "remind_me": lambda rest: do.RemindMe(do.RemindWhen.TYPED, rest),
    "away": lambda rest: do.SetAway(typed=rest),
    "my_zone": lambda rest: _zone(rest.casefold()),
    "join": joined,
    "schedule": proposed,
    "change_schedule": lambda rest: replace(proposed(rest), changes=True),
    "rest": rested,
}
"""Buttons whose words may be followed by what their form asks for."""


def _with_more(text: str, wording: Wording) -> Pressed | None:
    said = text.strip().removesuffix(".").split()
    for words, name in wording.typed.items():
        length = len(words.split())
        if name in GOES_ON and len(said) > length and wording.bare(" ".join(said[:length])) == words:
            return Pressed(GOES_ON[name](" ".join(said[length:])))
    return None


def _start(rest: list[str], *, practice: bool) -> do.Start:
    """Read `[guide] [live|open]`, in any order. Raises NotNow."""
    paces = {str(pace): pace for pace in Pace}
    named = [word for word in rest if word not in paces]
    if len(named) > 1 or len(rest) - len(named) > 1:
        raise NotNow("no_such_pace")
    pace = next((paces[word] for word in rest if word in paces), Pace.LIVE)
    return do.Start(guide=named[0] if named else None, pace=pace, practice=practice)
