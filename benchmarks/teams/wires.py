"""What our program asks Microsoft for besides what people see, and what becomes of it when no token comes."""

from benchmarks.bots.offering import Post, deliver, offer, session
from benchmarks.bots.subjects import Platform, Subject
from benchmarks.bots.turns import Contestant
from benchmarks.crowd import Heard
from benchmarks.measuring import MS, percentile
from benchmarks.places import Kind
from benchmarks.report import Report, at_most, under
from benchmarks.teams.platform import TOKEN_CALLS
from benchmarks.teams.stage import Ground

A_SECOND, HANGS_SECONDS = 20.0, 30
ONE, WANTED_STALL_MS = 1, 100.0


async def wires(kind: Kind, ground: Ground, report: Report, *, answers: int, seconds: float) -> None:
    """Print connections and tokens for answers one by one, and the longest stall while a token hangs. Raises Lost."""
    report.heading(f"{kind.name}: our program, newly started, {answers} answers one after the other")
    before = await _tokens(ground.platform)
    async with ground.program(apps=1) as program:
        connections = await _one_by_one(program, ground.platform, kind, answers)
        tokens = await _tokens(ground.platform) - before
        limit = "a question's post and a person's receipt leave at the same time, each on a connection that is kept"
        report.wanted("connections to the service", f"{connections}", connections, at_most(ONE), limit)
        report.wanted("tokens asked for", f"{tokens}", tokens, at_most(ONE))
    report.heading(f"{kind.name}: {A_SECOND:g} answers a second by chance, for {seconds:g} s, newly started each time")
    await _stalled(kind, ground, report, "token at once", seconds)
    await ground.platform.asked(f"/hang/{HANGS_SECONDS}")
    stall = await _stalled(kind, ground, report, f"token takes {HANGS_SECONDS} s", seconds)
    report.wanted("longest stall while a token hangs", f"{stall:.0f} ms", stall, under(WANTED_STALL_MS, " ms"))


async def _one_by_one(program: Contestant, platform: Platform, kind: Kind, answers: int) -> int:
    async with session() as through:

        async def one(subject: Subject, post: Post) -> Heard:
            await deliver(through, subject.url, post)
            return Heard(answers=1)

        for _ in range(answers):
            await program.turn(one, platform, kind)
    return program.subject.connections


async def _stalled(kind: Kind, ground: Ground, report: Report, name: str, seconds: float) -> float:
    """Print how long acknowledgements took, and give the longest stall in milliseconds."""
    async with ground.program() as program, session() as through:
        found: list[float] = []

        async def work(subject: Subject, post: Post) -> Heard:
            await subject.told("/stall/begin")
            heard = await offer(through, subject.url, post, a_second=A_SECOND, seconds=seconds)
            found.append((await subject.told("/stall/end"))["ms"])
            await ground.platform.asked("/hang/0")
            return heard

        turn = await program.turn(work, ground.platform, kind)
    waits = [wait * MS for wait in turn.heard.waits]
    shown = f"longest stall {found[0]:.0f} ms; acknowledged after p50 {percentile(waits, 50):.0f} ms"
    report.line(name, f"{shown}, p99 {percentile(waits, 99):.0f} ms, most {max(waits):.0f} ms")
    return found[0]


async def _tokens(platform: Platform) -> int:
    return (await platform.counters())[0].get(TOKEN_CALLS, 0)
