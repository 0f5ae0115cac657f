"""What columns, states and grades are called on the screen, in Chinese and English."""
from simulator.language import Text

COLUMNS = {
    "month": Text("月份", "Month"),
    "person": Text("姓名", "Person"),
    "region": Text("参保地", "Region"),
    "status": Text("参保身份", "Insured as"),
    "base": Text("缴费基数", "Contribution base"),
    "opening": Text("月初余额", "Opening balance"),
    "credit": Text("当月计入", "Credit"),
    "back_credit": Text("补缴计入", "Credit of back-payments"),
    "interest": Text("利息", "Interest"),
    "refund": Text("追补报销退回", "Refund"),
    "transfer_in": Text("转入", "Transferred in"),
    "spent": Text("本人医疗支出", "Spent on own care"),
    "aid_given": Text("共济支出", "Aid given"),
    "premium_given": Text("代缴保费", "Premiums paid for"),
    "withdrawn": Text("提取", "Withdrawn"),
    "transfer_out": Text("转出", "Transferred out"),
    "closing": Text("月末余额", "Closing balance"),
    "current": Text("当年资金", "Current-year money"),
    "carried": Text("历年资金", "Carried-over money"),
    "withdrawable": Text("可支取资金", "Freely withdrawable"),
    "medical": Text("医疗费用", "Cost of care"),
    "reimbursed": Text("统筹支付", "Paid by the pool"),
    "aid_received": Text("受助共济", "Aid received"),
    "cash_paid": Text("现金自付", "Paid in cash"),
    "eligible": Text("享受统筹待遇", "Eligible for the pool"),
    "gap_months": Text("断缴月数", "Months of gap"),
    "waiting_months": Text("待遇等待月数", "Months of waiting"),
    "arrears": Text("欠费", "Arrears"),
    "late_fee_accrued": Text("应计滞纳金", "Late fee accrued"),
    "late_fee_paid": Text("已缴滞纳金", "Late fee paid"),
    "premium_paid": Text("个人缴费", "Own premium"),
    "contributed_months": Text("累计缴费月数", "Months contributed"),
    "employer_premium": Text("单位缴费", "Employer's premium"),
}

STATUSES = {
    "none": Text("未参保", "not insured"),
    "employee": Text("在职职工", "employee"),
    "flexible": Text("灵活就业", "flexible worker"),
    "retiree": Text("退休人员", "retiree"),
    "resident": Text("城乡居民", "resident scheme"),
}

PLACES = {
    "pharmacy": Text("药店", "pharmacy"),
    "primary": Text("基层医院", "primary care"),
    "secondary": Text("二级医院", "secondary hospital"),
    "tertiary": Text("三级医院", "tertiary hospital"),
}

GRADES = {
    "official": Text("官方原文", "official"),
    "reported": Text("报道转述", "reported"),
    "secondary": Text("二手资料", "secondary"),
    "assumed": Text("本项目设定", "assumed"),
    "disputed": Text("来源不一", "disputed"),
}

LEVELS = {
    "nation": Text("全国", "nation"),
    "province": Text("省级", "province"),
    "city": Text("地级", "city"),
    "county": Text("县级", "county"),
}

EVENTS = {
    "stop": Text("断缴", "stops paying"),
    "resume": Text("续缴", "pays again"),
    "back_pay": Text("补缴", "back-payment"),
    "wage": Text("工资变动", "new wage"),
    "medical": Text("就医", "medical bill"),
    "premium": Text("代缴保费", "pays a premium"),
    "retire": Text("办理退休", "retires"),
    "move": Text("转移", "moves"),
    "withdraw": Text("提取", "withdraws"),
    "aid": Text("家庭共济", "mutual aid"),
}

REASONS = {
    "death": Text("死亡继承", "death"),
    "emigration": Text("出国（境）定居", "settling abroad"),
    "quit": Text("主动放弃职工医保", "giving up the scheme"),
    "transfer_refused": Text("转入地不接收", "transfer refused"),
    "remote_residence": Text("异地长期居住", "long-term residence elsewhere"),
    "lump_sum_pension": Text("一次性领取养老金", "pension settled in one sum"),
    "enlisted": Text("参军入伍", "enlisted"),
    "serious_illness": Text("重大疾病", "serious illness"),
    "free": Text("自由支取", "free withdrawal"),
}

RELATIONS = {
    "spouse": Text("配偶", "spouse"),
    "parent": Text("父母", "parent"),
    "child": Text("子女", "child"),
    "sibling": Text("兄弟姐妹", "sibling"),
    "grandparent": Text("祖父母、外祖父母", "grandparent"),
    "grandchild": Text("孙子女、外孙子女", "grandchild"),
}

UNITS = {
    "yuan": Text("元", "yuan"), "share": Text("比例", "share"), "choice": Text("选项", "choice"), "rounding": Text("舍入", "rounding"),
    "days of the year": Text("日", "days of the year"), "date": Text("日期", "date"), "list": Text("列表", "list"),
    "months": Text("月", "months"), "month": Text("月份", "month"), "by age": Text("按年龄", "by age"), "years": Text("年", "years"),
    "days": Text("天", "days"), "day": Text("日", "day"), "people": Text("人", "people"), "a_day": Text("每日次数", "a day"),
}

# What the words of region files mean, in Chinese; in English they are shown as they stand there. First those that mean something
# of their own to one parameter.
WORDS: dict[str | tuple[str, str], str] = {
    ("contribution.flexible_base", "own"): "本人申报", ("retirement.top_up_base", "own"): "本人缴费基数",
    ("interest.method", "none"): "不计息", ("arrears.fee_cap", "none"): "不封顶", ("arrears.fee_payer", "employer"): "仅单位",
    ("arrears.back_pay_beyond", "nothing"): "均不可补缴", ("pooling.upper_from", "none"): "无第二段",
    ("pooling.deductible_per", "year"): "按年累计", ("withdrawal.free_balance_until", "none"): "无",
    ("withdrawal.free_balance_until", "never"): "不设截止日",
    **{(param, "none"): "一直如此" for param in ("aid.start", "aid.across_cities", "aid.across_provinces", "retirement.delay_start")},
    ("aid.limits", "month"): "每月", ("aid.limits", "year"): "每年",
    **{("aid.relations", word): label.zh for word, label in RELATIONS.items()},
    **{(f"withdrawal.{param}", word): label.zh for param in ("reasons", "closing_reasons") for word, label in REASONS.items()},
    **{word: label.zh for word, label in PLACES.items()},
    **{f"{unit} {way}": f"{zh}，{how}" for unit, zh in (("fen", "到分"), ("jiao", "到角"), ("yuan", "到元"))
       for way, how in (("half up", "四舍五入"), ("up", "不足进一"), ("down", "舍去尾数"))},
    "none": "无上限", "never": "尚未开始", "yes": "是", "no": "否", "nothing": "无",
    "employee": "在职", "employee_senior": "在职年长组", "retiree": "退休", "retiree_senior": "退休年长组",
    "resident": "居民", "flexible": "灵活就业", "employer": "单位欠缴", "own": "个人断缴",
    "next base year": "下个缴费年度起", "next month": "次月起",
    "split": "当年按活期、历年按定期", "demand": "全部按活期", "closing balance": "按结息日余额计上次结息以来各月",
    "visit": "按次", "paid": "统筹已支付的金额", "cost": "费用", "the person": "付给本人", "the account": "付入个人账户",
    "current first": "先用当年资金", "carried first": "先用历年资金",
    "current money": "当年资金", "carried money": "历年资金", "all money": "全部资金",
    "legal": "截止日次日至缴清当日", "settlement": "欠费后第二个月1日至缴清前一日", "thirty days": "每月按三十天",
    "defaulter": "未缴的一方", "principal": "以本金为限", "both parts": "单位和个人部分", "employer's part": "单位部分",
    "last months": "可补最近几个月", "unpaid months": "未缴月数", "month difference": "未缴月数加一",
    "month of payment": "缴费当月", "month after payment": "缴费次月",
    "medical": "医疗费用", "resident premium": "居民医保缴费", "long-term-care premium": "长期护理保险缴费",
    "commercial premium": "商业健康险保费",
    "registration": "按登记先后", "random": "随机", "designated": "按指定", "wallet": "医保钱包", "quota": "冻结额度",
    "as workers": "同女工人", "as cadres": "同女干部",
}
# What the parts of a band are called.
PARTS = {"below": Text("不满 {} 岁", "below {}"), "rate": Text("比例 {}", "rate {}"), "amount": Text("{}", "amount {}"),
         "pension_rate": Text("本人养老金的 {}", "pension rate {}"), "minimum": Text("最低 {}", "minimum {}"),
         "maximum": Text("最高 {}", "maximum {}"), "over": Text("断缴超过 {} 个月", "over {}"), "months": Text("等待 {} 个月", "months {}")}


def word(param: str, value: str) -> Text:
    """A word of a region file, as a value of a parameter."""
    return Text(WORDS.get((param, value)) or WORDS.get(value) or value, value.replace("_", " "))
