"""Taking money out (提取、清算).

In general the account pays for medical care only. The area's list of reasons opens it: some reasons pay all and close the
account, free money may be taken at any time, the rest is refused.
"""
from simulator.law.account import ALL, DEATH, EMIGRATION, FREE, REMOTE_RESIDENCE, RESIDENT, SERIOUS_ILLNESS, Pockets
from simulator.law.rules import Rules

PAID, REASON_NOT_ALLOWED, NOTHING_THERE, MORE_THAN_THERE, WHOLE_ONLY, ALREADY_CLOSED, IN_TRANSIT = range(7)


def withdrawable(reason: int, pockets: Pockets) -> int:
    """What could be paid out for a reason, if it is allowed."""
    if reason == FREE:
        return pockets.withdrawable
    return pockets.current + pockets.carried + pockets.withdrawable


def decide(reason: int, amount_fen: int, pockets: Pockets, is_closed: int, is_in_transit: bool,
           rules: Rules) -> tuple[int, int]:
    """Whether a request is granted: (PAID, amount_fen), or (why not, 0).

    While a balance is on its way to another area, only heirs are paid.
    """
    if is_closed:
        return ALREADY_CLOSED, 0
    if not rules.withdrawal_reasons[reason]:
        return REASON_NOT_ALLOWED, 0
    if is_in_transit and reason != DEATH and reason != FREE:
        return IN_TRANSIT, 0
    there_fen = withdrawable(reason, pockets)
    if there_fen == 0 and not rules.withdrawal_closing_reasons[reason]:
        return NOTHING_THERE, 0
    if amount_fen == ALL:
        return PAID, there_fen
    if amount_fen > there_fen:
        return MORE_THAN_THERE, 0
    if rules.withdrawal_closing_reasons[reason] and amount_fen < there_fen:
        return WHOLE_ONLY, 0
    return PAID, amount_fen


def ends_insurance(reason: int, status: int) -> bool:
    """Whether who takes the money leaves the scheme; who lives elsewhere or is ill stays in it, without an account.

    A resident's cover has nothing to do with an account: only who dies or leaves the country loses it.
    """
    if status == RESIDENT:
        return reason in (DEATH, EMIGRATION)
    return reason not in (REMOTE_RESIDENCE, SERIOUS_ILLNESS, FREE)


def take(pockets: Pockets, amount_fen: int) -> Pockets:
    """Take an amount out of an account: free money first, then earlier years', then this year's."""
    from_free = min(amount_fen, pockets.withdrawable)
    from_carried = min(amount_fen - from_free, pockets.carried)
    return Pockets(pockets.current - (amount_fen - from_free - from_carried), pockets.carried - from_carried,
                   pockets.withdrawable - from_free)
