"""Team Leeds Chats: puts the parts together. `python app.py --help` says what it can do.

1. Plain constructor calls, in the order in which the parts need one another.
2. The one real clock, the one source of ids and the one source of chance are here.
3. A command imports what it needs when it runs, so that it starts at once.
"""

import asyncio
import gc
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid4

from bot.house import House
from bot.outbox import Rate
from bot.outside import Address, Channel, SurveyEvent, SurveyStore
from bot.ports import Retention, Store, StoreDown, Transaction
from bot.registers import Through
from bot.whereabouts import written as named
from conversations.model import Calendar, Guide, Terms
from conversations.support import Directory

if TYPE_CHECKING:
    from pydantic import SecretStr

    from adapters.clock import Clock
    from adapters.slack.apps import SlackApps
    from adapters.survey.limesurvey_survey import Access as LimeSurveyAccess
    from adapters.teams.app import TeamsApps
    from adapters.teams.identities import Identity
    from bot.conversation import Conversation
    from bot.delivery import Delivery
    from bot.downloads import Saved
    from bot.erased import Erased, Stands
    from bot.erasing import Erasing
    from bot.exported import Exported, Form, Imported
    from bot.ledger import Compared
    from bot.receipts import Receipts
    from bot.schedules import Schedules
    from bot.settings import Settings
    from bot.teams_settings import TeamsApp
    from storage.opening import OpenStore
    from storage.transaction import Transaction as StoredTransaction

T = TypeVar("T")

PLACE = Path(__file__).parent / "conversations"
GUIDES, SUPPORT, WORDING = PLACE / "guides", PLACE / "support.yaml", PLACE / "wording" / "en.yaml"

MY_ANSWERS = Path("my-answers")
"""Where *download* writes in a terminal."""

TICK, TICK_LIMIT = timedelta(seconds=1), timedelta(minutes=1)
WATCH = timedelta(minutes=1)
PURGE, PURGE_LIMIT = timedelta(days=1), timedelta(minutes=10)
RECONCILE, RECONCILE_LIMIT = timedelta(days=1), timedelta(hours=1)
SURVEY_BURST, UNHELD = 5.0, 1_000_000.0
"""How many things go to a survey store at once; and what is no rate at all."""


class Refused(Exception):
    """What was asked for can't be done; the text is one sentence that says what to do."""


def now() -> datetime:
    """The one real clock, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Works:
    """The parts that keep chats going, on one store."""

    conversation: "Conversation"
    receipts: "Receipts"
    delivery: "Delivery"
    schedules: "Schedules"
    survey_stores: Mapping[str, SurveyStore]
    clock: "Clock"


class App:
    """The program; each part is made when a command asks for it."""

    def __init__(self, *, debug: bool, clock: Callable[[], datetime] = now) -> None:
        """`clock` gives UTC."""
        self.who = f"uid:{os.getuid()}" if hasattr(os, "getuid") else "uid:unknown"
        self.now = clock
        self._debug = debug

    async def chat(self) -> None:
        from adapters.console.channel import ConsoleChannel
        from adapters.console.reader import ReadLines, TypedLines
        from adapters.console.screen import Screen
        from adapters.console.session import Session
        from adapters.export.person import save_new

        self._log("WARNING")
        screen = Screen(sys.stdout)
        channel = ConsoleChannel(screen, self.house.wording)
        async with self.store() as store:
            house = replace(await self.settled(store), downloads=True)
            works = self.works(store, house, {channel.name: channel})
            session = Session(
                conversation=works.conversation,
                delivery=works.delivery,
                store=store,
                house=house,
                channel=channel,
                screen=screen,
                lines=TypedLines() if sys.stdin.isatty() else ReadLines(sys.stdin.fileno()),
                save=lambda texts, name: save_new(MY_ANSWERS.absolute(), texts, name),
                clock=self.now,
                fresh=uuid4,
            )
            try:
                async with works.clock.running():
                    await session.run()
            finally:
                await closed(works.survey_stores)

    async def serve(self, host: str | None, port: int | None) -> None:
        import structlog

        from adapters.browser import health
        from adapters.browser.listening import listening
        from adapters.browser.mine import Mine

        settings = self._settings
        host, port = host or settings.host, settings.port if port is None else port
        self._refuse_beyond_loopback(host)
        self._log("INFO")
        slack, teams, mine = self.slack(), self.teams(), Mine(self.house.wording, self.now)
        log = structlog.get_logger()
        store: Store | None = None
        worker: asyncio.Task[None] | None = None

        async def database() -> bool:
            return store is not None and await answers(store)

        async def delivery() -> bool:
            return worker is not None and not worker.done()

        with told_to_stop() as stop:
            checks = {"database": database, "delivery": delivery}
            routes = [*health.routes(checks), *slack.routes(), *teams.routes(), *mine.routes()]
            async with listening(routes, host, port) as port_taken:
                log.info("serving", host=host, port=port_taken)
                opened = await unless(stop, self._open(lambda reason: log.warning("store_awaited", reason=reason)))
                if opened is None:
                    return
                store = opened
                try:
                    house = await self.settled(store)
                    if self._keys:
                        resealed = await store.transact(lambda tx: tx.installations.reseal())
                        log.info("tokens_resealed", anew=resealed.anew, shut=resealed.shut)
                    channels = {
                        **await slack.connect(store, house.wording),
                        **await teams.connect(store, house.wording),
                    }
                    works = self.works(store, house, channels)
                    worker = asyncio.create_task(works.delivery.run())
                    slack.open(works.conversation, works.receipts, works.delivery.stir)
                    teams.open(works.conversation, works.receipts, house, works.delivery.stir)
                    mine.open(store, house)
                    collect_garbage()
                    log.info("ready")
                    reading = asyncio.create_task(ready_to_read_dates())
                    async with works.clock.running():
                        await unless(stop, asyncio.shield(worker))
                    await reading
                    await slack.refuse()
                    teams.refuse()
                    log.info("stopping")
                    works.delivery.end()
                    await worker
                    await closed(works.survey_stores)
                finally:
                    await slack.close()
                    await teams.close()
                    await store.close()
                log.info("stopped")

    async def export(
        self,
        form: "Form",
        folder: Path,
        guide: str | None,
        analyst: Address | None,
        written: Callable[[int], None],
        *,
        force: bool,
    ) -> "Exported":
        from adapters.export.writing import Order, refuse_overwriting, write

        order = Order(form=form, folder=folder, guide=guide, force=force, for_analyst=analyst is not None)
        refuse_overwriting(order)
        about = f"{form} {guide or 'all'}{'' if analyst is None else f' for {named(analyst)}'}"
        cancelled = False

        def done(responses: int) -> None:
            if cancelled:
                raise Refused("The export was stopped; nothing was written.")
            written(responses)

        async with self.store() as store:
            scopes = await store.transact(lambda tx: self._note_export(tx, about, analyst))
            try:
                exported = await store.read_at_length(
                    lambda tx: write(order, _held(tx, analyst, scopes), self.now(), done)
                )
            except asyncio.CancelledError:
                cancelled = True
                raise
            counts = f"{about}: {exported.responses} responses, {exported.stories} stories"
            await store.transact(lambda tx: tx.upkeep.note("export_written", counts, self.who, self.now()))
        return exported

    def _note_export(self, tx: Transaction, about: str, analyst: Address | None) -> frozenset[str]:
        """Write in the audit that words are taken out; where an analyst reads them. Raises Refused for who is none."""
        from bot.roles import reads_in

        scopes = frozenset[str]() if analyst is None else reads_in(tx, self.house, analyst)
        if analyst is not None and not scopes:
            who = named(analyst)
            raise Refused(f"{who} is no analyst: `organiser add {who} --analyst` makes them one. Nothing was written.")
        tx.upkeep.note("exported", about, self.who, self.now())
        return scopes

    async def take_back(self, path: Path, taken: Callable[[int], None]) -> "Imported":
        from adapters.export.reading import reading
        from bot.exported import Imported
        from storage.survey_import import TOGETHER, take_back

        with reading(path) as lines:
            about = f"{lines.check()} lines of sha256:{lines.sha256}"
            done = Imported()
            async with self.store() as store:
                await store.transact(lambda tx: tx.upkeep.note("importing", about, self.who, self.now()))
                for batch in lines.batches(TOGETHER):
                    done += await store.transact(partial(take_back, events=batch, now=self.now()))
                    taken(done.lines)
                counts = f"{about}: {done.taken} taken, {done.held} held, {done.overtaken} overtaken"
                await store.transact(lambda tx: tx.upkeep.note("imported", counts, self.who, self.now()))
        return done

    async def hand_over(self, who: Address, folder: Path) -> "Saved | None":
        from adapters.export.person import save_new
        from bot.handing_over import Handed, files, handed

        now = self.now()
        async with self.store() as store:
            house = await self.settled(store)

            def work(tx: Transaction) -> Handed | None:
                whole = handed(tx, house, who)
                if whole is not None:
                    tx.upkeep.note("person_exported", str(whole.kept.person), self.who, now)
                return whole

            whole = await store.transact(work)
        name = f"{who.channel}-{who.workspace}-{'-'.join(who.address.split())}"
        return None if whole is None else save_new(folder, files(whole, house, now), name)

    async def erase(self, who: Address) -> "Erased | None":
        async with self.store() as store:
            return await (await self._erasing(store)).erase(who, self.who)

    async def erased(self, keys: Sequence[UUID]) -> "Stands":
        async with self.store() as store:
            return await (await self._erasing(store)).look(keys)

    async def _erasing(self, store: "OpenStore") -> "Erasing":
        from bot.conversation import Conversation
        from bot.erasing import Erasing
        from bot.showing import Showing
        from storage.survey import EmbeddedSurvey

        house = await self.settled(store)
        showing = Showing(store, house, self.support(), self.now)
        conversation = Conversation(store, house, showing, clock=self.now, fresh=uuid4, stirred=lambda: None)
        own = EmbeddedSurvey(store)
        return Erasing(store, conversation.handle, own, clock=self.now, fresh=uuid4)

    async def rooms(self, out: Path | None, *, force: bool) -> int:
        from adapters.export.part import becoming
        from adapters.export.rooms import write_rooms

        if out is not None:
            _refuse_overwriting(out, force=force)
        async with self.store() as store:
            await store.transact(lambda tx: tx.upkeep.note("rooms_exported", "all", self.who, self.now()))
            if out is None:
                kept = StringIO()  # whoever reads slowly, or stops, is no trouble of the database's
                written = await store.read(lambda tx: write_rooms(tx.rooms.joined(), kept))
                sys.stdout.write(kept.getvalue())
                return written
            with becoming(out) as part:
                return await store.read(lambda tx: write_rooms(tx.rooms.joined(), part))

    async def calendar(self, out: Path, workspaces: Sequence[str], *, force: bool) -> int:
        from adapters.export.calendar import write_calendar
        from adapters.export.part import becoming

        house, now = self.house, self.now()
        _refuse_overwriting(out, force=force)

        def work(tx: Transaction) -> int:
            every = tx.schedules.every()
            wanted = ((one, room) for one, room in every if not workspaces or room.workspace in workspaces)
            return write_calendar(wanted, house, part, now)

        async with self.store() as store:
            about = " ".join(workspaces) or "all"
            await store.transact(lambda tx: tx.upkeep.note("schedules_exported", about, self.who, now))
            with becoming(out) as part:
                return await store.read(work)

    def fresh(self) -> UUID:
        return uuid4()

    def through(self) -> Mapping[str, Through]:
        from adapters.console.channel import NAME
        from adapters.slack.pace import SLACK
        from adapters.teams.pace import TEAMS

        settings = self._settings
        slack = {
            f"{SLACK}-{app.name}" if app.name else SLACK: Through.TOKEN if app.bot_token else Through.INSTALLATION
            for app in settings.slack
        }
        teams = {f"{TEAMS}-{app.name}" if app.name else TEAMS: Through.REFERENCE for app in settings.teams}
        return {NAME: Through.HERE, **slack, **teams}

    def rate_of(self, gate: str) -> Rate | None:
        from adapters.slack import pace as slack
        from adapters.teams import pace as teams

        if gate in self._settings.destinations:
            return self._survey_rate(gate)
        return slack.rate_of(gate) or teams.rate_of(gate)

    def _survey_rate(self, destination: str) -> Rate | None:
        """Nothing keeps our own tables waiting; elsewhere a gate is needed for its rest after failures, if no more."""
        if destination == "embedded":
            return None
        return Rate(self._settings.survey_rate, SURVEY_BURST) if self._settings.survey_rate else Rate(UNHELD, UNHELD)

    def support(self) -> Directory:
        from storage.support import load_support

        return load_support(self._settings.support_file or SUPPORT)

    def guides(self, folder: Path | None) -> Sequence[Guide]:
        from storage.guides import load_all_versions
        from storage.yaml_files import BadFile

        if folder is not None:
            return load_all_versions(folder)
        ours = {(guide.key, guide.version): guide for guide in load_all_versions(GUIDES)}
        own = self._settings.guides_dir
        for guide in load_all_versions(own) if own else ():
            if (guide.key, guide.version) in ours:
                why = f"‘{guide.key}’ version {guide.version} comes with the bot; raise the version or change the key"
                raise BadFile(own or GUIDES, None, why)
            ours[guide.key, guide.version] = guide
        return list(ours.values())

    @asynccontextmanager
    async def store(self) -> AsyncIterator["OpenStore"]:
        self._log("WARNING")
        store = await self._open(say_aside)
        collect_garbage()
        try:
            yield store
        finally:
            await store.close()

    def explain(self, error: Exception) -> str | None:
        from adapters.browser.listening import CannotListen
        from adapters.export.part import CannotExport
        from adapters.export.reading import CannotImport
        from adapters.slack.manifest import BadAddress
        from adapters.survey.limesurvey_checks import CannotReachLimeSurvey
        from adapters.teams.identities import BadCertificate
        from adapters.teams.package import BadPackage
        from bot.settings import BadSetting
        from storage.kept_guides import GuideChanged
        from storage.opening import CannotOpen
        from storage.yaml_files import BadFile

        ours = (
            BadSetting,
            BadFile,
            GuideChanged,
            CannotOpen,
            CannotExport,
            CannotImport,
            CannotListen,
            BadAddress,
            BadPackage,
            BadCertificate,
            CannotReachLimeSurvey,
        )
        if isinstance(error, (Refused, *ours)):
            return str(error)
        reason = str(error)
        return f"{reason[:1].upper()}{reason[1:]}: nothing was changed." if isinstance(error, StoreDown) else None

    # --- parts -------------------------------------------------------------------------------------------------------

    @cached_property
    def _settings(self) -> "Settings":
        from bot.settings import read_settings

        return read_settings()

    @cached_property
    def house(self) -> House:
        """What every chat here shares. Raises Refused, BadFile, BadSetting."""
        from storage.calendar import EnglandsHolidays
        from storage.wording import load_wording

        settings = self._settings
        house = House(
            guides={(guide.key, guide.version): guide for guide in self.guides(None)},
            default_guide=settings.default_guide,
            wording=load_wording(WORDING),
            calendar=partial(Calendar, holidays=EnglandsHolidays()),
            destinations=settings.destinations,
            zone=settings.zone,
            organisers=settings.organising,
            downloads=settings.public_url is not None,
            public_url=settings.public_url,
            own_survey=self._own_survey,
            analysts=settings.analysing,
            terms=Terms(
                link_days=settings.keep_link_days,
                words_days=settings.keep_words_days,
                contact_days=settings.keep_contact_days,
                controller=settings.controller,
                contact=settings.contact,
                notice=settings.notice_url,
            ),
        )
        if settings.default_guide not in {None, *house.newest()}:
            raise Refused(f"TEAM_LEEDS_DEFAULT_GUIDE must be the key of a guide: {', '.join(house.newest())}.")
        return house

    async def settled(self, store: "OpenStore") -> House:
        """The house with every guide that a chat here may have begun with. Raises GuideChanged, StoreDown."""
        house = self.house
        kept = await store.transact(lambda tx: tx.guides.keep(house.guides.values()))
        return replace(house, guides=kept, retired=frozenset(kept) - frozenset(house.guides))

    def works(self, store: "OpenStore", house: House, channels: Mapping[str, Channel]) -> Works:
        """The parts that keep chats going on `store`, in rooms of `channels`. Raises BadFile."""
        from adapters.clock import Clock, Job
        from bot.conversation import Conversation
        from bot.delivery import Delivery
        from bot.performing import Performer
        from bot.receipts import Receipts
        from bot.reconciling import reconcile
        from bot.schedules import Schedules
        from bot.showing import Showing

        def stirred() -> None:
            delivery.stir()

        showing = Showing(store, house, self.support(), self.now)
        conversation = Conversation(
            store=store, house=house, showing=showing, clock=self.now, fresh=uuid4, stirred=stirred
        )
        survey_stores = self.survey_stores(store)
        performer = Performer(
            store=store,
            house=house,
            channels=channels,
            survey_stores=survey_stores,
            clock=self.now,
            chance=random.random,
            hold=conversation.hold,
        )
        delivery = Delivery(store, performer, self.now, self.rate_of)
        schedules = Schedules(store, conversation, house, self.now, self._retention)
        jobs = (
            Job(name="tick", work=schedules.tick, every=TICK, limit=TICK_LIMIT),
            Job(name="watch", work=schedules.watch, every=WATCH, limit=TICK_LIMIT),
            Job(name="purge", work=schedules.purge, every=PURGE, limit=PURGE_LIMIT),
            Job(
                name="reconcile",
                work=lambda: reconcile(store, list(survey_stores.values()), self.now()),
                every=RECONCILE,
                limit=RECONCILE_LIMIT,
            ),
        )
        receipts = Receipts(store, house)
        return Works(conversation, receipts, delivery, schedules, survey_stores, Clock(jobs, self.now))

    def slack(self) -> "SlackApps":
        """The Slack apps that the settings name, if any."""
        from adapters.slack.app import Config
        from adapters.slack.apps import SlackApps
        from adapters.slack.asking import Credentials

        def revealed(secret: "SecretStr | None") -> str | None:
            return None if secret is None else secret.get_secret_value()

        configs = [
            Config(
                name=told.name,
                signing_secret=revealed(told.signing_secret) or "",
                api_url=told.api_url,
                bot_token=revealed(told.bot_token),
                credentials=Credentials(told.client_id, revealed(told.client_secret) or "") if told.client_id else None,
                may_install=told.may_install,
                app_token=revealed(told.app_token),
                keys=self._keys,
            )
            for told in self._settings.slack
        ]
        return SlackApps(configs, self.now, uuid4)

    def teams(self) -> "TeamsApps":
        """The Teams apps that the settings name, if any. Raises BadCertificate."""
        from adapters.teams.app import Config, TeamsApps

        configs = [
            Config(
                name=app.name,
                app_id=app.app_id or "",
                tenant_id=app.tenant_id or "",
                tenants=app.tenants,
                identity=_identity(app) if app.guarded else None,
                login_url=app.login_url,
                openid_url=app.openid_url,
            )
            for app in self._settings.teams
        ]
        return TeamsApps(configs, self.now, uuid4)

    def set_up_limesurvey(self, title: str) -> int:
        from adapters.survey.limesurvey_survey import set_up

        return set_up(self._limesurvey_access(), title, self._forwarded())

    def check_limesurvey(self, survey: int | None) -> Sequence[tuple[bool, str]]:
        from adapters.survey.limesurvey_survey import check

        found = check(
            self._limesurvey_access(), survey or self._limesurvey_survey(), tuple(self._forwarded()), self.now
        )
        return [(one.is_right, one.says if one.is_right else one.to_do) for one in found]

    def _limesurvey_survey(self) -> int:
        number = self._settings.limesurvey_survey
        if number is None:
            raise Refused("Say which survey with --survey, or set TEAM_LEEDS_LIMESURVEY_SURVEY.")
        return number

    def _limesurvey_access(self) -> "LimeSurveyAccess":
        from adapters.survey.limesurvey_survey import Access

        told = self._settings
        if told.limesurvey_url is None or told.limesurvey_user is None or told.limesurvey_password is None:
            raise Refused(
                "Set TEAM_LEEDS_LIMESURVEY_URL, TEAM_LEEDS_LIMESURVEY_USER and TEAM_LEEDS_LIMESURVEY_PASSWORD."
            )
        return Access(
            url=told.limesurvey_url, user=told.limesurvey_user, password=told.limesurvey_password.get_secret_value()
        )

    def _forwarded(self) -> Mapping[str, str]:
        """The wordings by key of what can be forwarded, the usual guide's first."""
        from adapters.survey.limesurvey_file import questions_of

        newest = self.house.newest()
        return questions_of(sorted(newest.values(), key=lambda guide: guide.key != self.house.default_guide))

    def manifest(self, url: str, form: str, app: str, *, socket: bool) -> str:
        import json

        from yaml import safe_dump

        from adapters.slack.manifest import manifest

        made = manifest(url, app, socket=socket)
        if form == "json":
            return f"{json.dumps(made, indent=2)}\n"
        return str(safe_dump(json.loads(json.dumps(made)), sort_keys=False))

    def package(self, app_id: str, url: str, out: Path, *, notice: str | None, replies: bool) -> None:
        from adapters.teams.package import package

        made = package(app_id, url, notice=notice, replies=replies)
        if out.is_dir():
            raise Refused(f"‘{out}’ is a folder: name a file in it with --out, like {out / 'package.zip'}.")
        try:
            with out.open("xb") as file:
                file.write(made)
        except FileExistsError:
            raise Refused(f"‘{out}’ is there already: name another file with --out, or move this one away.") from None
        except OSError as error:
            raise Refused(f"‘{out}’ can't be written ({error.strerror}): name another file with --out.") from None

    def survey_stores(self, store: "OpenStore") -> Mapping[str, SurveyStore]:
        """Where responses go, by name."""
        from storage.survey import EmbeddedSurvey

        make: Mapping[str, Callable[[], SurveyStore]] = {
            "embedded": lambda: EmbeddedSurvey(store),
            "webhook": self._webhook,
            "limesurvey": self._limesurvey,
            "handoff": self._handoff,
            "email": self._email,
        }
        return {name: make[name]() for name in self._settings.destinations}

    def _webhook(self) -> SurveyStore:
        from adapters.survey.webhook import Config, Webhook

        told = self._settings
        secrets = tuple(secret.get_secret_value() for secret in told.webhook_secrets)
        return Webhook(
            Config(url=told.webhook_url or "", secrets=secrets, source=told.source, ca=told.webhook_ca), self.now
        )

    def _limesurvey(self) -> SurveyStore:
        from adapters.survey.limesurvey import LimeSurvey
        from adapters.survey.limesurvey_wire import Config

        access = self._limesurvey_access()
        survey = self._settings.limesurvey_survey or 0
        return LimeSurvey(Config(url=access.url, user=access.user, password=access.password, survey=survey), self.now)

    @property
    def _own_survey(self) -> Callable[[UUID], str] | None:
        """Where people fill in the survey by themselves, where they do."""
        told = self._settings
        if told.handoff_url is None or "handoff" not in told.destinations:
            return None
        from adapters.survey.handoff import link

        return partial(link, told.handoff_url)

    def _handoff(self) -> SurveyStore:
        from adapters.survey.handoff import Handoff

        return Handoff()

    def _email(self) -> SurveyStore:
        from adapters.survey.email import Config, Email

        told = self._settings
        config = Config(
            host=told.smtp_host or "",
            port=told.smtp_port,
            security=told.smtp_security,
            sender=told.email_from or "",
            to=told.email_to or "",
            user=told.smtp_user,
            password=None if told.smtp_password is None else told.smtp_password.get_secret_value(),
            ca=told.smtp_ca,
        )
        return Email(config, self.now)

    async def reconcile(self, names: Sequence[str]) -> Sequence["Compared"]:
        from bot.reconciling import reconcile

        wrong = [name for name in names if name not in self._settings.destinations]
        if wrong:
            raise Refused(f"‘{wrong[0]}’ is none of TEAM_LEEDS_DESTINATIONS: {', '.join(self._settings.destinations)}.")
        async with self.store() as store:
            survey_stores = self.survey_stores(store)
            try:
                return await reconcile(store, [survey_stores[name] for name in names or survey_stores], self.now())
            finally:
                await closed(survey_stores)

    @property
    def _retention(self) -> Retention:
        settings = self._settings
        return Retention(
            link=timedelta(days=settings.keep_link_days),
            words=timedelta(days=settings.keep_words_days),
            audit=timedelta(days=settings.keep_audit_days),
            traffic=timedelta(days=settings.keep_traffic_days),
            contact=timedelta(days=settings.keep_contact_days),
        )

    async def _open(self, say: Callable[[str], None]) -> "OpenStore":
        from storage.opening import open_store

        waited = False

        def away(reason: str) -> None:
            nonlocal waited
            waited = True
            say(reason)

        place = self._settings.database.get_secret_value()
        store = await open_store(place, away, fresh=uuid4, keys=self._keys)
        if waited:
            say("The database answers")
        return store

    @property
    def _keys(self) -> tuple[str, ...]:
        return tuple(key.get_secret_value() for key in self._settings.secret_keys)

    def _log(self, level: str) -> None:
        from bot.logs import set_up

        settings = self._settings
        set_up(settings.log_level or level, settings.log_format, self.now, sys.stderr, debug=self._debug)

    def _refuse_beyond_loopback(self, host: str) -> None:
        from bot.settings import BEYOND_LOOPBACK

        if is_loopback(host):
            return
        if not all(app.guarded for app in self._settings.teams):
            raise Refused(
                f"To be reached at {host}, first take out TEAM_LEEDS_TEAMS_AUTH=off: anybody could pretend to be Teams."
            )
        missing = self._settings.unset(BEYOND_LOOPBACK)
        if missing:
            names = ", ".join(missing)
            raise Refused(f"To be reached at {host}, first set {names}; docs/settings.md says what they mean.")


def _identity(app: "TeamsApp") -> "Identity":
    """How an app says who it is. Raises BadCertificate."""
    from adapters.teams.identities import ByHost, ByMachine, BySecret, certificate_in
    from bot.teams_settings import YES, host_of_identities

    if app.app_password is not None:
        return BySecret(app.app_password.get_secret_value())
    if app.certificate is not None:
        return certificate_in(app.certificate.read_bytes())
    named = None if app.managed_identity == YES else app.managed_identity
    host = host_of_identities()
    return ByMachine(named) if host is None else ByHost(host[0], host[1].get_secret_value(), named)


def _refuse_overwriting(out: Path, *, force: bool) -> None:
    if out.is_dir():
        raise Refused(f"‘{out}’ is a folder: name a file in it with --out.")
    if out.exists() and not force:
        raise Refused(f"‘{out}’ is there already: name another file with --out, or add --force to write over it.")


def _held(tx: "StoredTransaction", analyst: Address | None, scopes: frozenset[str]) -> Iterator[SurveyEvent]:
    """Everything that the built-in survey store holds; what an analyst may read of it."""
    from bot.analysts import as_read
    from storage.analysed import reach_of

    if analyst is None:
        return tx.survey.events()
    reach = reach_of(tx.sql, analyst, scopes)
    return (read for event in tx.survey.events() if (read := as_read(event, reach)) is not None)


def say_aside(reason: str) -> None:
    """Tell whoever started us why nothing happens yet."""
    sys.stderr.write(f"{reason}.\n")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def ready_to_read_dates() -> None:
    """Load what reads dates beside everything else, so that nobody who types the first one waits for that."""
    import structlog

    from bot.typed_times import warm

    await asyncio.to_thread(warm)
    structlog.get_logger().info("ready_to_read_dates")


async def closed(survey_stores: Mapping[str, SurveyStore]) -> None:
    """Let go of what they have open."""
    for survey_store in survey_stores.values():
        await survey_store.close()


async def answers(store: Store) -> bool:
    """Whether the database does. Raises StoreDown."""
    await store.read(lambda tx: tx.outbox.next_wake())
    return True


@contextmanager
def told_to_stop() -> Iterator[asyncio.Event]:
    """Give an event that SIGTERM and SIGINT set; the second of them stops the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def heard() -> None:
        stop.set()
        forget()

    def forget() -> None:
        for number in signals:
            loop.remove_signal_handler(number)

    with suppress(NotImplementedError):  # Windows: Ctrl-C ends the program as it always does
        for number in signals:
            loop.add_signal_handler(number, heard)
    try:
        yield stop
    finally:
        with suppress(NotImplementedError):
            forget()


async def unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """What `work` returns; None, and `work` is cancelled, once `stop` is set. Raises what `work` raises."""
    task = asyncio.ensure_future(work)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if task.done():
        return task.result()
    task.cancel()
    with suppress(asyncio.CancelledError):
        return await task
    return None


def collect_garbage() -> None:
    """Begin to collect garbage after `main` put it off, and never among what was loaded until now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def main() -> None:
    """Do what the command line asks for. To collect garbage while modules load would take a third of the start."""
    gc.disable()
    from adapters.cli.commands import run

    run(lambda debug: App(debug=debug), sys.argv[1:])


if __name__ == "__main__":
    main()
