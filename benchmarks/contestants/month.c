/* The population of `whole.toml` by hand: the same lives, the same month, the same sums as `simulator/populations/`.

   Written for this population and this area: employees who may go on as flexible workers or retire, with gaps,
   arrears, back-payments and waits, but no relatives, moves, residents or freely withdrawable money. The area's choices
   between rules are taken as they are (`CHOICES` in c_loop.py says which, and is held against the rows); its amounts and
   rates are read from the row of the day. `tables.h` is made from the model: the structs of what is read here.
   Amounts are fen, rates millionths, months places in the span. */
#include <stdint.h>
#include <string.h>
#include "tables.h"

#define PPM 1000000
#define NOT_COMING ((int64_t)1 << 40)
#define NEVER_AGAIN (NOT_COMING + 1)
#define EXPONENTIAL 0
#define GEOMETRIC 1
#define STEPS_BITS 11
#define STEPS (1 << STEPS_BITS)
#define UNIT_BITS 20
#define PURPOSES 32
#define SKETCH_BITS 6
#define BUCKETS (38 << SKETCH_BITS)
#define WORKING_AGE 22
#define MOST_GAPS 64                                        /* at most one a year */

enum { NONE, EMPLOYEE, FLEXIBLE, RETIREE };
enum { BY_EMPLOYER, BY_ONESELF, PAYING = -1 };
enum { EMPLOYER_ARREARS = 2 };
enum { PERSON = 1, BIRTH, WAGE, OPENING, HEALTH, DEATH = 8, STOP, GAP, TOP_UP = 13, FIRST_VISIT, VISIT, COST, STAY, STAY_COST, STAY_DAY };
enum { STOPS = 1, RESUMES = 2, PAYS_BACK = 4, RETIRES = 8, DIES = 16, RETURNS_FLEXIBLE = 32 };        /* what is done in a month */

struct world {
    int64_t start_month;
    const struct month *calendar;
    const struct rules *rows;
    const struct manners *manners;
    const struct group *group;
    const int64_t *shapes;                                  /* tables of quantiles, one behind the other */
};

struct pool { int64_t deductible, cost, paid, inpatient_paid; };

struct dues { int64_t row, status, declared, age, yearly_months, fixed; int64_t base, own, employer, credit; };

struct missed { int64_t own, employer, credit; };

/* Missed months in a row: all of them are owed, or none. */
struct gap { int64_t first, length, fault, is_owed, principal, refund, later_refund; };    /* for bills of the gap, and after it */

struct bill { int64_t cost, place, is_inpatient, day, row; };

struct person {
    uint64_t key;
    int64_t birth, is_female, statutory_month, flexible_statutory_month;
    /* what is in store */
    int64_t never, frailty, visit, stay, stop, cause, resume, pays_back, returns_flexible, death, tops_up, next;
    /* the account and the insurance */
    int64_t current, carried, current_product, carried_product;
    struct pool pool, pool_if_paid;
    struct dues dues;
    int64_t status, wage, declared, contributed, continuous, unpaid_by, gap_months, lost, wait_gap, owed_months, waiting, waiting_if_paid, is_retiring;
    int64_t gaps;
    struct gap gap[MOST_GAPS];
    struct missed missed[MONTHS];
};

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t divided(int64_t numerator, int64_t denominator) { return (2 * numerator + denominator) / (2 * denominator); }
static inline int64_t share(int64_t amount, int64_t rate) { return divided(amount * rate, PPM); }

/* ── chance ── */

static inline uint64_t draw(uint64_t key, uint64_t month, uint64_t purpose)
{
    uint64_t value = key + (month * PURPOSES + purpose + 1) * 0x9E3779B97F4A7C15u;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return (value ^ value >> 31) >> 2;
}

static inline int64_t low(uint64_t drawn) { return drawn & 0x7FFFFFFF; }
static inline int64_t high(uint64_t drawn) { return drawn >> 31; }
static inline int64_t month_of(uint64_t drawn) { return high(drawn) * 12 >> 31; }

static inline int64_t quantile(const int64_t *shapes, int64_t shape, int64_t u)
{
    const int64_t *step = shapes + shape * (STEPS + 1) + (u >> (31 - STEPS_BITS));
    int64_t part = u & ((1 << (31 - STEPS_BITS)) - 1);
    return step[0] + ((step[1] - step[0]) * part >> (31 - STEPS_BITS));
}

static inline int64_t amount_of(int64_t median, const int64_t *shapes, int64_t shape, int64_t u)
{
    return median * quantile(shapes, shape, u) >> UNIT_BITS;
}

static inline int choice(const int64_t *up_to, int count, int64_t u)
{
    int place = 0;
    while (place < count - 1 && u >= up_to[place])
        place++;
    return place;
}

/* ── lives ── */

static int64_t statutory_month(int64_t birth, int is_female, int is_cadre, const struct rules *r)
{
    int64_t age = r->retirement_age_male_years, step = r->retirement_delay_step_months, longest = r->retirement_delay_most_months;
    if (is_female) {
        age = r->retirement_age_female_cadre_years;
        if (!is_cadre) {
            age = r->retirement_age_female_worker_years;
            step = r->retirement_delay_step_worker_months;
            longest = r->retirement_delay_most_worker_months;
        }
    }
    int64_t month = birth + age * 12, since = month - DELAY_START_MONTH + 1;
    return month + (since > 0 ? least(longest, (since + step - 1) / step) : 0);
}

static void be_born(struct person *p, uint64_t key, const struct world *w)
{
    const struct group *g = w->group;
    const struct rules *r = &w->rows[w->calendar[0].row];
    uint64_t drawn = draw(key, 0, PERSON);
    p->key = key;
    p->is_female = low(drawn) < g->female_p;
    int is_cadre = p->is_female && high(drawn) < g->cadre_p;

    drawn = draw(key, 0, BIRTH);
    int band = 0;
    while (band < AGE_BANDS - 1 && low(drawn) >= g->age_bands[band].up_to_p)
        band++;
    int64_t age = g->age_bands[band].youngest * 12 + (high(drawn) * g->age_bands[band].years * 12 >> 31);
    p->birth = w->start_month - age;
    p->statutory_month = statutory_month(p->birth, p->is_female, is_cadre, r);
    p->flexible_statutory_month = statutory_month(p->birth, p->is_female, 1, r);

    p->wage = p->declared = amount_of(g->wage_fen, w->shapes, g->wage_shape, low(draw(key, 0, WAGE)));
    drawn = draw(key, 0, OPENING);
    p->carried = low(drawn) >= g->empty_p ? amount_of(g->opening_fen, w->shapes, g->opening_shape, high(drawn)) : 0;
    p->contributed = p->continuous = most(0, age - WORKING_AGE * 12) * g->contributed_ppm / PPM;
    drawn = draw(key, 0, HEALTH);
    p->never = low(drawn) < w->manners->never_p;
    p->frailty = most(1, quantile(w->shapes, w->manners->frailty_shape, high(drawn)));

    p->visit = -1;
    p->stay = p->stop = p->resume = p->death = p->next = NOT_COMING;
    p->current = p->current_product = p->carried_product = 0;
    memset(&p->pool, 0, sizeof p->pool);
    memset(&p->pool_if_paid, 0, sizeof p->pool_if_paid);
    p->dues.row = -1;
    p->status = g->status;
    p->unpaid_by = PAYING;
    p->gap_months = p->lost = p->owed_months = p->waiting = p->waiting_if_paid = p->is_retiring = p->gaps = 0;
    p->wait_gap = -1;
}

static int64_t until_next_visit(const struct person *p, uint64_t drawn, int64_t age, const struct world *w)
{
    int64_t chance = w->manners->visit_rate[age] * p->frailty >> UNIT_BITS, wait = 0;
    if (chance <= 0)
        return NOT_COMING;
    if (chance < 1 << UNIT_BITS)
        wait = (quantile(w->shapes, GEOMETRIC, chance << (31 - UNIT_BITS)) << UNIT_BITS) / chance >> 4;
    return 1 + least(NOT_COMING, wait * (quantile(w->shapes, EXPONENTIAL, high(drawn)) >> 4) >> (2 * UNIT_BITS - 8));
}

/* The next month, from this one on, in which something is done about the insurance. */
static inline int64_t next_act(const struct person *p, int64_t place, const struct world *w)
{
    int64_t next = least(least(p->stop, p->resume), p->death);
    return p->tops_up ? least(next, most(place, p->statutory_month - w->start_month)) : next;
}

static void plan_stop(struct person *p, int64_t year, int64_t age, const struct manners *m)
{
    uint64_t drawn = draw(p->key, year, STOP);
    p->stop = NOT_COMING;
    if (low(drawn) >= m->stop_p[age])
        return;
    p->stop = year + month_of(drawn);
    drawn = draw(p->key, year, GAP);
    p->cause = choice(m->causes, CAUSES, low(drawn));
    int64_t length = m->gap_months[choice(m->gaps, GAPS, high(drawn))];
    p->resume = length > 0 ? p->stop + length : NEVER_AGAIN;
    drawn = draw(p->key, year + 1, GAP);
    p->pays_back = low(drawn) < m->back_pays_p;
    p->returns_flexible = high(drawn) < m->flexible_p;
}

static void plan_year(struct person *p, int64_t place, int64_t age, const struct world *w)
{
    const struct manners *m = w->manners;
    if (!p->never)
        p->visit = place - 1 + until_next_visit(p, draw(p->key, place, FIRST_VISIT), age, w);
    uint64_t drawn = draw(p->key, place, STAY);
    p->stay = low(drawn) < m->stay_p[age] ? place + month_of(drawn) : NOT_COMING;
    drawn = draw(p->key, place, DEATH);
    if (low(drawn) < (p->is_female ? m->dies_female_p[age] : m->dies_male_p[age]))
        p->death = place + month_of(drawn);
    if (p->resume == NOT_COMING)
        plan_stop(p, place, age, m);
    p->tops_up = low(draw(p->key, 0, TOP_UP)) < m->tops_up_p;
    p->next = next_act(p, place, w);
}

static inline int64_t row_on(int64_t day, const struct month *month)
{
    int64_t row = month->row;
    for (int turn = 0; turn < TURNS; turn++)
        row += day >= month->turns[turn];
    return row;
}

static void write_bill(struct bill *bill, int64_t cost, int place, int is_inpatient, int64_t u, const struct month *month)
{
    bill->cost = cost * month->cost >> UNIT_BITS;
    bill->place = place;
    bill->is_inpatient = is_inpatient;
    bill->day = month->first_day + (u * 28 >> 31);
    bill->row = row_on(bill->day, month);
}

static int fall_ill(struct person *p, int64_t place, int64_t age, const struct world *w, struct bill *bills)
{
    const struct manners *m = w->manners;
    const struct month *month = &w->calendar[place];
    int count = 0;
    if (p->visit == place) {
        uint64_t drawn = draw(p->key, place, COST), second = draw(p->key, place, VISIT);
        int64_t cost = amount_of(m->visit_fen[age], w->shapes, m->visit_shape[age], low(drawn));
        write_bill(&bills[count++], cost, choice(m->visit_places, PLACES, high(drawn)), 0, low(second), month);
        p->visit = place + until_next_visit(p, second, age, w);
    }
    if (p->stay == place) {
        uint64_t drawn = draw(p->key, place, STAY_COST), second = draw(p->key, place, STAY_DAY);
        int64_t cost = amount_of(m->stay_fen[age], w->shapes, m->stay_shape[age], low(drawn));
        write_bill(&bills[count++], cost, choice(m->stay_places, PLACES, high(drawn)), 1, low(second), month);
    }
    if (count == 2 && bills[1].day < bills[0].day) {
        struct bill first = bills[1];
        bills[1] = bills[0];
        bills[0] = first;
    }
    return count;
}

/* Months still to be paid. Without moves all months are local ones. */
static inline int64_t missing_months(const struct person *p, const struct rules *r)
{
    int64_t years = p->is_female ? r->retirement_years_female : r->retirement_years_male;
    return most(0, 12 * most(years, r->retirement_local_years) - p->contributed);
}

/* What is done about the insurance this month: a set of `STOPS`, … */
static int decide(struct person *p, int64_t place, int64_t age, const struct world *w)
{
    int acts = 0, pays = p->unpaid_by < 0 && !p->is_retiring, is_insured = p->status == EMPLOYEE || p->status == FLEXIBLE;
    if (p->stop == place) {
        p->stop = NOT_COMING;
        if (is_insured && pays)
            acts |= STOPS;
        else
            p->resume = NOT_COMING;
    }
    if (p->resume == place) {
        p->resume = NOT_COMING;
        if (is_insured && p->unpaid_by >= 0) {
            acts |= RESUMES | (p->pays_back ? PAYS_BACK : 0) | (p->returns_flexible ? RETURNS_FLEXIBLE : 0);
            plan_stop(p, place - place % 12, age, w->manners);      /* once more in what is left of the year */
            if (p->stop <= place)
                p->stop = p->resume = NOT_COMING;
        }
    }
    if (p->tops_up && is_insured && pays) {
        int64_t statutory = p->status == EMPLOYEE ? p->statutory_month : p->flexible_statutory_month;
        if (w->start_month + place >= statutory) {
            p->tops_up = 0;
            if (missing_months(p, &w->rows[w->calendar[place].row]) > 0)
                acts |= RETIRES;
        }
    } else if (p->status == RETIREE) {
        p->tops_up = 0;
    }
    if (p->death == place)
        acts |= DIES;
    p->next = next_act(p, place + 1, w);
    return acts;
}

/* ── premiums and credit ── */

static inline int64_t own_base(int64_t declared, const struct rules *r)
{
    return least(most(declared, r->contribution_base_floor_fen), r->contribution_base_ceiling_fen);
}

static inline int64_t own_premium(int64_t status, int64_t base, int64_t fixed, const struct rules *r)
{
    if (status == EMPLOYEE)
        return share(base, r->contribution_employee_rate_ppm) + fixed;
    if (status == FLEXIBLE)
        return share(base, r->contribution_flexible_rate_ppm) + fixed;
    return fixed;
}

static int64_t credit(int64_t status, int64_t base, int64_t age, int64_t yearly_months, const struct rules *r)
{
    int64_t gross = 0, yearly = 0, months = 1;
    int band = 0;
    if (status == EMPLOYEE) {
        while (band < BANDS - 1 && age >= r->credit_employee_age_bands[band][0])
            band++;
        gross = divided(base * (r->credit_employee_rate_ppm + r->credit_employee_age_bands[band][1])
                        + r->credit_employee_age_bands[band][2] * PPM, PPM);
    } else if (status == FLEXIBLE) {
        gross = share(base, r->credit_flexible_rate_ppm);
    } else {
        while (band < BANDS - 1 && age >= r->credit_retiree_monthly[band][0])
            band++;
        gross = r->credit_retiree_monthly[band][1]
            + least(most(share(r->retirement_average_pension_fen, r->credit_retiree_monthly[band][2]), r->credit_retiree_monthly[band][3]),
                    r->credit_retiree_monthly[band][4]);
        for (band = 0; band < BANDS - 1 && age >= r->credit_retiree_yearly[band][0];)
            band++;
        yearly = r->credit_retiree_yearly[band][1];
        gross += divided(yearly * yearly_months, 12);
        if (yearly_months && yearly)
            months = yearly_months;
    }
    return gross == 0 ? 0 : most(0, gross - r->credit_deductions_fen[status - 1] * months);
}

static inline int64_t fixed_monthly(int64_t status, int64_t calendar_month, const struct rules *r)
{
    if (status == EMPLOYEE)
        return r->contribution_fixed_monthly_fen[calendar_month - 1];
    if (status == FLEXIBLE)
        return r->contribution_flexible_fixed_monthly_fen[calendar_month - 1];
    return r->contribution_retiree_fixed_monthly_fen[calendar_month - 1];
}

/* What the month comes to if it is paid; worked out anew only where something has changed. */
static inline void work_out_dues(struct person *p, const struct month *month, int64_t age, int has_just_retired, const struct rules *r)
{
    struct dues *d = &p->dues;
    int64_t yearly_months = 0, fixed = fixed_monthly(p->status, month->calendar_month, r);
    if (p->status == RETIREE) {
        int64_t since = (month->calendar_month - r->credit_retiree_yearly_paid_month + 12) % 12;
        yearly_months = since == 0 || has_just_retired ? 12 - since : 0;
    }
    if (d->row == month->row && d->status == p->status && d->declared == p->declared && d->age == age
            && d->yearly_months == yearly_months && d->fixed == fixed)
        return;
    int64_t base = p->status == EMPLOYEE ? own_base(p->declared, r) : p->status == FLEXIBLE ? r->contribution_flexible_base_fen : 0;
    *d = (struct dues){ month->row, p->status, p->declared, age, yearly_months, fixed, base, own_premium(p->status, base, fixed, r),
                        p->status == EMPLOYEE ? share(base, r->contribution_employer_rate_ppm) : 0,
                        credit(p->status, base, age, yearly_months, r) };
}

/* ── gaps and arrears ── */

static void miss(struct person *p, int64_t place, const struct month *month, int64_t age, const struct rules *r)
{
    struct gap *gap = &p->gap[p->gaps - 1];
    struct missed *missed = &p->missed[place];
    int by_employer = gap->fault == BY_EMPLOYER, status = by_employer ? EMPLOYEE : FLEXIBLE;
    int64_t base = by_employer ? p->dues.base : r->contribution_flexible_base_fen;
    missed->own = own_premium(status, base, fixed_monthly(status, month->calendar_month, r), r);
    missed->employer = by_employer ? share(base, r->contribution_employer_rate_ppm) : 0;
    missed->credit = credit(status, base, age, 0, r);
    if (gap->length++ == 0) {
        gap->first = place;
        gap->is_owed = 1;
    }
    gap->principal += missed->own + missed->employer;
    p->owed_months++;
}

static inline int64_t late_fee(const struct missed *missed, const struct month *month, int64_t paid_day, const struct rules *r)
{
    int64_t first = least(month->first_day + r->arrears_due_day, month->last_day + 1), until = paid_day, rate_days = 0;
    if (paid_day < first)
        return 0;
    for (int rate = 0; rate < RATES && until >= first; rate++) {
        int64_t since = r->arrears_late_fee_daily_rate_ppm[rate][0], days = until - most(first, since) + 1;
        if (days > 0) {
            rate_days += days * r->arrears_late_fee_daily_rate_ppm[rate][1];
            until = since - 1;
        }
    }
    return share(missed->own + missed->employer, rate_days);
}

static int64_t late_fees(const struct person *p, const struct gap *gap, int64_t paid_day, const struct world *w, const struct rules *r)
{
    int64_t fee = 0;
    if (gap->fault == BY_EMPLOYER)
        for (int64_t place = gap->first; place < gap->first + gap->length; place++)
            fee += late_fee(&p->missed[place], &w->calendar[place], paid_day, r);
    return fee;
}

static inline int is_payable(const struct gap *gap, const struct rules *r)
{
    return gap->is_owed && gap->length <= r->arrears_back_pay_months[gap->fault];
}

static inline int is_retroactive(const struct gap *gap, const struct rules *r)
{
    return gap->length <= r->arrears_retroactive_months[gap->fault];
}

static void back_pay(struct person *p, int64_t place, const struct month *month, const struct world *w, struct tally *t)
{
    int64_t day = month->first_day + 9;
    const struct rules *r = &w->rows[row_on(day, month)];
    for (int64_t number = p->gaps - 1; number >= 0; number--) {
        struct gap *gap = &p->gap[number];
        if (!is_payable(gap, r))
            continue;
        t->late_fee_paid += late_fees(p, gap, day, w, r);
        for (int64_t place = gap->first; place < gap->first + gap->length; place++) {
            t->premium_paid += p->missed[place].own;
            t->employer_premium += p->missed[place].employer;
            t->back_credit += p->missed[place].credit;
            p->current += p->missed[place].credit;
        }
        p->contributed += gap->length;
        p->owed_months -= gap->length;
        gap->is_owed = 0;
        if (!is_retroactive(gap, r))
            continue;
        if (number == p->gaps - 1) {
            p->pool = p->pool_if_paid;
            gap->refund += gap->later_refund;
        }
        if (gap->first >= place - p->gap_months) {          /* as if the gap had not been */
            p->gap_months -= gap->length;
            p->continuous += gap->length;
            p->waiting = most(0, p->waiting - gap->length);
        } else if (gap->first == p->wait_gap) {
            p->continuous += gap->length + p->lost;
            p->waiting = p->lost = 0;
        } else if (gap->first > p->wait_gap)
            p->waiting = most(0, p->waiting - gap->length);
        p->current += gap->refund;
        t->refund += gap->refund;
    }
}

static void count_months(struct person *p, int64_t place, const struct rules *r)
{
    if (p->status == RETIREE)
        return;
    if (p->unpaid_by >= 0) {
        if (p->gap_months++ == 0) {
            p->pool_if_paid = p->pool;
            p->waiting_if_paid = p->waiting;
        }
        p->waiting_if_paid = most(0, p->waiting_if_paid - 1);
        return;
    }
    int64_t wait = 0;
    if (p->gap_months > 0) {
        if (p->gap_months > r->waiting_free_gap_months[p->status - 1]) {
            for (int band = 0; band < WAITS; band++)
                if (p->gap_months > r->waiting_months[p->status - 1][band][0]) {
                    wait = r->waiting_months[p->status - 1][band][1];
                    break;
                }
            p->lost = p->continuous;
            p->continuous = 0;
            p->wait_gap = place - p->gap_months;            /* the gap that led to the wait */
        }
        p->gap_months = 0;
    }
    if (wait)
        p->waiting = wait + 1;
    else if (p->waiting > 0)
        p->waiting--;
    p->waiting_if_paid = least(p->waiting, most(0, p->waiting_if_paid - 1));
    if (p->waiting > p->waiting_if_paid && !p->gap[p->gaps - 1].is_owed && is_retroactive(&p->gap[p->gaps - 1], r))
        p->waiting = p->waiting_if_paid;                    /* as if the latest gap had not been */
    p->contributed++;
    p->continuous++;
}

/* ── bills ── */

static int64_t pool_share(struct pool *pool, const struct bill *bill, int64_t status, int64_t age, const struct rules *r)
{
    int group = (status == RETIREE ? 2 : 0) + (age >= r->pooling_senior_ages_years[status - 1]);
    if (bill->is_inpatient) {
        int64_t covered = most(0, bill->cost - r->pooling_inpatient_deductible_fen[group][bill->place]);
        int64_t paid = share(covered, r->pooling_inpatient_rate_ppm[group][bill->place]);
        paid = least(paid, most(0, r->pooling_inpatient_ceiling_fen[group] - pool->inpatient_paid));
        pool->inpatient_paid += paid;
        return paid;
    }
    int64_t rate = r->pooling_rate_ppm[group][bill->place];
    if (rate == 0)
        return 0;
    int64_t below = least(bill->cost, most(0, r->pooling_deductible_fen[group][bill->place] - pool->deductible));
    int64_t covered = bill->cost - below, room = most(0, r->pooling_upper_from_fen[group] - pool->paid), paid = share(covered, rate);
    if (paid > room)
        paid = room + share(covered - divided(room * PPM, rate), r->pooling_upper_rate_ppm[group][bill->place]);
    paid = least(paid, most(0, r->pooling_ceiling_fen[group] - pool->paid));
    pool->deductible += below;
    pool->cost += bill->cost;
    pool->paid += paid;
    return paid;
}

static void pay_bill(struct person *p, const struct bill *bill, int64_t age, const struct world *w, struct tally *t)
{
    const struct rules *r = &w->rows[bill->row];
    int64_t due = bill->cost, paid = 0;
    t->medical += due;
    if (t->eligible)
        paid = pool_share(&p->pool, bill, p->status, age, r);
    const struct gap *last = &p->gap[p->gaps - 1];
    if (p->owed_months > 0 && is_payable(last, r) && is_retroactive(last, r) && p->waiting_if_paid == 0)
        *(p->unpaid_by >= 0 ? &p->gap[p->gaps - 1].refund : &p->gap[p->gaps - 1].later_refund)
            += most(0, pool_share(&p->pool_if_paid, bill, p->status, age, r) - paid);
    t->reimbursed += paid;
    due -= paid;
    int64_t from_current = least(due, p->current), from_carried = least(due - from_current, p->carried);
    p->current -= from_current;
    p->carried -= from_carried;
    t->spent += from_current + from_carried;
    t->cash_paid += due - from_current - from_carried;
}

/* ── the month ── */

static inline void settle_interest(struct person *p, struct tally *t)
{
    int64_t interest = divided(p->current_product + p->carried_product, (int64_t)12 * PPM);
    p->carried += interest;
    p->current_product = p->carried_product = 0;
    t->interest += interest;
}

static void top_up(struct person *p, const struct month *month, const struct world *w, struct tally *t)
{
    const struct rules *r = &w->rows[row_on(month->first_day + 24, month)];
    if (p->is_retiring)
        return;
    int64_t missing = missing_months(p, r), base = r->retirement_top_up_base_fen ? r->retirement_top_up_base_fen : t->base;
    t->premium_paid += missing * share(base, r->retirement_top_up_rate_ppm);
    p->contributed += missing;
    p->is_retiring = 1;
}

static void die(struct person *p, struct tally *t)
{
    settle_interest(p, t);
    t->withdrawn += p->current + p->carried;
    p->current = p->carried = 0;
    p->status = NONE;
    p->contributed = p->continuous = p->owed_months = 0;
}

static inline void live_month(struct person *p, int64_t place, const struct world *w, struct tally *t)
{
    const struct month *month = &w->calendar[place];
    const struct rules *r = &w->rows[month->row];
    int64_t age = (w->start_month + place - p->birth) / 12;
    int acts = 0, bills = 0;
    struct bill bill[2];

    if (place % 12 == 0)
        plan_year(p, place, age, w);
    if (place == p->visit || place == p->stay)
        bills = fall_ill(p, place, age, w, bill);
    if (place == p->next)
        acts = decide(p, place, age, w);

    t->lives = 1;
    t->opening = p->current + p->carried;
    if (month->calendar_month == r->interest_year_start_month) {
        p->carried += p->current;
        p->current = 0;
    }
    if (month->calendar_month == r->pooling_year_start_month) {
        memset(&p->pool, 0, sizeof p->pool);
        memset(&p->pool_if_paid, 0, sizeof p->pool_if_paid);
    }
    int has_just_retired = p->is_retiring;
    if (has_just_retired) {
        p->status = RETIREE;
        p->unpaid_by = PAYING;
        p->is_retiring = p->gap_months = p->waiting = p->waiting_if_paid = 0;
    }
    if (acts & STOPS) {
        p->unpaid_by = p->cause == EMPLOYER_ARREARS && p->status == EMPLOYEE ? BY_EMPLOYER : BY_ONESELF;
        p->lost = 0;
        p->gap[p->gaps++] = (struct gap){ .fault = p->unpaid_by };
    }
    if (acts & RESUMES && p->status != RETIREE) {
        if (acts & RETURNS_FLEXIBLE && p->unpaid_by == BY_ONESELF)
            p->status = FLEXIBLE;
        p->unpaid_by = PAYING;
    }
    if (month->calendar_month == r->contribution_base_year_start_month) {
        if (place > 0 && w->group->wage_growth_ppm)
            p->wage = share(p->wage, PPM + w->group->wage_growth_ppm);
        p->declared = p->wage;
    }
    work_out_dues(p, month, age, has_just_retired, r);
    t->base = p->dues.base;
    t->status = p->status;
    int is_paid = p->unpaid_by < 0;
    if (is_paid) {
        t->credit = p->dues.credit;
        t->premium_paid = p->dues.own;
        t->employer_premium = p->dues.employer;
        p->current += p->dues.credit;
    }
    if (acts & PAYS_BACK)
        back_pay(p, place, month, w, t);
    if (!is_paid)
        miss(p, place, month, age, r);
    count_months(p, place, r);
    t->gap_months = p->gap_months;
    t->waiting_months = p->waiting;
    t->eligible = is_paid && p->waiting == 0;
    if (is_paid && p->status != RETIREE
            && w->start_month + place >= (p->status == EMPLOYEE ? p->statutory_month : p->flexible_statutory_month)
            && missing_months(p, r) == 0)
        p->is_retiring = 1;

    for (int number = 0; number < bills; number++)
        pay_bill(p, &bill[number], age, w, t);
    if (acts & RETIRES)
        top_up(p, month, w, t);
    if (acts & DIES)
        die(p, t);

    p->current_product += p->current * r->interest_current_rate_ppm;
    p->carried_product += p->carried * r->interest_carried_rate_ppm;
    if (r->interest_settlement_in_month[month->calendar_month - 1])
        settle_interest(p, t);
    if (p->owed_months > 0)
        for (int64_t number = 0; number < p->gaps; number++)
            if (is_payable(&p->gap[number], r)) {
                t->arrears += p->gap[number].principal;
                t->late_fee_accrued += late_fees(p, &p->gap[number], month->last_day, w, r);
            }
    t->current = p->current;
    t->carried = p->carried;
    t->closing = p->current + p->carried;
    t->contributed_months = p->contributed;
    t->continuous_months = p->continuous;

    t->is_empty = t->closing == 0 && p->status != NONE;
    t->is_waiting = t->waiting_months > 0;
    t->is_in_gap = t->gap_months > 0;
    t->is_owing = t->arrears > 0;
    t->pays_late_fee = t->late_fee_paid > 0;
    t->is_retired = t->status == RETIREE;
    t->is_treated = t->medical > 0;
}

/* Whether a month breaks an identity of the ledger. */
static inline int is_broken(const struct tally *t, int64_t before)
{
    return t->closing != t->opening + t->credit + t->back_credit + t->interest + t->refund - t->spent - t->withdrawn
        || t->closing != t->current + t->carried
        || t->medical != t->reimbursed + t->spent + t->cash_paid
        || t->opening != before
        || (t->base | t->opening | t->credit | t->back_credit | t->refund | t->spent | t->withdrawn | t->closing | t->current
            | t->carried | t->medical | t->reimbursed | t->cash_paid | t->gap_months | t->waiting_months | t->arrears
            | t->late_fee_accrued | t->late_fee_paid | t->premium_paid | t->contributed_months | t->continuous_months
            | t->employer_premium) < 0;
}

static inline int64_t bucket(int64_t amount)
{
    int shift = (amount ? 64 - __builtin_clzll(amount) : 0) - SKETCH_BITS - 1;
    shift = shift > 0 ? shift : 0;
    return least(((int64_t)shift << SKETCH_BITS) + (amount >> shift), BUCKETS - 1);
}

void live_all(uint64_t group_key, const int64_t *numbers, int64_t count, const struct world *w, struct tally *sums,
              int64_t (*sketch)[BUCKETS], int64_t *broken)
{
    struct person p;
    for (int64_t number = 0; number < count; number++) {
        be_born(&p, draw(group_key, numbers[number], PERSON), w);
        int64_t before = p.carried;
        for (int64_t place = 0; place < MONTHS; place++) {
            struct tally t = { 0 };
            live_month(&p, place, w, &t);
            *broken += is_broken(&t, before);
            before = t.closing;
            for (unsigned column = 0; column < sizeof t / sizeof(int64_t); column++)
                ((int64_t *)&sums[place])[column] += ((const int64_t *)&t)[column];
            if (p.status == NONE)
                break;
            if (w->calendar[place].sketch >= 0)
                sketch[w->calendar[place].sketch][bucket(t.closing)]++;
        }
    }
}
