"""What the own account pays: bills, and premiums where the area allows (个人账户支付)."""
from simulator.law.account import COMMERCIAL_PREMIUM, LONG_TERM_CARE_PREMIUM, Pockets
from simulator.law.rules import Rules

CURRENT_FIRST, CARRIED_FIRST = range(2)     # spending.order
NOTHING, CURRENT_MONEY = range(2)           # spending.before_pool
USABLE, FROZEN = range(2)                   # arrears.account_usable
NO_COMMERCIAL, CARRIED_MONEY, ALL_MONEY = range(3)      # spending.commercial


def pay(pockets: Pockets, due_fen: int, rules: Rules) -> tuple[Pockets, int]:
    """Pay what the account can, in the area's order of money; free money comes last.

    Returns (pockets, paid_fen).
    """
    if rules.spending_order == CURRENT_FIRST:
        from_current = min(due_fen, pockets.current)
        from_carried = min(due_fen - from_current, pockets.carried)
    else:
        from_carried = min(due_fen, pockets.carried)
        from_current = min(due_fen - from_carried, pockets.current)
    from_free = min(due_fen - from_current - from_carried, pockets.withdrawable)
    left = Pockets(pockets.current - from_current, pockets.carried - from_carried, pockets.withdrawable - from_free)
    return left, from_current + from_carried + from_free


def pay_before_pool(pockets: Pockets, cost_fen: int, rules: Rules) -> tuple[Pockets, int]:
    """Where this year's money must be used up before the pool pays. Returns (pockets, paid_fen)."""
    if rules.spending_before_pool == NOTHING:
        return pockets, 0
    paid_fen = min(cost_fen, pockets.current)
    return Pockets(pockets.current - paid_fen, pockets.carried, pockets.withdrawable), paid_fen


def available_for_premium(use: int, pockets: Pockets, rules: Rules) -> int:
    """The money of an account that may pay one's own premium of a kind, fen; -1 if the area does not allow it."""
    if use == COMMERCIAL_PREMIUM:
        if rules.spending_commercial == NO_COMMERCIAL:
            return -1
        carried_fen = max(0, pockets.carried - rules.spending_commercial_keep_fen)
        return carried_fen if rules.spending_commercial == CARRIED_MONEY else carried_fen + pockets.current
    if use == LONG_TERM_CARE_PREMIUM and rules.aid_uses[use]:
        return pockets.carried + pockets.current
    return -1                                   # whoever has an account does not pay a resident's premium for himself
