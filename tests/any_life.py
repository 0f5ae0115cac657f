"""Households to which everything happens, in no sensible order."""
import random

from simulator import months

REGIONS = ("beijing", "shanghai", "tianjin", "jiangsu/suzhou", "hubei/wuhan")


def any_life(seed, regions=REGIONS, number=18):
    """A scenario of so many months, as a dict: three people, a dozen events, aid both ways, and often other rules."""
    draw = random.Random(seed)
    names = ["我", "母亲", "子女"]
    start = months.month_number(f"{draw.randint(2021, 2025)}-{draw.randint(1, 12):02d}")
    kinds = {
        "stop": lambda: {"cause": draw.choice(["job_loss", "employer_arrears"])},
        "resume": lambda: draw.choice([{}, {"insured": draw.choice(["employee", "flexible", "resident"]), "wage": 5000}]),
        "back_pay": lambda: draw.choice([{}, {"months": 2}]), "retire": lambda: {"top_up": draw.random() < 0.5},
        "wage": lambda: {"amount": draw.choice([3000, 7777.77, 50000])}, "move": lambda: {"region": draw.choice(regions)},
        "medical": lambda: {"place": draw.choice(["pharmacy", "primary", "tertiary"]), "amount": draw.choice([99.99, 20000, 90000]),
                            "kind": draw.choice(["outpatient", "inpatient"]), "prepaid": draw.random() < 0.3},
        "premium": lambda: {"to": draw.choice(names), "amount": 380.5, "kind": draw.choice(["resident", "commercial"])},
        "withdraw": lambda: {"reason": draw.choice(["death", "quit", "free", "enlisted"]), **draw.choice([{}, {"to": draw.choice(names)}])},
    }
    people = [{"name": name, "birth": f"{draw.randint(1945, 1999)}-{draw.randint(1, 12):02d}", "sex": draw.choice(["male", "female"]),
               "insured": draw.choice(["employee", "employee", "flexible", "retiree", "resident", "none"]),
               "wage": draw.choice([0, 3000, 8000.55, 60000]), "wage_growth": 0.0371, "contributed_months": draw.choice([0, 200, 300, 400]),
               "opening": {"current": 100.01, "carried": draw.choice([0, 5000.5]), "withdrawable": draw.choice([0, 300])},
               "medical": {"pharmacy": draw.choice([0, 60]), "tertiary": draw.choice([0, 333.33])}} for name in names]
    events = [{"on": f"{months.month_text(start + draw.randrange(number))}-{draw.randint(1, 28):02d}", "who": draw.choice(names),
               "type": kind, **kinds[kind]()} for kind in draw.choices(list(kinds), k=12)]
    for event in events:
        if event["type"] == "withdraw" and event.get("to") == event["who"]:
            del event["to"]                                 # an heir is somebody else
    links = [{"from": giver, "to": taker, "relation": "parent", "since": months.month_text(start + draw.randrange(number)),
              "monthly_limit": draw.choice([0, 30, 500])} for giver, taker in (draw.sample(names, 2) for _ in range(3))]
    wild = {"arrears.fee_payer": "defaulter", "pooling.prepaid_to": "the account", "waiting.pool_share": 0.5, "pooling.counts": "cost",
            "interest.method": draw.choice(["closing balance", "none", "split"]), "arrears.account_usable": "no",
            "withdrawal.free_share": 0.3, "credit.deductions": 150, "spending.commercial": "all money", "transfer.retirees": "yes",
            "withdrawal.reasons": ["death", "quit", "free"], "pooling.upper_from": 500, "pooling.upper_rate": 0.4, "pooling.ceiling": 3000,
            "arrears.back_pay_beyond": "last months", "contribution.wage_change": "next month", "credit.deduction_rates": [{"rate": 0.003}]}
    return {"region": draw.choice(regions), "start": months.month_text(start), "months": number, "people": people,
            "events": events, "aid": links, "rules": {name: [{"from": f"{months.month_text(start)}-01", "value": value}]
                                                      for name, value in wild.items() if draw.random() < 0.4}}
