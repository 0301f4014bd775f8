//! How large files may be (section 5).

use super::{AttachmentError, MAX_PARTS};
use crate::part::PART_DATA_SIZE;
use beistand_protocol::roster::Limits;

/// Bytes of the largest file there can be: 64 MiB.
pub const MAX_FILE_SIZE: u64 = 64 << 20;

/// How many parts a file may have. Powers of two, so that their number tells little about a
/// file; but a part of one MiB holds a little less than that of a file, and 64 MiB, the limit
/// people are told, have room in 65.
const STEPS: [u16; 7] = [1, 2, 4, 8, 16, 32, MAX_PARTS];

const _: () = assert!(MAX_FILE_SIZE <= MAX_PARTS as u64 * PART_DATA_SIZE as u64);

/// How many parts a file of `size` bytes has: the first step that is enough.
///
/// # Errors
/// [`AttachmentError::FileTooLarge`].
pub fn parts_for(size: u64) -> Result<u16, AttachmentError> {
    if size > MAX_FILE_SIZE {
        return Err(AttachmentError::FileTooLarge {
            limit: MAX_FILE_SIZE,
        });
    }
    let needed = size.div_ceil(PART_DATA_SIZE as u64);
    let step = STEPS.into_iter().find(|step| u64::from(*step) >= needed);
    Ok(step.expect("the last step holds the largest file"))
}

/// The most bytes of one file under a roster.
pub fn largest_file(limits: &Limits) -> u64 {
    limits.file_bytes.min(MAX_FILE_SIZE)
}

/// Whether files of these sizes may go with one message under a roster.
///
/// # Errors
/// [`AttachmentError::FileTooLarge`], [`AttachmentError::MessageTooLarge`].
pub fn check_sizes(
    limits: &Limits,
    sizes: impl IntoIterator<Item = u64>,
) -> Result<(), AttachmentError> {
    let limit = largest_file(limits);
    let mut total: u64 = 0;
    for size in sizes {
        if size > limit {
            return Err(AttachmentError::FileTooLarge { limit });
        }
        total = total.saturating_add(size);
    }
    if total > limits.message_bytes {
        return Err(AttachmentError::MessageTooLarge {
            limit: limits.message_bytes,
        });
    }
    Ok(())
}
