"""One row of the law: every number that it reads, in whole fen, millionths (ppm), months, days and codes.

The names are those of `parameters.py`, their units last; a test holds the two together. What a table is indexed by
stands beside it.
"""
from typing import NamedTuple, TypeAlias

Bands: TypeAlias = tuple[tuple[int, ...], ...]      # by age or by length, each with its bound first


class Rules(NamedTuple):
    """What is in force in a region at the time."""
    contribution_base_floor_fen: int
    contribution_base_ceiling_fen: int
    contribution_base_rounding: int
    contribution_base_year_start_month: int
    contribution_wage_change: int
    contribution_employee_rate_ppm: int
    contribution_employer_rate_ppm: int
    contribution_rounding: int
    contribution_fixed_monthly_fen: tuple[int, ...]                  # calendar month − 1
    contribution_flexible_base_fen: int
    contribution_flexible_rate_ppm: int
    contribution_flexible_fixed_monthly_fen: tuple[int, ...]         # calendar month − 1
    contribution_flexible_rounding: int
    contribution_retiree_fixed_monthly_fen: tuple[int, ...]          # calendar month − 1

    credit_employee_rate_ppm: int
    credit_employee_age_bands: tuple[tuple[int, ...], ...]           # band: (below age, rate, amount)
    credit_flexible_rate_ppm: int
    credit_retiree_monthly: tuple[tuple[int, ...], ...]              # (below age, amount, pension_rate, minimum, maximum)
    credit_retiree_yearly: tuple[tuple[int, ...], ...]               # band: (below age, amount)
    credit_retiree_yearly_paid_month: int
    credit_deductions_fen: tuple[int, ...]                           # status − 1
    credit_deduction_rates: tuple[tuple[int, ...], ...]              # band: (below age, rate)
    credit_rounding: int

    interest_current_rate_ppm: int
    interest_carried_rate_ppm: int
    interest_method: int
    interest_settlement_in_month: tuple[int, ...]                    # calendar month − 1
    interest_year_start_month: int
    interest_rounding: int

    pooling_deductible_fen: tuple[tuple[int, ...], ...]              # group, place
    pooling_deductible_per: int
    pooling_rate_ppm: tuple[tuple[int, ...], ...]                    # group, place
    pooling_ceiling_fen: tuple[int, ...]                             # group
    pooling_upper_from_fen: tuple[int, ...]                          # group
    pooling_upper_rate_ppm: tuple[tuple[int, ...], ...]              # group, place
    pooling_counts: int
    pooling_senior_ages_years: tuple[int, ...]                       # status − 1
    pooling_year_start_month: int
    pooling_inpatient_deductible_fen: tuple[tuple[int, ...], ...]    # group, place
    pooling_inpatient_rate_ppm: tuple[tuple[int, ...], ...]          # group, place
    pooling_inpatient_ceiling_fen: tuple[int, ...]                   # group
    pooling_prepaid_to: int
    pooling_prepaid_working_days: int
    pooling_rounding: int

    spending_order: int
    spending_before_pool: int
    spending_commercial: int
    spending_commercial_keep_fen: int

    arrears_late_fee_daily_rate_ppm: tuple[tuple[int, ...], ...]     # rate: (since day, ppm), the newest first
    arrears_day_count: int
    arrears_due_day: int
    arrears_fee_payer: int
    arrears_fee_cap: int
    arrears_fee_rounding: int
    arrears_waiver_months: int
    arrears_waiver_part: int
    arrears_back_pay_months: tuple[int, ...]                         # fault
    arrears_back_pay_beyond: int
    arrears_retroactive_months: tuple[int, ...]                      # fault
    arrears_account_usable: int

    waiting_gap_count: int
    waiting_free_gap_months: tuple[int, ...]                         # status − 1
    waiting_months: tuple[tuple[tuple[int, ...], ...], ...]          # status − 1, band: (over, months)
    waiting_starts: int
    waiting_first_enrolment_months: tuple[int, ...]                  # status − 1
    waiting_pool_share_ppm: int
    waiting_resident_months: int
    waiting_resident_year_months: int
    waiting_resident_long_years: int
    waiting_resident_long_months: int

    aid_start_day: int
    aid_relations: tuple[int, ...]                                   # relation
    aid_uses: tuple[int, ...]                                        # use
    aid_money: int
    aid_keep_fen: int
    aid_limits_fen: tuple[int, ...]                                  # a month, a year
    aid_people: int
    aid_order: int
    aid_across_cities_day: int
    aid_across_provinces_day: int
    aid_across_provinces_by: int
    aid_wallet_transfer_fen: int
    aid_wallet_transfers_a_day: int

    withdrawal_reasons: tuple[int, ...]                              # reason
    withdrawal_closing_reasons: tuple[int, ...]                      # reason
    withdrawal_free_share_ppm: int
    withdrawal_free_balance_until_day: int
    withdrawal_working_days: int

    transfer_working_days: int
    transfer_accepts_balance: int
    transfer_retirees: int

    retirement_age_male_years: int
    retirement_age_female_worker_years: int
    retirement_age_female_cadre_years: int
    retirement_delay_start_day: int
    retirement_delay_step_months: int
    retirement_delay_step_worker_months: int
    retirement_delay_most_months: int
    retirement_delay_most_worker_months: int
    retirement_early_most_months: int
    retirement_flexible_women: int
    retirement_years_male: int
    retirement_years_female: int
    retirement_local_years: int
    retirement_top_up_rate_ppm: int
    retirement_top_up_base_fen: int
    retirement_average_pension_fen: int

    projection_wage_growth_ppm: int
