//! Days as people write them: `YYYY-MM-DD`, in UTC.

use beistand_protocol::time::Day;

// Years that begin in March, in cycles of 400 years: then leap days come last everywhere.
const CYCLE: u64 = 146_097;
const MARCH_YEAR_ZERO_TO_1970: u64 = 719_468;

/// The date of a day.
pub fn date(day: Day) -> String {
    let days = u64::from(day.0) + MARCH_YEAR_ZERO_TO_1970;
    let (cycle, day_of_cycle) = (days / CYCLE, days % CYCLE);
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524
        - day_of_cycle / 146_096)
        / 365;
    let day_of_year = day_of_cycle - start_of_year(year_of_cycle);
    // Months from March on, of 31 and 30 days in a pattern of five months and 153 days.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = cycle * 400 + year_of_cycle + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

/// The day of a date from 1970 to 9999, or none where there is no such day.
pub fn parse_date(text: &str) -> Option<Day> {
    let fields: Vec<&str> = text.split('-').collect();
    let [year, month, day_of_month] = fields[..] else {
        return None;
    };
    let (year, month): (u64, u64) = (year.parse().ok()?, month.parse().ok()?);
    let day_of_month: u64 = day_of_month.parse().ok()?;
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || day_of_month == 0 {
        return None;
    }
    let year = year - u64::from(month <= 2);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day_of_month - 1;
    let days = year / 400 * CYCLE + start_of_year(year % 400) + day_of_year;
    let day = Day(u32::try_from(days.checked_sub(MARCH_YEAR_ZERO_TO_1970)?).ok()?);
    // A 31st of April would have become the 1st of May.
    (date(day) == text).then_some(day)
}

fn start_of_year(year_of_cycle: u64) -> u64 {
    365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        let known = [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (789, "1972-02-29"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_000, "2024-10-04"),
            (20_512, "2026-02-28"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ];
        for (day, text) in known {
            assert_eq!(date(Day(day)), text);
        }
        for day in (0..60_000).map(Day) {
            assert_eq!(parse_date(&date(day)), Some(day));
        }
    }

    #[test]
    fn no_other_text_is_a_date() {
        for text in [
            "2026-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-1-1",
            "1969-12-31",
            "",
            "x",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
