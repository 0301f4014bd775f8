//! Deleting what one has put (section 6).

use super::{Refusal, Wall};
use crate::store::DeleteOutcome;
use beistand_protocol::delete::DeleteRequest;

impl Wall {
    /// Destroys a blob whose delete key is shown. Once more is the same.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::NotReady`], [`Refusal::Delete`], [`Refusal::Store`].
    pub fn delete(&self, frame: &[u8]) -> Result<(), Refusal> {
        let request = DeleteRequest::parse(frame).map_err(|_| Refusal::Malformed)?;
        self.published()?;
        match self.store.delete(&request.slot, &request.key)? {
            DeleteOutcome::Deleted => Ok(()),
            DeleteOutcome::Refused => Err(Refusal::Delete),
        }
    }
}
