// Days as the protocol counts them (since 1970-01-01 UTC) and working days as people do.

/** 0 is Sunday. 1970-01-01 was a Thursday. */
function weekday(day: number): number {
  return (day + 4) % 7;
}

/** The day that lies `count` working days (Monday to Friday) after `day`. */
export function workingDaysAfter(day: number, count: number): number {
  let left = count;
  let current = day;
  while (left > 0) {
    current += 1;
    if (weekday(current) !== 0 && weekday(current) !== 6) left -= 1;
  }
  return current;
}
