"""What the fields of a scenario and their choices are called on the pages."""
from simulator import labels
from simulator.language import Text, language

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


def plain(text: str) -> str:
    """A text that Markdown leaves as it is: names and titles are anybody's."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]()<>#+-.!|~$:" else char for char in text.replace("\n", " "))


def in_language(title: str) -> str:
    """The half of a title that is in the language in use, where it is written in both: `中文 / English`."""
    halves = str(title).split(" / ")
    return halves[language() == "en"] if len(halves) == 2 else str(title)
