//! Reading request bodies: never more than a route takes, never longer than a deadline, never
//! more at once than memory is meant to hold.

use super::problem::HttpError;
use actix_web::http::header;
use actix_web::web::Payload;
use actix_web::{rt, HttpRequest};
use beistand_protocol::problem::ProblemCode;
use futures_util::StreamExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

/// How long a body of a few kilobytes may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// Bytes a second that a larger body must reach on the whole; slow circuits of Tor do.
const SLOWEST_RATE: u64 = 16 * 1024;
/// Bytes of all bodies in memory at once.
pub const MOST_IN_FLIGHT: usize = 96 * 1024 * 1024;

/// Where bodies come in: counts what is in memory.
#[derive(Debug, Clone)]
pub struct Inbox {
    held: Arc<AtomicUsize>,
    most: usize,
    deadline: Duration,
}

/// A body, counted for as long as it lives.
#[derive(Debug)]
pub struct Body {
    /// Its bytes.
    pub bytes: Vec<u8>,
    held: Held,
}

#[derive(Debug)]
struct Held {
    total: Arc<AtomicUsize>,
    bytes: usize,
}

impl Held {
    fn grow(&mut self, bytes: usize, most: usize) -> Result<(), HttpError> {
        let before = self.total.fetch_add(bytes, Ordering::SeqCst);
        self.bytes += bytes;
        if before + bytes > most {
            return Err(ProblemCode::QuotaReached.into());
        }
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.total.fetch_sub(self.bytes, Ordering::SeqCst);
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Self::new(MOST_IN_FLIGHT, DEADLINE)
    }
}

impl Inbox {
    /// An inbox that holds `most` bytes and waits `deadline` for a small body.
    pub fn new(most: usize, deadline: Duration) -> Self {
        Self {
            held: Arc::default(),
            most,
            deadline,
        }
    }

    /// Reads a body of at most `limit` bytes.
    ///
    /// # Errors
    /// `unsupported-media` for an encoded body, `too-large`, `too-slow`, `quota-reached` where
    /// memory holds too much already, `malformed-request` where the body is cut off.
    pub async fn read(
        &self,
        request: &HttpRequest,
        mut payload: Payload,
        limit: usize,
    ) -> Result<Body, HttpError> {
        let headers = request.headers();
        if headers.contains_key(header::CONTENT_ENCODING) {
            return Err(ProblemCode::UnsupportedMedia.into());
        }
        if let Some(length) = headers.get(header::CONTENT_LENGTH) {
            let length = length
                .to_str()
                .ok()
                .and_then(|length| length.parse::<u64>().ok());
            if length.is_none_or(|length| length > limit as u64) {
                return Err(ProblemCode::TooLarge.into());
            }
        }
        let held = Held {
            total: Arc::clone(&self.held),
            bytes: 0,
        };
        let mut body = Body {
            bytes: Vec::new(),
            held,
        };
        let collect = async {
            while let Some(piece) = payload.next().await {
                let piece = piece.map_err(|_| HttpError::from(ProblemCode::MalformedRequest))?;
                if body.bytes.len() + piece.len() > limit {
                    return Err(ProblemCode::TooLarge.into());
                }
                body.held.grow(piece.len(), self.most)?;
                body.bytes.extend_from_slice(&piece);
            }
            Ok(())
        };
        let deadline = self.deadline + Duration::from_secs(limit as u64 / SLOWEST_RATE);
        match rt::time::timeout(deadline, collect).await {
            Ok(outcome) => outcome.map(|()| body),
            Err(_) => Err(ProblemCode::TooSlow.into()),
        }
    }
}
