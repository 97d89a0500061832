"""Who may organise, and who may read words to make findings: by the settings, or by a role they were given."""

from bot.house import House
from bot.outside import Address
from bot.ports import Transaction
from bot.registers import Role


def organises(tx: Transaction, house: House, who: Address) -> bool:
    """Whether somebody organises in their workspace."""
    return who in house.organisers or tx.roles.has(who, Role.ORGANISER, who.workspace)


def is_analyst(tx: Transaction, house: House, who: Address) -> bool:
    """Whether somebody reads words of their workspace to make findings."""
    return who in house.analysts or tx.roles.has(who, Role.ANALYST, who.workspace)
