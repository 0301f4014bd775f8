//! A body of pieces that are shared by all visitors, so that a large index is in memory once.

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Pieces, sent one after the other.
#[derive(Debug)]
pub struct Sections {
    size: u64,
    pieces: std::vec::IntoIter<Arc<[u8]>>,
}

impl Sections {
    /// A body of `pieces`.
    pub fn new(pieces: Vec<Arc<[u8]>>) -> Self {
        let size = pieces.iter().map(|piece| piece.len() as u64).sum();
        Self {
            size,
            pieces: pieces.into_iter(),
        }
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
        Poll::Ready(self.pieces.next().map(|piece| Ok(Bytes::from_owner(piece))))
    }
}
