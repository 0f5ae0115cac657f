"""The columns of the ledger, in the order of the contract, and what kind of thing stands in each."""

COLUMNS = (
    "month", "person", "region", "status", "base", "opening", "credit", "back_credit", "interest", "refund",
    "transfer_in", "spent", "aid_given", "premium_given", "withdrawn", "transfer_out", "closing", "current", "carried",
    "withdrawable", "medical", "reimbursed", "aid_received", "cash_paid", "eligible", "gap_months", "waiting_months",
    "arrears", "late_fee_accrued", "late_fee_paid", "premium_paid", "contributed_months")
COUNT_COLUMNS = ("eligible", "gap_months", "waiting_months", "contributed_months")
TEXT_COLUMNS = ("month", "person", "region", "status")
MONEY_COLUMNS = tuple(name for name in COLUMNS if name not in (*COUNT_COLUMNS, *TEXT_COLUMNS))
INFLOWS = ("credit", "back_credit", "interest", "refund", "transfer_in")
OUTFLOWS = ("spent", "aid_given", "premium_given", "withdrawn", "transfer_out")
