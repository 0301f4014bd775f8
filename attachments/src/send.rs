//! Sending a file: part by part, each kept until the server has promised to keep it.

use crate::patience::Patience;
use crate::progress::Step;
use crate::source::Source;
use beistand_client::{deliver, Client, DeliverError, Sealed};
use beistand_crypto_core::attachment::{Attachment, AttachmentError, AttachmentSealer, SealedPart};
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::outgoing::Outgoing;
use beistand_protocol::snapshot::Snapshot;
use rand::rngs::OsRng;

/// Why a file was not sent. No message speaks of the parts that were; they expire.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The file.
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    /// Whoever sends may not write here.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// The server did not take a part, or not as it must.
    #[error(transparent)]
    Deliver(#[from] DeliverError),
}

/// Seals and puts all parts of a file and answers what the message is to say about it. `part`
/// makes of a sealed part something to put. Memory is that of some parts, however long the file
/// is. After a lost connection the same part is put again, for as long as `patience` says. Not
/// across runs: that would need the file's keys on the disk.
///
/// # Errors
/// [`SendError`].
pub fn send(
    client: &Client,
    snapshot: &Snapshot,
    source: &mut Source,
    part: &mut dyn FnMut(SealedPart) -> Result<Outgoing, ComposeError>,
    patience: Patience,
    progress: &mut dyn FnMut(Step),
) -> Result<Attachment, SendError> {
    let of = source.size();
    let mut sealer = AttachmentSealer::new(of, &mut OsRng)?;
    while let Some(range) = sealer.wants() {
        let slice = source.read(range)?;
        let outgoing = part(sealer.seal(&slice, &mut OsRng)?)?;
        let sealed = Sealed::from(outgoing.to_put(0));
        patience.attempt(
            || deliver(client, snapshot, &sealed),
            |error| match error {
                DeliverError::Client(error) => Some(error),
                _ => None,
            },
            || progress(Step::Lost),
        )?;
        progress(Step::Done {
            bytes: sealer.sealed(),
            of,
        });
    }
    Ok(sealer.finish(source.about().clone())?)
}
