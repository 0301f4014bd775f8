//! Signed notes (C2SP signed-note) whose first line says what they are and for which instance,
//! so that a signature made over one kind of note can never be shown as another's.
//!
//! ```text
//! beistand/v1/roster/<instance id>
//! <body>
//!
//! — root-1 <base64 of key id and signature>
//! ```

use crate::bytes::{Digest, InstanceId};
use crate::hash::sha256;
use crate::trust::{Untrusted, Verified};
use crate::verifier_key::VerifierKey;
use crate::LABEL_PREFIX;
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use std::marker::PhantomData;

/// What a note says, and so what its signature is good for.
pub trait Domain {
    /// The part of the first line between the prefix and the instance id.
    const WHAT: &'static str;
    /// The most bytes a note of this kind may have, signatures included.
    const LIMIT: usize;

    /// The first line of every note of this kind.
    fn first_line(instance: &InstanceId) -> String {
        format!("{LABEL_PREFIX}{}/{instance}", Self::WHAT)
    }
}

macro_rules! domain {
    ($(#[$doc:meta])* $name:ident, $what:literal, $limit:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name;
        impl Domain for $name {
            const WHAT: &'static str = $what;
            const LIMIT: usize = $limit;
        }
    };
}

domain!(
    /// A roster, signed by root keys.
    RosterDomain, "roster", 256 * 1024
);
domain!(
    /// A device's recipient of a day, signed by the device.
    PrekeyDomain, "prekey", 8 * 1024
);
domain!(
    /// A checkpoint of the log (C2SP tlog-checkpoint; the first line is its origin).
    LogDomain, "log", 8 * 1024
);
domain!(
    /// The server's promise to log a put, signed by the log key.
    PromiseDomain, "promise", 4 * 1024
);
domain!(
    /// A device's request for everything on the wall.
    SyncDomain, "sync", 4 * 1024
);

/// Why bytes are not the note they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Larger than notes of this kind can be.
    #[error("the signed note is too large")]
    TooLarge,
    /// Not UTF-8, a control character, no blank line before the signatures, a malformed line.
    #[error("the signed note is malformed")]
    Form,
    /// The first line is of another kind of note, version or instance.
    #[error("the signed note is of another kind or for another instance")]
    Domain,
    /// Fewer good signatures of the keys asked for than the threshold.
    #[error("the note carries {found} of {needed} necessary signatures")]
    Signatures {
        /// Distinct keys with a good signature.
        found: usize,
        /// The threshold.
        needed: usize,
    },
    /// A signature line that names one of our keys but does not verify.
    #[error("the note carries a forged signature")]
    Forged,
}

/// A parsed note of kind `D`. Its text is trusted only once it is [`Verified`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<D> {
    text: String,
    body: usize,
    signatures: Vec<SignatureLine>,
    domain: PhantomData<D>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct SignatureLine {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

impl<D: Domain> Note<D> {
    /// Reads a note of this kind for this instance. Nobody has vouched for it yet.
    ///
    /// # Errors
    /// [`NoteError::TooLarge`], [`NoteError::Form`], [`NoteError::Domain`].
    pub fn parse(instance: &InstanceId, bytes: &[u8]) -> Result<Untrusted<Self>, NoteError> {
        if bytes.len() > D::LIMIT {
            return Err(NoteError::TooLarge);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Form)?;
        if note.chars().any(|c| c.is_control() && c != '\n') {
            return Err(NoteError::Form);
        }
        // The text ends with the newline before the last blank line.
        let split = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let text = &note[..=split];
        let lines = note[split + 2..]
            .strip_suffix('\n')
            .ok_or(NoteError::Form)?;
        let signatures = lines
            .split('\n')
            .map(parse_signature)
            .collect::<Option<Vec<_>>>();
        let signatures = signatures.ok_or(NoteError::Form)?;
        let first_line = D::first_line(instance);
        let body = text
            .strip_prefix(first_line.as_str())
            .filter(|rest| rest.starts_with('\n'))
            .ok_or(NoteError::Domain)?;
        let body = text.len() - body.len() + 1;
        Ok(Untrusted::new(Self {
            text: text.to_owned(),
            body,
            signatures,
            domain: PhantomData,
        }))
    }

    /// The signed text: first line, body, ending in a newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands after the first line.
    pub fn body(&self) -> &str {
        &self.text[self.body..]
    }

    /// SHA-256 of the signed text, by which notes refer to each other.
    pub fn digest(&self) -> Digest {
        sha256(self.text.as_bytes())
    }

    /// Counts distinct `keys` with a good signature.
    fn good_signatures(&self, keys: &[VerifierKey]) -> Result<usize, NoteError> {
        let mut found = 0;
        for key in keys {
            let mut lines = self
                .signatures
                .iter()
                .filter(|line| line.name == key.name() && line.id == key.id());
            let Some(line) = lines.next() else { continue };
            let signature: &[u8; 64] = line
                .signature
                .as_slice()
                .try_into()
                .map_err(|_| NoteError::Forged)?;
            if lines.next().is_some() || !key.verifies(self.text.as_bytes(), signature) {
                return Err(NoteError::Forged);
            }
            found += 1;
        }
        Ok(found)
    }
}

impl<D: Domain> Untrusted<Note<D>> {
    /// The note, once at least `threshold` distinct `keys` have signed it.
    ///
    /// # Errors
    /// [`NoteError::Signatures`], and [`NoteError::Forged`] where a line claims one of the keys
    /// and does not verify.
    pub fn verify(
        self,
        keys: &[VerifierKey],
        threshold: usize,
    ) -> Result<Verified<Note<D>>, NoteError> {
        self.check(keys, threshold)?;
        Ok(self.into_verified())
    }

    pub(crate) fn check(&self, keys: &[VerifierKey], threshold: usize) -> Result<(), NoteError> {
        let needed = threshold.max(1);
        let found = self.peek().good_signatures(keys)?;
        if found < needed {
            return Err(NoteError::Signatures { found, needed });
        }
        Ok(())
    }
}

/// The text to sign for a note of kind `D`: its first line and `body`, which must end in a
/// newline and hold no blank line at its end.
pub fn text<D: Domain>(instance: &InstanceId, body: &str) -> String {
    debug_assert!(body.ends_with('\n') && !body.ends_with("\n\n"));
    format!("{}\n{body}", D::first_line(instance))
}

/// The note over `text` with one signature made by `sign`, which is given the text's bytes.
/// The secret key stays with the caller.
pub fn sign(text: &str, key: &VerifierKey, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
    format!("{text}\n{}", signature_line(text, key, sign))
}

/// Adds a signature to a note that has some already.
pub fn cosign(
    note: &str,
    key: &VerifierKey,
    sign: impl FnOnce(&[u8]) -> [u8; 64],
) -> Result<String, NoteError> {
    let split = note.rfind("\n\n").ok_or(NoteError::Form)?;
    Ok(format!(
        "{note}{}",
        signature_line(&note[..=split], key, sign)
    ))
}

fn signature_line(text: &str, key: &VerifierKey, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
    let mut bytes = key.id().to_vec();
    bytes.extend_from_slice(&sign(text.as_bytes()));
    format!("— {} {}\n", key.name(), STANDARD.encode(bytes))
}

fn parse_signature(line: &str) -> Option<SignatureLine> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    let bytes = STANDARD.decode(signature).ok()?;
    if name.is_empty() || name.contains('+') || bytes.len() < 5 {
        return None;
    }
    let (id, signature) = bytes.split_at(4);
    Some(SignatureLine {
        name: name.to_owned(),
        id: id.try_into().ok()?,
        signature: signature.to_vec(),
    })
}
