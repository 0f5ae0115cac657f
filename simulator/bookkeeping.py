"""A result as books in double entry, in the language of Beancount: somebody else's program adds it all up again.

Every flow of a month is a transaction of its last day. A balance assertion holds at the start of its day, so what a
December closes with is asserted on the first of January; the tolerance is 0, not what Beancount would infer.
"""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from simulator import labels, money, months

if TYPE_CHECKING:
    from simulator.ledger import Result

# What each flow moves money between, from → to; `{}` is the person. Cost of care is below: several pay one bill.
ACCOUNT = "Assets:{}:Account"
AID = "Assets:Aid"                  # what is given to relatives passes through here, and none of it stays
OPENING = "Equity:{}:Opening"
OWN_MONEY = "Equity:{}:OwnMoney"
CARE = "Expenses:{}:Care"
FLOWS = {
    "credit": ("Income:{}:Credit", ACCOUNT),
    "back_credit": ("Income:{}:BackCredit", ACCOUNT),
    "interest": ("Income:{}:Interest", ACCOUNT),
    "refund": ("Income:{}:Refund", ACCOUNT),
    "transfer_in": ("Equity:{}:TransferIn", ACCOUNT),
    "premium_given": (ACCOUNT, "Expenses:{}:PremiumGiven"),
    "withdrawn": (ACCOUNT, "Equity:{}:Withdrawn"),
    "transfer_out": (ACCOUNT, "Equity:{}:TransferOut"),
    "aid_given": (ACCOUNT, AID),
    "premium_paid": (OWN_MONEY, "Expenses:{}:Premium"),
    "late_fee_paid": ("Equity:{}:LateFeePayer", "Expenses:{}:LateFee"),
    "employer_premium": ("Equity:{}:Employer", "Expenses:{}:EmployerPremium"),
}
PAID_BY = {"reimbursed": "Income:{}:Pool", "spent": ACCOUNT, "aid_received": AID, "cash_paid": OWN_MONEY}


def ledger_beancount(result: Result) -> bytes:
    """The bytes of a `.beancount` file: accounts, every flow of every person, and the balances of each year."""
    before = months.first_day(result.scenario.start) - timedelta(1)
    people = {name: _component(number, name) for number, name in enumerate(result.people, 1)}
    entries = list(_entries(result, people, before))
    used = sorted({account for _, _, postings in entries for account, _ in postings}
                  | {ACCOUNT.format(person) for person in people.values()} | {AID})
    lines = [f'option "title" {_quoted(result.scenario.title or result.scenario.region)}',
             'option "operating_currency" "CNY"', "", f"{before} commodity CNY",
             *(f"{before} open {account} CNY" for account in used)]
    for day, words, postings in entries:
        lines += ["", f"{day} * {words}", *(f"  {account}  {money.plain(amount)} CNY" for account, amount in postings)]
    lines += ["", *_balances(result, people)]
    return ("\n".join(lines) + "\n").encode()


def _entries(result: Result, people: dict[str, str], before: date) -> Iterator[tuple[date, str, list[tuple[str, int]]]]:
    """(day, payee and narration, [(account, fen)]) of every transaction, in order of time."""
    for name, person in people.items():
        if amount := result.flows[name][0].opening:
            yield before, _words(name, "opening"), _moved(OPENING.format(person), ACCOUNT.format(person), amount)
    for position in range(result.scenario.months):
        day = months.last_day(result.scenario.start + position)
        for name, person in people.items():
            row = result.flows[name][position]
            for flow, (giver, taker) in FLOWS.items():
                if amount := getattr(row, flow):
                    yield day, _words(name, flow), _moved(giver.format(person), taker.format(person), amount)
            if row.medical:
                yield day, _words(name, "medical"), [(CARE.format(person), row.medical), *(
                    (account.format(person), -amount) for part, account in PAID_BY.items() if (amount := getattr(row, part)))]


def _balances(result: Result, people: dict[str, str]) -> Iterator[str]:
    """What every account holds when the simulation begins, at each turn of a year, and in the end."""
    start, end = result.scenario.start, result.scenario.end
    for month in [start, *(month for month in range(start + 1, end + 1) if month == end or months.calendar_month(month) == 1)]:
        day = months.first_day(month)
        for name, person in people.items():
            row = result.flows[name][max(0, month - start - 1)]
            amount = row.opening if month == start else row.closing
            yield f"{day} balance {ACCOUNT.format(person)}  {money.plain(amount)} ~ 0 CNY"
        yield f"{day} balance {AID}  0.00 ~ 0 CNY"


def _moved(giver: str, taker: str, amount: int) -> list[tuple[str, int]]:
    return [(taker, amount), (giver, -amount)]


def _words(name: str, flow: str) -> str:
    return f"{_quoted(name)} {_quoted(str(labels.COLUMNS[flow]))}"


def _component(number: int, name: str) -> str:
    """A person's part of an account's name: a number, so that no two are alike, and what letters the name has."""
    return f"{number}-{''.join(char for char in name if char.isalpha() or char.isdecimal())}".rstrip("-")


def _quoted(text: str) -> str:
    text = "".join(char if char.isprintable() else " " for char in text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
