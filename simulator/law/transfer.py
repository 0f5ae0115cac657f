"""Moving between areas (关系转移接续): the relation moves, the balance follows within the working days of the rules."""
from simulator.law.account import EMPLOYEE, FLEXIBLE, RETIREE
from simulator.law.rules import Rules
from simulator.months import month_of_day_number, working_day_after

YES, NO = range(2)                              # transfer.accepts_balance
RETIREES_STAY, RETIREES_MOVE = range(2)         # transfer.retirees
MOVED, RETIREE_STAYS, BALANCE_NOT_TAKEN, SAME_AREA, NOT_INSURED = range(5)


def may_move(status: int, is_same_area: bool, rules: Rules, new_rules: Rules) -> int:
    """Whether insurance and balance move: MOVED, or why not."""
    if is_same_area:
        return SAME_AREA
    if status == RETIREE:
        return MOVED if rules.transfer_retirees == RETIREES_MOVE else RETIREE_STAYS
    if status != EMPLOYEE and status != FLEXIBLE:
        return NOT_INSURED
    if new_rules.transfer_accepts_balance == NO:
        return BALANCE_NOT_TAKEN
    return MOVED


def arrival_month(day: int, rules: Rules) -> int:
    """The month in which money that leaves on a day arrives."""
    return month_of_day_number(working_day_after(day, rules.transfer_working_days))
