"""What the own account pays of a bill (个人账户支付)."""
from simulator.law.account import Pockets

CURRENT_FIRST, CARRIED_FIRST = range(2)     # spending.order
NOTHING, CURRENT_MONEY = range(2)           # spending.before_pool


def pay(pockets, due_fen, rules):
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


def pay_before_pool(pockets, cost_fen, rules):
    """Where this year's money must be used up before the pool pays. Returns (pockets, paid_fen)."""
    if rules.spending_before_pool == NOTHING:
        return pockets, 0
    paid_fen = min(cost_fen, pockets.current)
    return Pockets(pockets.current - paid_fen, pockets.carried, pockets.withdrawable), paid_fen
