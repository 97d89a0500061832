"""All that is kept about one person, for programs: docs/download.md explains it, docs/download.schema.json holds it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from bot.keeping import Kept, KeptChat
from bot.kept_stories import KeptRequest, KeptStory
from bot.whereabouts import written
from conversations import cadence
from conversations.mine import OwnChat
from conversations.model import Guide, Kind, Room
from conversations.panels import OwnPart
from conversations.scheduling import Schedule
from conversations.stories import PARTS, Use

FORMAT, VERSION = "team-leeds-chats/person", 1
"""What it calls itself. An addition leaves the version as it is; whatever else changes raises it."""

Json = Mapping[str, object]


def as_json(kept: Kept, chats: Sequence[OwnChat], today: date) -> str:
    """The file; `today` is the day on which it is made."""
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "made_on": today.isoformat(),
        "person": _person(kept),
        "settings": _settings(kept),
        "chats": [_chat(one, own) for one, own in zip(kept.chats, chats, strict=True)],
        "stories": [_story(story) for story in kept.stories],
        "contact_requests": [_request(request) for request in kept.requests],
        "schedules": [_schedule(schedule, room, kept) for schedule, room in kept.planned],
        "rooms_led": [_room(room) for room in kept.hosted_rooms],
    }
    return f"{json.dumps(whole, indent=2, ensure_ascii=False)}\n"


def _person(kept: Kept) -> Json:
    reference = kept.reference
    known = {} if reference is None else {name: fact for name, fact in asdict(reference).items() if fact is not None}
    return {
        "id": str(kept.person),
        "address": written(kept.at),
        "given_name": known.pop("given_name", None),
        "platform": {name: known[name] for name in sorted(known) if name != "at"},
        "roles": [{"role": holder.role.value, "where": holder.scope} for holder in kept.roles],
    }


def _settings(kept: Kept) -> Json:
    wishes = kept.wishes
    return {
        "asks": not wishes.stopped,
        "back_on": None if wishes.back_on is None else wishes.back_on.isoformat(),
        "zone": wishes.zone,
        "profile_zone": wishes.profile_zone,
    }


def _chat(kept: KeptChat, own: OwnChat) -> Json:
    chat, guide = kept.chat, own.guide
    return {
        "id": str(chat.id),
        "title": guide.title,
        "guide": chat.guide,
        "guide_version": chat.guide_version,
        "day": cadence.local_day(chat.started_at, chat.zone).isoformat(),
        "stage": chat.stage.value,
        "pace": chat.pace.value,
        "practice": chat.practice,
        "organisation": chat.organisation,
        "sector": chat.sector,
        "team": chat.team,
        "response_key": str(kept.response),
        "sent": own.sent,
        "removal": None if own.removal is None or not own.gone else own.removal.value,
        "change": None if own.change is None else own.change.value,
        "answers": [_answer(part, guide, kept) for part in kept.parts],
        "passed": [question.key for question in guide.questions if question.key in kept.passed],
        "sat_out": kept.sat_out,
        "step": _step(kept, guide),
        "reminders": _reminders(kept),
        "reflection": kept.reflection,
    }


def _answer(own: OwnPart, guide: Guide, kept: KeptChat) -> Json:
    part = own.part
    question = guide.find(part.question)
    return {
        "id": str(part.id),
        "question": part.question,
        "asked": None if question is None else question.wording,
        "visibility": part.visibility.value,
        "permission": part.permission.value,
        "said_at": _iso(part.said_at),
        "message": part.ref,
        "withdrawn": part.withdrawn,
        "withdrawn_after_sending": part.id in kept.gone,
        "words": None if part.withdrawn else own.words,
    }


def _step(kept: KeptChat, guide: Guide) -> Json | None:
    steps = {question.key for question in guide.questions if question.kind is Kind.COMMITMENT}
    named = any(own.part.question in steps and not own.part.withdrawn for own in kept.parts)
    step = kept.check_back
    if step is None:
        return {"ask_at": None, "progress": None, "second_time": False} if named else None
    progress = None if step.progress is None else step.progress.value
    return {"ask_at": _iso(step.due_at), "progress": progress, "second_time": step.again}


def _reminders(kept: KeptChat) -> Json:
    chosen = kept.reminders
    return {"at": _iso(chosen.at), "question": chosen.number, "after_question": chosen.after, "sent": chosen.sent}


def _story(kept: KeptStory) -> Json:
    story = kept.story
    return {
        "id": str(kept.id),
        "chat": None if kept.chat is None else str(kept.chat),
        "told_at": _iso(kept.at),
        **{part: story.parts.get(part) for part in PARTS},
        "uses": [use.value for use in Use if use in story.uses],
        "credit": story.credit or None,
        "contact": story.contact or None,
        "consent_wording": story.consent,
        "consented_on": kept.on.isoformat(),
    }


def _request(kept: KeptRequest) -> Json:
    request = kept.request
    return {
        "id": str(kept.id),
        "asked_at": _iso(kept.at),
        "reach": request.reach,
        "about": request.about or None,
        "when": request.when or None,
    }


def _schedule(schedule: Schedule, room: Room, kept: Kept) -> Json:
    plan = schedule.plan
    return {
        "id": str(schedule.id),
        "guide": plan.guide,
        "pace": plan.pace.value,
        "first": plan.first.isoformat(),
        "repeat": plan.repeat.value,
        "zone": plan.zone,
        "standing": schedule.standing.value,
        "made_by_them": schedule.owner == kept.person,
        "hosted_by_them": schedule.host == kept.person,
        "room": _room(room),
    }


def _room(room: Room) -> Json:
    return {
        "channel": room.channel,
        "workspace": room.workspace,
        "address": room.address,
        "organisation": room.organisation,
        "sector": room.sector,
        "team": room.team,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
