"""Who may organise, and who may read words to make findings: by the settings, or by a role they were given."""

from bot.house import House
from bot.outside import Address
from bot.ports import Transaction
from bot.registers import Role


def organises(tx: Transaction, house: House, who: Address) -> bool:
    """Whether somebody organises in their workspace."""
    return who in house.organisers or tx.roles.has(who, Role.ORGANISER, who.workspace)


def reads_in(tx: Transaction, house: House, who: Address) -> frozenset[str]:
    """The workspaces whose words somebody reads to make findings, perhaps `EVERYWHERE`; none for who is no analyst.

    Whichever workspace they are named by: in an organisation that has several, a person has one id in all of them.
    """
    given = {
        holder.scope
        for holder in tx.roles.listed()
        if holder.role is Role.ANALYST and _id_of(holder.who) == _id_of(who)
    }
    return frozenset(given | {one.workspace for one in house.analysts if _id_of(one) == _id_of(who)})


def _id_of(who: Address) -> tuple[str, str]:
    return who.channel, who.address
