"""users.info in the stand-in Slack: one person as their profile has them.

Source: docs.slack.dev, "users.info"; "User object".
"""

from tests.peers.slack_things import Call, Json, Refused, Token
from tests.peers.slack_world import World, reaches


def info(world: World, call: Call, by: Token) -> Json:
    """Describe somebody whom the bot can see."""
    wanted = call.arguments["user"]
    seen = [space.users for space in world.workspaces.values() if reaches(by.installation, space)]
    found = next((users[wanted] for users in seen if wanted in users), None)
    if found is None:
        raise Refused("user_not_found")
    told = {} if found.zone is None else {"tz": found.zone, "tz_label": "A time zone", "tz_offset": 0}
    profile = {"real_name": found.name, "display_name": found.name, "status_text": "", "title": ""}
    described = {"id": found.id, "team_id": found.team, "name": found.name.lower(), "deleted": False, "is_bot": False}
    return {"ok": True, "user": {**described, "profile": profile, **told}}
