//! How large files may be (section 5).

use super::{AttachmentError, MAX_PARTS};
use crate::part::PART_DATA_SIZE;
use beistand_protocol::roster::Limits;

/// Bytes of the largest file there can be: as many parts as a file may have, 63.75 MiB. A part
/// of one MiB holds a little less than that of a file, and so do 64 of them.
pub const MAX_FILE_SIZE: u64 = MAX_PARTS as u64 * PART_DATA_SIZE as u64;

/// How many parts a file of `size` bytes has: enough, and a power of two.
///
/// # Errors
/// [`AttachmentError::FileTooLarge`].
pub fn parts_for(size: u64) -> Result<u16, AttachmentError> {
    if size > MAX_FILE_SIZE {
        return Err(AttachmentError::FileTooLarge {
            limit: MAX_FILE_SIZE,
        });
    }
    let parts = size.div_ceil(PART_DATA_SIZE as u64).max(1);
    let parts = u16::try_from(parts).expect("the largest file has a number of parts that fits");
    Ok(parts.next_power_of_two())
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
