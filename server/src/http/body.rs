//! Reading request bodies: never more than a route takes, never longer than a deadline, never
//! more at once than memory is meant to hold.

use super::budget::{Budget, Share};
use super::connection::{Activity, Phase, SLOWEST_RATE};
use super::problem::HttpError;
use actix_web::http::header;
use actix_web::web::Payload;
use actix_web::{rt, HttpRequest};
use beistand_protocol::problem::ProblemCode;
use futures_util::StreamExt as _;
use std::rc::Rc;
use std::time::Duration;

/// How long a body of a few kilobytes may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// Bytes of all bodies in memory at once.
pub const MOST_IN_FLIGHT: usize = 64 * 1024 * 1024;

/// Where bodies come in: counts what is in memory.
#[derive(Debug, Clone)]
pub struct Inbox {
    budget: Budget,
    deadline: Duration,
}

/// A body, counted for as long as it lives.
#[derive(Debug)]
pub struct Body {
    /// Its bytes.
    pub bytes: Vec<u8>,
    share: Share,
}

impl Body {
    /// Its bytes, counted no more: whoever takes them is one of a few who do.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
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
            budget: Budget::new(most),
            deadline,
        }
    }

    /// Reads a body of at most `limit` bytes.
    ///
    /// # Errors
    /// `unsupported-media` for an encoded body, `too-large`, `too-slow`, `overloaded` where
    /// memory holds too much already, `malformed-request` where the body is cut off.
    pub async fn read(
        &self,
        request: &HttpRequest,
        payload: Payload,
        limit: usize,
    ) -> Result<Body, HttpError> {
        let headers = request.headers();
        if headers.contains_key(header::CONTENT_ENCODING) {
            return Err(ProblemCode::UnsupportedMedia.into());
        }
        let length = match headers.get(header::CONTENT_LENGTH) {
            None => 0,
            Some(length) => {
                let length = length.to_str().ok();
                let length = length.and_then(|length| length.parse::<usize>().ok());
                let length = length.filter(|length| *length <= limit);
                length.ok_or(HttpError::from(ProblemCode::TooLarge))?
            }
        };
        let activity = request.conn_data::<Rc<Activity>>().cloned();
        let activity = activity.as_deref();
        if let Some(activity) = activity {
            activity.enter(Phase::Body);
        }
        let deadline = self.deadline + Duration::from_secs(limit as u64 / SLOWEST_RATE);
        let body =
            rt::time::timeout(deadline, self.collect(activity, payload, length, limit)).await;
        if let Some(activity) = activity {
            activity.enter(Phase::Working);
        }
        body.unwrap_or_else(|_| Err(ProblemCode::TooSlow.into()))
    }

    async fn collect(
        &self,
        activity: Option<&Activity>,
        mut payload: Payload,
        length: usize,
        limit: usize,
    ) -> Result<Body, HttpError> {
        let mut body = Body {
            // As much as is announced, so that nothing is copied again while it comes. The system
            // gives the memory only as it is written to, and that is what is counted.
            bytes: Vec::with_capacity(length),
            share: self.budget.share(activity),
        };
        while let Some(piece) = payload.next().await {
            let piece = piece.map_err(|_| HttpError::from(ProblemCode::MalformedRequest))?;
            if body.bytes.len() + piece.len() > limit {
                return Err(ProblemCode::TooLarge.into());
            }
            let room = body.share.grow(piece.len(), activity).await;
            room.map_err(|_| HttpError::from(ProblemCode::Overloaded))?;
            body.bytes.extend_from_slice(&piece);
        }
        Ok(body)
    }
}
