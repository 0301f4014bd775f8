//! Files that go with replies, and saving those that came.

use super::case_number::CaseNumber;
use super::{Desk, DeskError};
use beistand_attachments::progress::Step;
use beistand_attachments::{save, send, Patience, Source};
use beistand_client::{Client, ClientError};
use beistand_crypto_core::attachment::{Attachment, SealedPart};
use beistand_crypto_core::counselor::compose_part;
use beistand_protocol::bytes::Slot;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::time::UnixTime;
use std::path::{Path, PathBuf};

impl Desk {
    /// Sends files that are to go with a reply in a case, and answers what the reply is to say
    /// about them. `progress` is told the number of the file, from 0, and how far it is.
    ///
    /// # Errors
    /// [`DeskError`]. The parts that were sent are deleted then, as far as the server can be
    /// reached, and expire otherwise.
    pub fn attach(
        &self,
        client: &Client,
        number: CaseNumber,
        files: &mut [Source],
        patience: Patience,
        progress: &mut dyn FnMut(usize, Step),
        now: UnixTime,
    ) -> Result<Vec<Attachment>, DeskError> {
        self.check_no_backup()?;
        let conversation = self.conversation_of(number)?;
        let snapshot = self.snapshot(client, now)?;
        let mut attachments = Vec::with_capacity(files.len());
        let mut slots = Vec::new();
        for (position, file) in files.iter_mut().enumerate() {
            let mut part = |part: SealedPart| {
                slots.push(part.slot);
                compose_part(&snapshot, &self.keys, &conversation, part)
            };
            let mut step = |step| progress(position, step);
            match send(client, &snapshot, file, &mut part, patience, &mut step) {
                Ok(attachment) => attachments.push(attachment),
                Err(error) => {
                    self.delete_from_wall(client, &slots)?;
                    return Err(error.into());
                }
            }
        }
        Ok(attachments)
    }

    /// Fetches a file of a case, the one whose SHA-256 begins with `id`, and saves it in `folder`;
    /// answers where.
    ///
    /// # Errors
    /// [`DeskError::UnknownFile`], [`DeskError::Save`].
    #[expect(clippy::too_many_arguments, reason = "each is something else")]
    pub fn save_file(
        &self,
        client: &Client,
        number: CaseNumber,
        id: &str,
        folder: &Path,
        patience: Patience,
        progress: &mut dyn FnMut(Step),
        now: UnixTime,
    ) -> Result<PathBuf, DeskError> {
        let conversation = self.conversation_of(number)?;
        let file = conversation.attachment(id).ok_or(DeskError::UnknownFile)?;
        let snapshot = self.snapshot(client, now)?;
        Ok(save(client, &snapshot, file, folder, patience, progress)?)
    }

    /// Deletes what this desk has put into these slots, as far as it is there.
    pub(super) fn delete_from_wall(
        &self,
        client: &Client,
        slots: &[Slot],
    ) -> Result<(), DeskError> {
        for &slot in slots {
            let key = self.keys.delete_key(&slot);
            match client.delete(&DeleteRequest { slot, key }) {
                // Not there any more, or never there.
                Ok(()) | Err(ClientError::Problem { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
