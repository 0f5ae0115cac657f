"""What the fields of a scenario and their choices are called on the pages."""
import re
from collections.abc import Mapping
from typing import Any

from simulator import labels
from simulator.language import Text, say
from simulator.scenario import for_another_command

ACCOUNT, POPULATION = Text("我的账户", "My account"), Text("群体模拟", "Population")         # pages that open files
ON_PAGES = {                                # of a file of another kind, a command line names the command
    for_another_command("people"): Text(f"这是情景文件：请在“{ACCOUNT.zh}”打开", f"a scenario file: open it under {ACCOUNT.en}"),
    for_another_command("groups"): Text(f"这是群体文件：请在“{POPULATION.zh}”打开", f"a population file: open it under {POPULATION.en}"),
}
SEXES = {"female": Text("女", "female"), "male": Text("男", "male")}
CAREERS = {"worker": Text("工人岗", "worker"), "cadre": Text("干部岗", "cadre")}
CAUSES = {
    "job_loss": Text("失业", "out of work"),
    "own_choice": Text("自己停缴", "own choice"),
    "employer_arrears": Text("单位欠缴", "employer in arrears"),
}
BILLS = {"outpatient": Text("门诊、购药", "outpatient"), "inpatient": Text("住院", "inpatient")}
PREMIUMS = {
    "resident": Text("居民医保费", "resident scheme"),
    "long_term_care": Text("长期护理保险费", "long-term care"),
    "commercial": Text("商业健康险", "commercial insurance"),
}
USES = {
    "medical": Text("就医、购药", "care and medicines"),
    "resident premium": Text("居民医保费", "resident premium"),
    "long-term-care premium": Text("长期护理保险费", "long-term-care premium"),
    "commercial premium": Text("商业健康险", "commercial insurance"),
}
AID_USES = {"medical": Text("就医、购药", "care and medicines"), "premium": Text("缴保费", "premiums")}
BACK = {"": Text("同断缴前", "as before"), **{key: labels.STATUSES[key] for key in ("employee", "flexible", "resident")}}

FIELDS = {
    "on": Text("日期", "Day"), "who": Text("谁", "Who"), "type": Text("发生什么", "What happens"),
    "cause": Text("原因", "Cause"), "insured": Text("参保身份", "Insured as"), "wage": Text("月工资（元）", "Monthly wage (yuan)"),
    "months": Text("补缴几个月（0 为全部）", "Months to pay (0: all)"), "amount": Text("金额（元）", "Amount (yuan)"),
    "place": Text("在哪里", "Where"), "kind": Text("种类", "Kind"), "prepaid": Text("本人先垫付", "prepaid by the patient"),
    "to": Text("给谁", "For whom"), "top_up": Text("年限不足时趸缴", "pay missing years in one sum"),
    "region": Text("转到哪里", "To which region"), "reason": Text("理由", "Reason"),
    "name": Text("称呼", "Name"), "birth": Text("出生年月", "Born in"), "sex": Text("性别", "Sex"),
    "pharmacy": Text("每月药店（元）", "Pharmacy a month (yuan)"), "tertiary": Text("每月三级医院（元）", "Hospital a month (yuan)"),
    "carried": Text("账户余额（元）", "Account balance (yuan)"), "from": Text("谁的账户", "Whose account"),
    "relation": Text("对方是其", "Who is their"), "since": Text("从哪天起", "From"), "monthly_limit": Text("每月限额（元，0 为不限）",
    "Monthly limit (yuan, 0: none)"), "uses": Text("用途", "Uses"),
}

FORM = {                                    # of the whole household
    "region": Text("参保地（可输拼音或代码）", "Region (name, pinyin or code)"),
    "start": Text("从哪个月算起", "First month"),
    "months": Text("算几个月", "Months"),
    "title": Text("标题", "Title"),
    "--on": Text("哪天", "On which day"),                    # as a question has it
}
OWN = {                                     # of oneself, where it is not called as others' is
    "opening.current": Text("期初当年余额（元）", "Opening, this year's (yuan)"),
    "opening.carried": Text("期初历年余额（元）", "Opening, earlier years' (yuan)"),
    "medical.pharmacy": Text("每月药店花费（元）", "Pharmacy a month (yuan)"),
    "medical.tertiary": Text("每月三级医院（元）", "Hospital a month (yuan)"),
    "name": Text("称呼", "Name"),
    "wage_growth": Text("工资年增长（0.03 为 3 %）", "Wage growth a year (0.03 is 3 %)"),
    "contributed_months": Text("已缴费月数", "Months contributed"),
    "career": Text("岗位（女性）", "Career (women)"),
    "plan": Text("参保档次", "Plan"),
    "pension": Text("每月养老金（元）", "Pension a month (yuan)"),
    "opening.withdrawable": Text("期初可支取（元）", "Opening, free to take (yuan)"),
    "medical.primary": Text("每月基层医院（元）", "Primary care a month (yuan)"),
    "medical.secondary": Text("每月二级医院（元）", "Secondary hospital a month (yuan)"),
}

def person(name: str) -> str:
    """What a person is called on a page: the 我 of the examples is nobody's name."""
    return say(name, "me") if name == "我" else name


def field(key: str, household: Mapping[str, Any]) -> str:
    """What the pages call the field at a path of a household: `people[0].wage` is 我 · 月工资（元）.

    An event is named as its list names it; what is not in the household yet, by the field alone.
    """
    match = re.fullmatch(r"(people|events|aid)\[(\d+)\]\.?(.*)", key)
    if not match:
        return str(FORM.get(key, key))
    kind, number, rest = match[1], int(match[2]), match[3]
    one = dict(enumerate(household.get(kind, ()))).get(number, {})
    called = {"people": [person(str(one.get("name", "")))],
              "aid": [" → ".join(person(str(one[end])) for end in ("from", "to") if end in one)],
              "events": [str(one.get("on", "")), str(labels.EVENTS.get(str(one.get("type")), ""))]}
    known = {**FIELDS, **OWN} if kind == "people" and number == 0 else FIELDS
    label = FORM["region"] if (kind, rest) == ("people", "region") else known.get(rest) or known.get(rest.split(".")[-1])
    return " · ".join(filter(None, (*called[kind], str(label or rest))))


def plain(text: str) -> str:
    """A text that Markdown leaves as it is: names and titles are anybody's."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]()<>#+-.!|~$:" else char for char in text.replace("\n", " "))
