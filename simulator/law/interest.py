"""Interest and the account year (计息、结转).

The national rule of 1998: this year's money earns the demand rate, principal and interest carried over from
earlier years the three-month deposit rate. Interest is counted by monthly balances, so that a changed rate acts
from its month on, and is credited on the area's settlement day. Free money lies at a bank, at the demand rate.
"""
from simulator.law.account import NEW_PRODUCTS, Pockets, Products
from simulator.law.rules import Rules
from simulator.money import PPM, divided

SPLIT, DEMAND, CLOSING_BALANCE, NO_INTEREST = range(4)      # interest.method


def carry_forward(pockets: Pockets) -> Pockets:
    """A new account year: this year's money joins that of earlier years."""
    return Pockets(0, pockets.carried + pockets.current, pockets.withdrawable)


def accrue(products: Products, pockets: Pockets, rules: Rules) -> Products:
    """One more month of balances at the rates of the month."""
    if rules.interest_method == CLOSING_BALANCE or rules.interest_method == NO_INTEREST:
        return products
    demand_ppm = rules.interest_current_rate_ppm
    carried_ppm = demand_ppm if rules.interest_method == DEMAND else rules.interest_carried_rate_ppm
    return Products(products.current + pockets.current * demand_ppm,
                    products.carried + pockets.carried * carried_ppm,
                    products.withdrawable + pockets.withdrawable * demand_ppm)


def months_since(calendar_month: int, rules: Rules) -> int:
    """The months from the last settlement up to the end of this month: twelve where interest is credited once a year."""
    months = 1
    while months < 12 and not rules.interest_settlement_in_month[(calendar_month - 1 - months) % 12]:
        months += 1
    return months


def settle(products: Products, pockets: Pockets, calendar_month: int, is_over: int, rules: Rules) -> tuple[Pockets, Products, int]:
    """Credit what has been earned since the last time, up to a month that counts if it `is_over`. Interest joins the
    carried-over money, that of free money stays free.

    Returns (pockets, products, interest_fen).
    """
    if rules.interest_method == CLOSING_BALANCE:            # some areas: the balance on the day for all the months
        months = months_since(calendar_month, rules) - 1 + is_over
        earned = (pockets.current + pockets.carried + pockets.withdrawable) * rules.interest_current_rate_ppm * months
        earned_free = pockets.withdrawable * rules.interest_current_rate_ppm * months
    else:
        earned = products.current + products.carried + products.withdrawable
        earned_free = products.withdrawable
    interest_fen = divided(earned, 12 * PPM, rules.interest_rounding)
    free_fen = divided(earned_free, 12 * PPM, rules.interest_rounding)
    settled = Pockets(pockets.current, pockets.carried + interest_fen - free_fen, pockets.withdrawable + free_fen)
    return settled, NEW_PRODUCTS, interest_fen
