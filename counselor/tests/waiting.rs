//! What waits for the beginning of its conversation stays readable when the prekey it was sealed
//! to is long destroyed.

mod support;

use beistand_protocol::roster::Serial;
use support::{noon, Organisation, FIRST_DAY};

#[test]
fn what_waits_outlives_the_prekey_that_opened_it() {
    let mut organisation = Organisation::new(2);
    for desk in [0, 1] {
        organisation.sync(desk);
    }
    // The first desk never gets the follow-up, the second never the report.
    let (mut mailbox, report) = organisation.report("it began");
    let follow_up = organisation.follow_up(&mut mailbox, "and went on");
    let withhold = |organisation: &Organisation, slot| {
        organisation
            .server
            .misbehave(|mischief| mischief.withhold = vec![slot]);
    };
    for day in 1..=20 {
        organisation.server.set_time(noon(FIRST_DAY.forward(day)));
        withhold(&organisation, follow_up);
        organisation.sync(0);
        withhold(&organisation, report);
        assert_eq!(organisation.sync(1).waiting, 1, "day {day}");
        organisation.reopen(1);
    }
    let oldest = organisation.desks[1].keys().prekeys().iter();
    assert!(oldest.map(|prekey| prekey.day).min() > Some(FIRST_DAY));
    assert_eq!(organisation.desks[1].cases().unwrap().len(), 0);

    let (client, now) = (organisation.client(), organisation.server.now());
    let case = organisation.desks[0].cases().unwrap()[0].case;
    organisation.desks[0]
        .share(&client, case, &[Serial(2)], now)
        .unwrap();
    let synced = organisation.sync(1);
    assert_eq!((synced.waiting, synced.cases.len()), (0, 1));
    let case = organisation.desks[1].case(case).unwrap();
    let texts: Vec<_> = case
        .messages
        .iter()
        .filter_map(|message| message.text.as_deref())
        .collect();
    assert_eq!(texts, ["it began", "and went on"]);
}
