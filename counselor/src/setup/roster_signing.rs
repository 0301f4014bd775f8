//! Signing a roster. Every rule is checked before the key is used: what is signed here is what
//! everybody will believe.

use super::root_key::RootKey;
use beistand_protocol::bytes::{Digest, InstanceId};
use beistand_protocol::hash::sha256;
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::note::{self, Domain, Note, RosterDomain};
use beistand_protocol::roster::Roster;
use beistand_protocol::roster_rules::RosterRule;
use beistand_protocol::time::UnixTime;
use beistand_protocol::verifier_key::VerifierKey;

/// A roster with one signature or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The note, to be passed on to the next signer or published.
    pub note: String,
    /// What it says.
    pub roster: Roster,
    /// SHA-256 of its text, by which it is known.
    pub digest: Digest,
    /// How many of its roots have signed.
    pub signatures: usize,
}

/// Why nothing is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// Neither a draft nor a signed roster.
    #[error("the file is neither a draft of a roster nor a signed one")]
    Form,
    /// It breaks a rule.
    #[error(transparent)]
    Rule(#[from] RosterRule),
    /// It is for another instance than the pinned one.
    #[error("the roster is for another instance")]
    Instance,
    /// It has expired before it is signed.
    #[error("the roster would be expired already")]
    Expired,
    /// This key is not one of the roster's roots.
    #[error("this key is not one of the root keys in the roster")]
    NotARoot,
    /// A signature on it is not good.
    #[error("a signature that is on the roster already is not good")]
    Forged,
}

impl SigningError {
    /// What the one who sees it can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Form => "Give the file that `beistand root roster` or `root sign` wrote.",
            Self::Rule(_) => "Mend the description of the organisation and draft again.",
            Self::Instance => "Check --instance, and ask where the draft comes from.",
            Self::Expired => "Draft it again; check the clock of this machine.",
            Self::NotARoot => "Open the vault of a key that stands in instance.json.",
            Self::Forged => "Do not sign it; ask where the file comes from.",
        }
    }
}

/// Signs a draft, or adds this key's signature to a signed roster. Signing twice with one key
/// changes nothing. `instance` is compared where it is given.
///
/// # Errors
/// One [`SigningError`] a reason; the key is not used then.
pub fn sign(
    file: &str,
    key: &RootKey,
    instance: Option<&Instance>,
    now: UnixTime,
) -> Result<Signed, SigningError> {
    let (roster, signed) = match read_signed(file) {
        Some(roster) => (roster, Some(file)),
        None => (
            serde_json::from_str(file).map_err(|_| SigningError::Form)?,
            None,
        ),
    };
    roster.check()?;
    if instance.is_some_and(|instance| instance.instance != roster.instance) {
        return Err(SigningError::Instance);
    }
    if now >= roster.not_after {
        return Err(SigningError::Expired);
    }
    let verifier = key.verifier();
    let pinned = instance.map_or(&[][..], |instance| &instance.roots);
    if !roster
        .roots
        .iter()
        .chain(pinned)
        .any(|root| root == verifier)
    {
        return Err(SigningError::NotARoot);
    }
    let note = match signed {
        None => {
            let line = json::encode(&roster).map_err(|_| SigningError::Form)?;
            let text = note::text::<RosterDomain>(&roster.instance, &format!("{line}\n"));
            note::sign(&text, verifier, |text| key.sign(text))
        }
        Some(note) if has_signed(&roster, note, verifier)? => note.to_owned(),
        Some(note) => {
            note::cosign(note, verifier, |text| key.sign(text)).map_err(|_| SigningError::Form)?
        }
    };
    describe(note, roster)
}

/// Reads a signed roster without signing it.
///
/// # Errors
/// [`SigningError::Form`], [`SigningError::Forged`], [`SigningError::Rule`].
pub fn inspect(note: &str) -> Result<Signed, SigningError> {
    let roster = read_signed(note).ok_or(SigningError::Form)?;
    roster.check()?;
    describe(note.to_owned(), roster)
}

fn describe(note: String, roster: Roster) -> Result<Signed, SigningError> {
    let signatures = count_signatures(&roster, &note)?;
    let text = note
        .rfind("\n\n")
        .map(|split| &note[..=split])
        .ok_or(SigningError::Form)?;
    let digest = sha256(text.as_bytes());
    Ok(Signed {
        digest,
        roster,
        signatures,
        note,
    })
}

/// How many of the roster's roots have signed; a bad signature of one of them is an error.
fn count_signatures(roster: &Roster, note: &str) -> Result<usize, SigningError> {
    let mut count = 0;
    for root in &roster.roots {
        count += usize::from(has_signed(roster, note, root)?);
    }
    Ok(count)
}

fn has_signed(roster: &Roster, note: &str, root: &VerifierKey) -> Result<bool, SigningError> {
    let parsed = Note::<RosterDomain>::parse(&roster.instance, note.as_bytes())
        .map_err(|_| SigningError::Form)?;
    match parsed.verify(std::slice::from_ref(root), 1) {
        Ok(_) => Ok(true),
        Err(note::NoteError::Signatures { .. }) => Ok(false),
        Err(_) => Err(SigningError::Forged),
    }
}

/// The roster in a note that nobody has vouched for.
fn read_signed(note: &str) -> Option<Roster> {
    let text = &note[..note.rfind("\n\n")?];
    // Nothing else may hide in what is signed.
    let (first_line, line) = text.split_once('\n')?;
    let instance = first_line.rsplit('/').next()?.parse::<InstanceId>().ok()?;
    if first_line != RosterDomain::first_line(&instance) {
        return None;
    }
    json::parse_canonical(line).ok()
}
