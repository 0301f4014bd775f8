//! Opening an envelope (section 4). What does not open is normal: decoys, and what is for others.

use crate::age_file;
use crate::body::SharedMessage;
use crate::hybrid_identity::HybridIdentity;
use crate::message::{Message, MessageError};
use crate::seal::signature_line;
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use beistand_protocol::bytes::ConversationId;
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::{self, GrammarError};
use std::fmt;
use zeroize::Zeroizing;

/// Why an envelope gave no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The bytes are not an envelope: the server should not have stored them.
    #[error("this is not an envelope: {0}")]
    NotAnEnvelope(#[from] GrammarError),
    /// It is not for these identities, or was tampered with; that is not told apart.
    #[error("the envelope cannot be opened")]
    Closed,
    /// It opened, and the plaintext is not two lines and padding.
    #[error("the envelope's content is malformed")]
    Content,
    /// It opened, and line 1 is not a message.
    #[error(transparent)]
    Message(#[from] MessageError),
}

/// A message somebody sealed to us. Who, and whether it belongs where it lay, is not known yet:
/// [`crate::verify::verify`] tells.
#[derive(Clone)]
pub struct OpenedEnvelope {
    message: Message,
    line1: Zeroizing<String>,
    line2: String,
    signature: [u8; 64],
}

/// Opens an envelope of `class` with the first identity that fits. Every identity costs one KEM
/// operation a stanza.
///
/// # Errors
/// [`OpenError`]; of these [`OpenError::Closed`] is the everyday one.
pub fn open<'a>(
    class: BlobClass,
    blob: &[u8],
    identities: impl IntoIterator<Item = &'a HybridIdentity>,
) -> Result<OpenedEnvelope, OpenError> {
    grammar::check(class, blob)?;
    let identities = identities
        .into_iter()
        .map(|identity| identity as &dyn age::Identity);
    let plaintext = age_file::open(blob, identities).map_err(|_| OpenError::Closed)?;
    let text = std::str::from_utf8(&plaintext).map_err(|_| OpenError::Content)?;
    let (line1, rest) = text.split_once('\n').ok_or(OpenError::Content)?;
    let (line2, padding) = rest.split_once('\n').ok_or(OpenError::Content)?;
    let spaces = padding.strip_suffix('\n').ok_or(OpenError::Content)?;
    if spaces.bytes().any(|byte| byte != b' ') {
        return Err(OpenError::Content);
    }
    OpenedEnvelope::from_lines(line1, line2)
}

impl OpenedEnvelope {
    /// A message from its two lines, as a share carries them.
    ///
    /// # Errors
    /// [`OpenError::Content`], [`OpenError::Message`].
    pub fn from_lines(line1: &str, line2: &str) -> Result<Self, OpenError> {
        let signature = parse_signature_line(line2).ok_or(OpenError::Content)?;
        let message = Message::from_line(line1)?;
        Ok(Self {
            message,
            line1: Zeroizing::new(line1.to_owned()),
            line2: line2.to_owned(),
            signature,
        })
    }

    /// The two lines, verbatim.
    pub fn lines(&self) -> SharedMessage {
        SharedMessage {
            line1: self.line1.to_string(),
            line2: self.line2.clone(),
        }
    }

    /// The conversation the message claims to belong to.
    pub fn conversation(&self) -> ConversationId {
        self.message.conversation
    }

    /// The message, while nobody has vouched for it: for telling a person what was refused.
    pub fn unverified(&self) -> &Message {
        &self.message
    }

    pub(crate) fn line1(&self) -> &str {
        &self.line1
    }

    pub(crate) fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    pub(crate) fn into_parts(self) -> (Message, Zeroizing<String>, String) {
        (self.message, self.line1, self.line2)
    }
}

fn parse_signature_line(line: &str) -> Option<[u8; 64]> {
    let encoded = line.strip_prefix("{\"sig\":\"")?.strip_suffix("\"}")?;
    let signature = STANDARD.decode(encoded).ok()?.try_into().ok()?;
    (signature_line(&signature) == line).then_some(signature)
}

impl fmt::Debug for OpenedEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenedEnvelope({:?})", self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::age_file::Padding;
    use crate::stanzas::Stanzas;
    use rand_chacha::rand_core::SeedableRng as _;

    /// What comes of a plaintext somebody sealed to us without using [`crate::seal::seal`].
    fn opened(content: &str, padding: Padding) -> OpenError {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(3);
        let identity = HybridIdentity::generate(&mut rng);
        let (class, recipient) = (BlobClass::Envelope8, identity.recipient());
        let recipients = [&recipient];
        let stanzas = Stanzas::new(&recipients, class.stanzas(), &mut rng);
        let blob = age_file::seal(class, &stanzas, &[content.as_bytes()], padding).unwrap();
        open(class, blob.bytes(), [&identity]).unwrap_err()
    }

    #[test]
    fn a_content_of_another_form_is_named() {
        let right = Padding {
            fill: b' ',
            end: b'\n',
        };
        let lines = format!("{{}}\n{}\n", signature_line(&[1; 64]));
        assert_eq!(
            opened(&lines, right),
            OpenError::Message(MessageError::Form)
        );
        assert_eq!(opened("", right), OpenError::Content);
        assert_eq!(opened("{}\n", right), OpenError::Content);
        assert_eq!(opened("{}\n{\"sig\":\"\"}\n", right), OpenError::Content);
        for wrong in [
            Padding {
                fill: 0,
                end: b'\n',
            },
            Padding {
                fill: b' ',
                end: b' ',
            },
        ] {
            assert_eq!(opened(&lines, wrong), OpenError::Content);
        }
        assert_eq!(opened(&format!("{lines}x"), right), OpenError::Content);
        assert_eq!(
            opened(&format!("\u{feff}{lines}"), right),
            OpenError::Message(MessageError::Form)
        );
    }

    #[test]
    fn a_signature_line_has_one_spelling() {
        let line = signature_line(&[1; 64]);
        assert_eq!(parse_signature_line(&line), Some([1; 64]));
        assert_eq!(parse_signature_line(&line.replace("==", "")), None);
        assert_eq!(parse_signature_line(&line.replace("\":\"", "\": \"")), None);
        assert_eq!(parse_signature_line(&format!("{line} ")), None);
    }
}
