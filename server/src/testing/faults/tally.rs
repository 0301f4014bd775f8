//! What a harness counts.

use std::fmt;

/// Complaints that are kept; more would say nothing new.
const MOST_COMPLAINTS: usize = 40;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// What one try is called: `cycles`, `states` or `runs`.
    pub unit: &'static str,
    /// How many there were.
    pub tries: u32,
    /// Puts and deletions acknowledged.
    pub acknowledged: u64,
    /// Acknowledged puts that are not there as they were put.
    pub lost: u64,
    /// Things on the wall that are not whole, or not what their promise says; a store that does
    /// not open any more is one, too.
    pub half: u64,
    /// Acknowledged deletions that were undone, and days that came back.
    pub resurrected: u64,
    /// Calls that did not come back in time, and servers that ended without a sentence.
    pub hung: u64,
    /// Servers that gave up because the disk of this machine did not answer for seconds, and were
    /// started again. That is no fault of theirs.
    pub stalled: u64,
    /// What was found, in words, and where.
    pub complaints: Vec<String>,
}

/// What a complaint counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// [`Tally::lost`].
    Lost,
    /// [`Tally::half`].
    Half,
    /// [`Tally::resurrected`].
    Resurrected,
    /// [`Tally::hung`].
    Hung,
}

impl Tally {
    /// Nothing yet.
    pub fn new(unit: &'static str) -> Self {
        Self {
            unit,
            ..Self::default()
        }
    }

    /// Whether the store kept its promises.
    pub fn is_clean(&self) -> bool {
        [self.lost, self.half, self.resurrected, self.hung] == [0; 4]
    }

    /// Counts, and keeps what was found.
    pub fn complain(&mut self, wrong: Wrong, what: String) {
        let (count, name) = match wrong {
            Wrong::Lost => (&mut self.lost, "lost"),
            Wrong::Half => (&mut self.half, "half"),
            Wrong::Resurrected => (&mut self.resurrected, "resurrected"),
            Wrong::Hung => (&mut self.hung, "hung"),
        };
        *count += 1;
        if self.complaints.len() < MOST_COMPLAINTS {
            self.complaints.push(format!("{name}: {what}"));
        }
    }

    /// Adds what another one counted.
    pub fn add(&mut self, other: Self) {
        self.tries += other.tries;
        self.acknowledged += other.acknowledged;
        self.lost += other.lost;
        self.half += other.half;
        self.resurrected += other.resurrected;
        self.hung += other.hung;
        self.stalled += other.stalled;
        let room = MOST_COMPLAINTS.saturating_sub(self.complaints.len());
        self.complaints
            .extend(other.complaints.into_iter().take(room));
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}={} acknowledged={} lost={} half={} resurrected={}",
            self.unit, self.tries, self.acknowledged, self.lost, self.half, self.resurrected
        )?;
        for (name, count) in [("hung", self.hung), ("stalled", self.stalled)] {
            if count > 0 {
                write!(f, " {name}={count}")?;
            }
        }
        Ok(())
    }
}
