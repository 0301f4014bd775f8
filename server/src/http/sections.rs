//! A body of sections that are shared by all visitors, so that a large index is in memory once.

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The most bytes that are copied for a connection at once: whoever takes an answer slowly holds
/// no more than a few of these.
pub const PIECE: usize = 16 * 1024;

/// Sections, sent one after the other. What a visit costs is the copying of its bytes.
#[derive(Debug)]
pub struct Sections {
    size: u64,
    rest: Bytes,
    sections: std::vec::IntoIter<Arc<[u8]>>,
}

impl Sections {
    /// A body of `sections`.
    pub fn new(sections: Vec<Arc<[u8]>>) -> Self {
        let size = sections.iter().map(|section| section.len() as u64).sum();
        Self {
            size,
            rest: Bytes::new(),
            sections: sections.into_iter(),
        }
    }
}

impl From<&Arc<[u8]>> for Sections {
    fn from(bytes: &Arc<[u8]>) -> Self {
        Self::new(vec![Arc::clone(bytes)])
    }
}

impl MessageBody for Sections {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.size)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        while self.rest.is_empty() {
            match self.sections.next() {
                Some(section) => self.rest = Bytes::from_owner(section),
                None => return Poll::Ready(None),
            }
        }
        let end = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(self.rest.split_to(end))))
    }
}
