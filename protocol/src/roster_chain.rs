//! From the file of rosters a server serves to the one roster to use: signatures by the pinned
//! roots, each roster linked to the one before, none older than one already seen (section 3).

use crate::bytes::Digest;
use crate::instance::Instance;
use crate::json;
use crate::note::{Note, NoteError, RosterDomain};
use crate::roster::Roster;
use crate::roster_rules::RosterRule;
use crate::time::{Day, UnixTime};
use crate::trust::Verified;
use serde::{Deserialize, Serialize};

/// How far a client's clock may be off, in seconds.
pub const CLOCK_TOLERANCE: u64 = UnixTime::DAY_SECONDS;

/// The body of `GET /v1/rosters`: signed notes, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RostersFile {
    /// Version of this file: 1.
    pub v: u8,
    /// All rosters of the last `ttl_days`, the current one last.
    pub rosters: Vec<String>,
}

/// A roster that was signed as it must be, with the hash others refer to it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRoster {
    /// What was signed.
    pub roster: Roster,
    /// SHA-256 of the note's text.
    pub digest: Digest,
    /// The note, as it is served on.
    pub note: String,
}

/// The newest roster somebody has relied on before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRoster {
    /// Its version.
    pub version: u64,
    /// Its hash.
    pub digest: Digest,
}

/// Why rosters are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// The file is not of the expected form, or holds no roster.
    #[error("the file of rosters is malformed or empty")]
    File,
    /// The note around a roster.
    #[error("a roster is refused: {0}")]
    Note(#[from] NoteError),
    /// The JSON in a roster.
    #[error("a roster's text is not of the expected form")]
    Form,
    /// A roster breaks a rule.
    #[error("a roster is refused: {0}")]
    Rule(#[from] RosterRule),
    /// A roster that says another instance inside than outside.
    #[error("a roster is for another instance")]
    Instance,
    /// Versions do not count up by one, or `previous` is not the hash of the one before.
    #[error("the rosters do not follow from each other")]
    Chain,
    /// The newest roster is older than one seen before, or another of the same version.
    #[error("the server shows an older or another roster than it did before")]
    Rollback,
    /// `not_after` is past.
    #[error("the roster has expired")]
    Expired,
    /// `not_before` is more than a day in the future.
    #[error("the roster is not valid yet; is the clock of this machine right?")]
    NotYet,
}

/// All rosters served, each verified. The last is the current one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterChain {
    rosters: Vec<SignedRoster>,
}

impl RosterChain {
    /// Verifies the file of rosters against the pinned instance. Says nothing about time: see
    /// [`RosterChain::current_at`]; so an expired roster can still show its helplines.
    ///
    /// # Errors
    /// One [`RosterError`] a way it can be wrong.
    pub fn verify(
        instance: &Instance,
        file: &[u8],
        seen: Option<&SeenRoster>,
    ) -> Result<Verified<Self>, RosterError> {
        let file: RostersFile = json::parse(file).map_err(|_| RosterError::File)?;
        if file.v != 1 || file.rosters.is_empty() {
            return Err(RosterError::File);
        }
        let (mut roots, mut threshold) = (instance.roots.clone(), instance.threshold);
        let mut rosters: Vec<SignedRoster> = Vec::with_capacity(file.rosters.len());
        for note in file.rosters {
            let signed = verify_one(instance, &note, &roots, threshold)?;
            if let Some(before) = rosters.last() {
                follows(&before.roster, before.digest, &signed.roster)?;
            }
            roots.clone_from(&signed.roster.roots);
            threshold = signed.roster.threshold;
            rosters.push(signed);
        }
        let chain = Self { rosters };
        if let Some(seen) = seen {
            chain.check_seen(seen)?;
        }
        Ok(Verified::vouch(chain))
    }

    fn check_seen(&self, seen: &SeenRoster) -> Result<(), RosterError> {
        let current = self.current();
        let same = self
            .rosters
            .iter()
            .find(|signed| signed.roster.version == seen.version);
        let continues = match same {
            Some(signed) => signed.digest == seen.digest,
            // The one seen has left the file; the newest must still be newer.
            None => current.roster.version > seen.version,
        };
        if continues {
            Ok(())
        } else {
            Err(RosterError::Rollback)
        }
    }

    /// The newest roster, whatever the time.
    pub fn current(&self) -> &SignedRoster {
        // `verify` refuses an empty file.
        &self.rosters[self.rosters.len() - 1]
    }

    /// The newest roster, if it is valid at `now`.
    ///
    /// # Errors
    /// [`RosterError::Expired`], [`RosterError::NotYet`].
    pub fn current_at(&self, now: UnixTime) -> Result<&SignedRoster, RosterError> {
        let current = self.current();
        if now >= current.roster.not_after {
            return Err(RosterError::Expired);
        }
        if now.0.saturating_add(CLOCK_TOLERANCE) < current.roster.not_before.0 {
            return Err(RosterError::NotYet);
        }
        Ok(current)
    }

    /// The roster of that hash, which an older message may name.
    pub fn find(&self, digest: &Digest) -> Option<&SignedRoster> {
        self.rosters.iter().find(|signed| signed.digest == *digest)
    }

    /// All rosters, oldest first.
    pub fn all(&self) -> &[SignedRoster] {
        &self.rosters
    }

    /// What to remember, to notice a rollback next time.
    pub fn seen(&self) -> SeenRoster {
        let current = self.current();
        SeenRoster {
            version: current.roster.version,
            digest: current.digest,
        }
    }

    /// Whether `note` may follow the current roster, as a server decides before storing it.
    ///
    /// # Errors
    /// As [`RosterChain::verify`], and [`RosterError::Expired`] for one that is over already.
    pub fn next(
        &self,
        instance: &Instance,
        note: &str,
        now: UnixTime,
    ) -> Result<Verified<SignedRoster>, RosterError> {
        let current = self.current();
        let signed = verify_one(
            instance,
            note,
            &current.roster.roots,
            current.roster.threshold,
        )?;
        follows(&current.roster, current.digest, &signed.roster)?;
        check_not_over(&signed.roster, now)?;
        Ok(Verified::vouch(signed))
    }

    /// Whether `note` may be the first roster of an instance.
    ///
    /// # Errors
    /// As [`RosterChain::next`].
    pub fn first(
        instance: &Instance,
        note: &str,
        now: UnixTime,
    ) -> Result<Verified<SignedRoster>, RosterError> {
        let signed = verify_one(instance, note, &instance.roots, instance.threshold)?;
        check_not_over(&signed.roster, now)?;
        if signed.roster.version != 1 {
            return Err(RosterError::Chain);
        }
        Ok(Verified::vouch(signed))
    }
}

fn check_not_over(roster: &Roster, now: UnixTime) -> Result<(), RosterError> {
    if now >= roster.not_after {
        return Err(RosterError::Expired);
    }
    Ok(())
}

fn follows(before: &Roster, digest: Digest, roster: &Roster) -> Result<(), RosterError> {
    let linked = roster.previous == Some(digest);
    if !linked || before.version.checked_add(1) != Some(roster.version) {
        return Err(RosterError::Chain);
    }
    // A serial names one person for ever, and a writer one device: a number that changes hands
    // would let somebody new into what was meant for somebody else.
    let reassigned = roster.devices.iter().any(|device| {
        before.device(device.writer).is_some_and(|old| {
            old.sign.public_key() != device.sign.public_key() || old.serial != device.serial
        })
    });
    if reassigned {
        return Err(RosterError::Rule(RosterRule::Devices));
    }
    Ok(())
}

fn verify_one(
    instance: &Instance,
    note: &str,
    roots: &[crate::verifier_key::VerifierKey],
    threshold: u8,
) -> Result<SignedRoster, RosterError> {
    let untrusted = Note::<RosterDomain>::parse(&instance.instance, note.as_bytes())?;
    untrusted.check(roots, usize::from(threshold))?;
    let verified = untrusted.into_verified();
    let line = verified
        .body()
        .strip_suffix('\n')
        .ok_or(RosterError::Form)?;
    let roster: Roster = json::parse_canonical(line).map_err(|_| RosterError::Form)?;
    roster.check()?;
    if roster.instance != instance.instance {
        return Err(RosterError::Instance);
    }
    if roster.roots != roots || roster.threshold != threshold {
        // New roots must have signed as well, by their own threshold.
        Note::<RosterDomain>::parse(&instance.instance, note.as_bytes())?
            .check(&roster.roots, usize::from(roster.threshold))?;
    }
    Ok(SignedRoster {
        roster,
        digest: verified.digest(),
        note: note.to_owned(),
    })
}

impl SignedRoster {
    /// Whether the signed roster may be relied on for things done on `day`.
    pub fn covers(&self, day: Day) -> bool {
        day.start().0.saturating_add(2 * UnixTime::DAY_SECONDS) > self.roster.not_before.0
            && day.start() <= self.roster.not_after
    }
}
