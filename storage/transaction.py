"""The parts of the store inside one open transaction."""

from collections.abc import Callable
from uuid import UUID

from bot.downloads import Downloads
from bot.keeping import Keeping
from bot.kept_stories import Stories
from bot.ledger import Ledger
from bot.outbox import Outbox
from bot.ports import Chats, Inbox, Reading, Upkeep
from bot.registers import Campaigns, Installations, References, Roles, Rooms, Schedules
from storage.campaigns import SqlCampaigns
from storage.downloads import SqlDownloads
from storage.installations import SqlInstallations
from storage.keeping import SqlKeeping
from storage.kept_guides import KeptGuides
from storage.ledger import SqlLedger
from storage.outbox import SqlOutbox
from storage.reading import SqlReading
from storage.references import SqlReferences
from storage.repositories import SqlChats, SqlInbox
from storage.roles import SqlRoles
from storage.rooms import SqlRooms
from storage.schedules import SqlSchedules
from storage.sealing import UNSEALED, Seals
from storage.sql import Sql
from storage.stories import SqlStories
from storage.survey import SurveyRows
from storage.upkeep import SqlUpkeep


class Transaction:
    """What `work` is given. `sql` is for storage alone."""

    def __init__(self, sql: Sql, fresh: Callable[[], UUID], seals: Seals = UNSEALED) -> None:
        """`fresh` gives random ids; `seals` keeps tokens from prying eyes."""
        self.sql = sql
        self.inbox: Inbox = SqlInbox(sql)
        self.chats: Chats = SqlChats(sql, fresh)
        self.reading: Reading = SqlReading(sql)
        self.outbox: Outbox = SqlOutbox(sql, fresh)
        self.upkeep: Upkeep = SqlUpkeep(sql)
        self.installations: Installations = SqlInstallations(sql, seals)
        self.references: References = SqlReferences(sql)
        self.schedules: Schedules = SqlSchedules(sql)
        self.roles: Roles = SqlRoles(sql)
        self.rooms: Rooms = SqlRooms(sql)
        self.campaigns: Campaigns = SqlCampaigns(sql)
        self.ledger: Ledger = SqlLedger(sql)
        self.keeping: Keeping = SqlKeeping(sql)
        self.downloads: Downloads = SqlDownloads(sql)
        self.stories: Stories = SqlStories(sql)
        self.survey = SurveyRows(sql)
        self.guides = KeptGuides(sql)
