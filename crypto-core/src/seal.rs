//! Sealing a message into an envelope (section 4).

use crate::age_file::{self, Padding};
use crate::audience::Audience;
use crate::message::{Message, MessageError};
use crate::signing::Signer;
use crate::stanzas::Stanzas;
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::SealedBlob;
use rand_core::{CryptoRng, RngCore};
use std::fmt;
use zeroize::Zeroizing;

/// What follows the two lines: text a person can look at in an editor.
const ENVELOPE_PADDING: Padding = Padding {
    fill: b' ',
    end: b'\n',
};

/// An envelope, and the two lines inside for the one who wrote them.
pub struct SealedEnvelope {
    /// What goes on the wall.
    pub blob: SealedBlob,
    /// The message as signed.
    pub line1: Zeroizing<String>,
    /// The signature.
    pub line2: String,
}

/// Why a message is not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The message itself.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The list of readers in the message is not the audience's.
    #[error("the message names other readers than it would be sealed to")]
    Readers,
    /// The audience is that of another conversation.
    #[error("the message belongs to another conversation than its audience")]
    Conversation,
    /// A note that would reach the reporter, or a reply that would not.
    #[error("the message's kind does not fit whether the reporter can read it")]
    Reporter,
}

/// Seals `message`, signed by `signer`, to `audience` and nobody else. The envelope has the one
/// size of its class whatever is in it.
///
/// # Errors
/// One [`SealError`] a rule; nothing is sealed then.
pub fn seal(
    message: &Message,
    signer: &Signer,
    audience: &Audience,
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<SealedEnvelope, SealError> {
    if message.readers != *audience.readers() {
        return Err(SealError::Readers);
    }
    if message.conversation != audience.conversation() {
        return Err(SealError::Conversation);
    }
    if message.kind().reaches_reporter() != audience.has_reporter() {
        return Err(SealError::Reporter);
    }
    let line1 = message.to_line()?;
    let line2 = signature_line(&signer.sign_line(&line1));
    let content = [line1.as_str(), "\n", &line2, "\n"].map(str::as_bytes);
    let class = audience.class();
    let recipients = audience.recipients();
    let stanzas = Stanzas::new(&recipients, class.stanzas(), rng);
    let blob = age_file::seal(class, &stanzas, &content, ENVELOPE_PADDING)
        .map_err(|_| MessageError::TooLong)?;
    Ok(SealedEnvelope { blob, line1, line2 })
}

/// A blob of `class` that nobody can open and that looks like any other.
pub fn decoy(class: BlobClass, rng: &mut (impl CryptoRng + RngCore)) -> SealedBlob {
    let stanzas = Stanzas::new(&[], class.stanzas(), rng);
    age_file::seal(class, &stanzas, &[], ENVELOPE_PADDING).expect("nothing fits into every class")
}

/// Line 2, without its newline.
pub(crate) fn signature_line(signature: &[u8; 64]) -> String {
    format!("{{\"sig\":\"{}\"}}", STANDARD.encode(signature))
}

impl fmt::Debug for SealedEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedEnvelope(…)")
    }
}
