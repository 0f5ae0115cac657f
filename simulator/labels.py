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
